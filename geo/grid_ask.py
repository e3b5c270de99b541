"""Ask a grid: which zones may hold which circles, and which of them surely do.

With s the signed distance of the cell's centre, a the circle's distance from it and r its radius:
s - a > r is inside, -s - a > r is outside. A point has no need of distances where no edge of the
zone enters its cell: it is on the centre's side. All else goes to `settle` and the exact test.
"""

import math
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
        n = _list(cells, circles, start, size, run, found, n)
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
            i, j = int(x), int(y)
            tile = int(cells.tile[(j // TILE) * cells.columns + i // TILE])
            # Slot 0 is empty: what is nowhere near a zone has no list of its own.
            run.first[b] = (tile >> 1) + (tile & 1) * ((j % TILE) * TILE + i % TILE)
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
def _list(  # noqa: PLR0913, PLR0917 (a kernel makes no arrays of its own)
    cells: Cells, circles: Circles, start: int, size: int, run: Run, found: Found, n: int
) -> int:
    """Add the pairs of these circles that are not surely outside; how many there are then."""
    for b in range(size):
        entry, away = run.entry[b], -1.0
        for e in range(run.first[b], run.last[b]):
            if e > run.first[b]:
                entry = cells.entries[e]
            s, relation = distance_of(entry), _INSIDE
            if edges_of(entry) or circles.radius_m[start + b] >= POINT_RADIUS_M:
                if away < 0.0:
                    x = (circles.lon[start + b] + circles.turn - cells.west) * cells.per_lon
                    y = (circles.lat[start + b] - cells.south) * cells.per_lat
                    row = int(y) // TILE
                    dx = (x - int(x) - 0.5) / cells.per_lon * cells.upper_m[row, 0]
                    dy = (y - int(y) - 0.5) / cells.per_lat * cells.upper_m[row, 1]
                    away = _away(dx, dy, circles.radius_m[start + b]) / cells.unit_m
                if -s > away:
                    continue
                relation = _INSIDE if s > away else UNSETTLED
            elif s <= 0:
                continue
            found.circle[n] = start + b
            found.zone[n] = zone_of(entry)
            found.relation[n] = relation
            found.entry[n] = entry
            n += 1
    return n


@kernel
def _away(dx: float, dy: float, radius_m: float) -> float:
    """How far at most a circle reaches from its cell's centre, metres."""
    return math.sqrt(dx * dx + dy * dy) + radius_m * (1 + _CLEAR_SHARE) + _CLEAR_M
