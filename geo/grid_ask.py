"""Ask a grid: which zones may hold which circles, and which of them surely do.

With s the signed distance of the cell's centre, a the circle's distance from it and r its radius:
s - a > r is inside, -s - a > r is outside. A point has no need of distances where no edge of the
zone enters its cell: it is on the centre's side. All else goes to `settle` and the exact test.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.densify import Ints
from geo.ellipsoid import Floats
from geo.grid_entry import AT, BARE, distance_of, edges_of, zone_of
from geo.lattice import MAX_LAT_DEG, TILE
from geo.verdicts import POINT_RADIUS_M, UNSETTLED, Relation

_INSIDE = int(Relation.INSIDE)
Int32s = npt.NDArray[np.int32]

# Sides and distances are settled only where a boundary is farther than this from the circle:
# above `touch_m`, the local plane's shrinking (s²/24R²) and all rounding, up to a radius of 1 km.
_CLEAR_M = 0.01
_CLEAR_SHARE = 1e-5
# So many circles at a time, step by step: a step's reads of memory then wait for it together.
_RUN = 256


class Cells(NamedTuple):
    """The grid, as a kernel takes it."""

    west: float
    south: float
    per_lon: float
    per_lat: float
    rows: int
    columns: int
    unit_m: float
    upper_m: Floats
    tile: Int32s
    first: npt.NDArray[np.uint32]
    entries: Ints


class Found(NamedTuple):
    """Pairs that are not settled outside, in order of circle and zone; to be filled.

    `relation`: inside, or `UNSETTLED`; `entry`: what the grid knows of the pair.
    """

    circle: Int32s
    zone: Int32s
    relation: npt.NDArray[np.uint8]
    entry: Ints

    @classmethod
    def room_for(cls, pairs: int) -> "Found":
        """Room for so many pairs."""
        return cls(
            np.empty(pairs, np.int32),
            np.empty(pairs, np.int32),
            np.empty(pairs, np.uint8),
            np.empty(pairs, np.int64),
        )

    def only(self, which: npt.NDArray[np.bool_] | slice) -> "Found":
        """The pairs where `which` holds."""
        return Found(self.circle[which], self.zone[which], self.relation[which], self.entry[which])


class Circles(NamedTuple):
    """The circles asked about, their longitudes moved by `turn` degrees."""

    lon: Floats
    lat: Floats
    radius_m: Floats
    turn: float


class Run(NamedTuple):
    """Some circles on their way: where their cell's entries are, and the first of these."""

    first: Ints
    last: Ints
    entry: Ints


@kernel
def serves_all(lat: Floats, radius_m: Floats, largest_m: float) -> bool:
    """Whether a grid speaks of all of these circles."""
    served = True
    for k in range(lat.size):
        served &= abs(lat[k]) <= MAX_LAT_DEG and radius_m[k] <= largest_m
    return served


@kernel
def ask(cells: Cells, circles: Circles, start: int, found: Found) -> tuple[int, int]:
    """Fill `found` for the circles from `start` on; (first circle not asked, pairs found)."""
    n, total = 0, circles.lon.size
    run = Run(np.empty(_RUN, np.int64), np.empty(_RUN, np.int64), np.empty(_RUN, np.int64))
    while start < total:
        size = min(_RUN, total - start)
        if n + _look_up(cells, circles, start, size, run) > found.circle.size:
            break
        for b in range(size):
            if run.last[b] > run.first[b]:
                if circles.radius_m[start + b] < POINT_RADIUS_M:
                    n = _list_point(cells, circles, run, b, start + b, n, found)
                else:
                    n = _list(cells, circles, run, b, start + b, n, found)
        start += size
    return start, n


@kernel
def _look_up(cells: Cells, circles: Circles, start: int, size: int, run: Run) -> int:
    """Where the entries of these circles' cells are; how many there are in all."""
    for b in range(size):
        x = (circles.lon[start + b] + circles.turn - cells.west) * cells.per_lon
        y = (circles.lat[start + b] - cells.south) * cells.per_lat
        run.first[b] = 0
        if 0.0 <= x < cells.columns * TILE and 0.0 <= y < cells.rows * TILE:
            run.first[b] = _slot(cells, int(x), int(y))
    entries = 0
    for b in range(size):
        first, last = int(cells.first[run.first[b]]), int(cells.first[run.first[b] + 1]) & AT
        bare = first & BARE != 0 and circles.radius_m[start + b] < POINT_RADIUS_M
        run.first[b], run.last[b] = last if bare else first & AT, last
        entries += last - run.first[b]
    if cells.entries.size:
        for b in range(size):
            # Any other than its own is in the cache, and is not looked at.
            run.entry[b] = cells.entries[run.first[b] if run.last[b] > run.first[b] else 0]
    return entries


@kernel
def _slot(cells: Cells, i: int, j: int) -> int:
    """The slot of the cell in column `i`, row `j`."""
    tile = int(cells.tile[(j // TILE) * cells.columns + i // TILE])
    # Slot 0 is empty: what is nowhere near a zone has no list of its own.
    return (tile >> 1) + (tile & 1) * ((j % TILE) * TILE + i % TILE)


@kernel
def _away(cells: Cells, circles: Circles, k: int) -> float:
    """How far at most circle `k` reaches from its cell's centre, in the grid's units."""
    x = (circles.lon[k] + circles.turn - cells.west) * cells.per_lon
    y = (circles.lat[k] - cells.south) * cells.per_lat
    i, j = int(x), int(y)
    dx = (x - i - 0.5) / cells.per_lon * cells.upper_m[j // TILE, 0]
    dy = (y - j - 0.5) / cells.per_lat * cells.upper_m[j // TILE, 1]
    away_m = np.sqrt(dx * dx + dy * dy) + circles.radius_m[k] * (1 + _CLEAR_SHARE)
    return (away_m + _CLEAR_M) / cells.unit_m


@kernel
def _list(  # noqa: PLR0913, PLR0917 (the innermost loop: a tuple would be made for each circle)
    cells: Cells, circles: Circles, run: Run, b: int, k: int, n: int, found: Found
) -> int:
    """Add the pairs of circle `k` that are not surely outside; how many there are then."""
    away = _away(cells, circles, k)
    entry = run.entry[b]
    for e in range(run.first[b], run.last[b]):
        if e > run.first[b]:
            entry = cells.entries[e]
        s = distance_of(entry)
        if -s <= away:
            n = _add(entry, k, n, found, _INSIDE if s > away else UNSETTLED)
    return n


@kernel
def _list_point(  # noqa: PLR0913, PLR0917 (as above)
    cells: Cells, circles: Circles, run: Run, b: int, k: int, n: int, found: Found
) -> int:
    """As `_list`, of a point: only where edges enter its cell is its distance looked at."""
    entry = run.entry[b]
    for e in range(run.first[b], run.last[b]):
        if e > run.first[b]:
            entry = cells.entries[e]
        s = distance_of(entry)
        if edges_of(entry) == 0:
            if s > 0:
                n = _add(entry, k, n, found, _INSIDE)
        else:
            away = _away(cells, circles, k)
            if -s <= away:
                n = _add(entry, k, n, found, _INSIDE if s > away else UNSETTLED)
    return n


@kernel
def _add(entry: int, k: int, n: int, found: Found, relation: int) -> int:
    """Add a pair; how many there are then."""
    found.circle[n] = k
    found.zone[n] = zone_of(entry)
    found.relation[n] = relation
    found.entry[n] = entry
    return n + 1
