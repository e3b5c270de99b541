"""Clusters: what is near to each other in space and time, as connected components.

Place on the data's way: spread → **clusters** → incidents. Two things are linked where

    |a - b|² + s(a)² + s(b)² ≤ near²    and    the pause between their times ≤ gap,

a, b the middles of their regions and s how far each spreads (`geo.spread`): the root of the mean
square of the distance between a place in the one and a place in the other, each wherever it may
lie. So what nobody can place to within `near` is near to nothing, and bridges nothing. |a - b| is
straight through the Earth: 1 cm less than along the ground at 21 km, 1 m less at 100 km.

A component is a function of the set: no order matters. What lies close together
is one clump from the start, so that a flood at one place is gone through once and not pair by pair.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.ellipsoid import ECCENTRICITY2, SEMI_MAJOR_M, Floats

Ints = npt.NDArray[np.int64]

LEAST_NEAR_M = 10.0
"""Below it the numbers of cells do not fit."""
_THIRDS = 3
_TIGHT = 0.57
"""Of near: what spreads no more and lies in one small cube, of side near / 3, is linked; √(1/3) is
too much."""
_BITS = 21
_AROUND = np.array(
    [[i, j, k] for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1)], dtype=np.int64
)


def earth_centred(lon: Floats, lat: Floats) -> Floats:
    """Positions on the ellipsoid as x, y, z from the Earth's centre, metres, of shape (n, 3)."""
    along, up = np.radians(lon), np.radians(lat)
    normal = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY2 * np.square(np.sin(up)))
    out = normal * np.cos(up)
    z = normal * (1 - ECCENTRICITY2) * np.sin(up)
    return np.stack([out * np.cos(along), out * np.sin(along), z], axis=1)


def components(  # noqa: PLR0913, PLR0917 (columns of one table)
    where_m: Floats, spread_m: Floats, start: Ints, end: Ints, near_m: float, gap: int
) -> Ints:
    """For each row the number of the first row of its component.

    Args:
        where_m: middles as of `earth_centred`, (n, 3).
        spread_m: (n,).
        start: when each began at the earliest, in whole units of time, (n,).
        end: when it ended at the latest, (n,).
        near_m: at least `LEAST_NEAR_M`.
        gap: in units of the times.

    Raises:
        ValueError: `near_m` is too small.
    """
    if near_m < LEAST_NEAR_M:
        raise ValueError(f"near_m is {near_m:g}, and must be at least {LEAST_NEAR_M:g} m")
    order = np.lexsort((end, start))
    cell, small, around = _cells(where_m, near_m)
    root = _join(order, where_m, spread_m, start, end, cell, small, around, near_m, gap)
    first = np.full(len(root), len(root), dtype=np.int64)
    np.minimum.at(first, root, np.arange(len(root)))
    return np.asarray(first[root])


def _cells(where_m: Floats, near_m: float) -> tuple[Ints, Ints, Ints]:
    """Of each row its cube of side near and which of its 27 small ones; of each cube its 27."""
    scaled = where_m / near_m
    corner = np.floor(scaled)
    third = np.minimum(((scaled - corner) * _THIRDS).astype(np.int64), _THIRDS - 1)
    small = (third[:, 0] * _THIRDS + third[:, 1]) * _THIRDS + third[:, 2]
    index = corner.astype(np.int64) + (1 << (_BITS - 1))
    known, first, cell = np.unique(_packed(index), return_index=True, return_inverse=True)
    beside = _packed(index[first][:, None, :] + _AROUND)
    found = np.minimum(np.searchsorted(known, beside), max(len(known) - 1, 0))
    around = np.where(known[found] == beside, found, -1) if len(known) else found
    return cell.astype(np.int64), small, around.astype(np.int64)


def _packed(index: Ints) -> Ints:
    return np.asarray((index[..., 0] << (2 * _BITS)) | (index[..., 1] << _BITS) | index[..., 2])


@kernel
def _root_of(parent: Ints, row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row


@kernel
def _is_linked(  # noqa: PLR0913, PLR0917 (columns of one table)
    where_m: Floats, spread_m: Floats, end: Ints, row: int, other: int, since: int, near_m: float
) -> bool:
    if end[other] < since:
        return False
    apart = spread_m[row] ** 2 + spread_m[other] ** 2
    for axis in range(3):
        apart += (where_m[row, axis] - where_m[other, axis]) ** 2
    return bool(apart <= near_m * near_m)


@kernel
def _join(  # noqa: C901, PLR0912, PLR0913, PLR0917 (one loop, compiled as a whole)
    order: Ints,
    where_m: Floats,
    spread_m: Floats,
    start: Ints,
    end: Ints,
    cell: Ints,
    small: Ints,
    around: Ints,
    near_m: float,
    gap: int,
) -> Ints:
    """Go through the rows by when they began; in each cube are the clumps that may go on still.

    A clump is called after its first row. Of those that lie tightly in a small cube any two are
    linked, as long as one began within `gap` of another's end; every other row is its own clump.
    """
    parent = np.arange(len(order))
    newest_clump = np.full(len(around), -1, dtype=np.int64)  # by cube
    older_clump = np.full(len(order), -1, dtype=np.int64)
    newest = np.full(len(order), -1, dtype=np.int64)  # by clump: its newest row
    older = np.full(len(order), -1, dtype=np.int64)
    until = np.zeros(len(order), dtype=np.int64)  # by clump: when the last of it ended
    tight = spread_m <= _TIGHT * near_m
    for row in order:
        since = start[row] - gap
        own = -1
        for cube in around[cell[row]]:
            before, clump = -1, newest_clump[cube] if cube >= 0 else -1
            while clump >= 0:
                following = older_clump[clump]
                if until[clump] < since:  # nothing that begins from now on is linked to it
                    if before < 0:
                        newest_clump[cube] = following
                    else:
                        older_clump[before] = following
                    clump = following
                    continue
                alike = tight[row] and tight[clump] and small[clump] == small[row]
                if alike and cube == cell[row]:
                    own = clump
                mine, its = _root_of(parent, row), _root_of(parent, clump)
                kept, other = -1, newest[clump] if mine != its else -1
                while other >= 0:
                    if own == clump or _is_linked(
                        where_m, spread_m, end, row, other, since, near_m
                    ):
                        parent[mine] = its
                        break
                    if end[other] < since and kept >= 0:
                        older[kept] = older[other]  # over for good: never asked again
                    else:
                        kept = other
                    other = older[other]
                before, clump = clump, following
        if own < 0:
            own = row
            older_clump[row] = newest_clump[cell[row]]
            newest_clump[cell[row]] = row
            until[row] = end[row]
        older[row] = newest[own]
        newest[own] = row
        until[own] = max(until[own], end[row])
    root = np.empty(len(order), dtype=np.int64)
    for row in range(len(order)):
        root[row] = _root_of(parent, row)
    return root
