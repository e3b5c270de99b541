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
    """Some circles on their way: their cell's entries, and how far they may be from its centre.

    `away` in the grid's units.
    """

    first: Ints
    last: Ints
    away: Floats


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
    run = Run(np.empty(_RUN, np.int64), np.empty(_RUN, np.int64), np.empty(_RUN, np.float64))
    while start < total:
        size = min(_RUN, total - start)
        if n + _look_up(cells, circles, start, size, run) > found.circle.size:
            break
        for b in range(size):
            if circles.radius_m[start + b] < POINT_RADIUS_M:
                n = _list_point(cells, run.first[b], run.last[b], run.away[b], start + b, n, found)
            else:
                n = _list(cells, run.first[b], run.last[b], run.away[b], start + b, n, found)
        start += size
    return start, n


@kernel
def _look_up(cells: Cells, circles: Circles, start: int, size: int, run: Run) -> int:
    """Where the entries of these circles' cells are; how many there are in all."""
    for b in range(size):
        k = start + b
        x = (circles.lon[k] + circles.turn - cells.west) * cells.per_lon
        y = (circles.lat[k] - cells.south) * cells.per_lat
        run.first[b] = 0
        if 0.0 <= x < cells.columns * TILE and 0.0 <= y < cells.rows * TILE:
            i, j = int(x), int(y)
            run.first[b] = _slot(cells, i, j)
            dx = (x - i - 0.5) / cells.per_lon * cells.upper_m[j // TILE, 0]
            dy = (y - j - 0.5) / cells.per_lat * cells.upper_m[j // TILE, 1]
            away_m = np.sqrt(dx * dx + dy * dy) + circles.radius_m[k] * (1 + _CLEAR_SHARE)
            run.away[b] = (away_m + _CLEAR_M) / cells.unit_m
    for b in range(size):
        slot = run.first[b]
        first, last = int(cells.first[slot]), int(cells.first[slot + 1]) & AT
        if first & BARE and circles.radius_m[start + b] < POINT_RADIUS_M:
            first = last
        run.first[b], run.last[b] = first & AT, last
    entries = 0
    for b in range(size):
        entries += run.last[b] - run.first[b]
    return entries


@kernel
def _slot(cells: Cells, i: int, j: int) -> int:
    """The slot of the cell in column `i`, row `j`."""
    tile = int(cells.tile[(j // TILE) * cells.columns + i // TILE])
    # Slot 0 is empty: what is nowhere near a zone has no list of its own.
    return (tile >> 1) + (tile & 1) * ((j % TILE) * TILE + i % TILE)


@kernel
def _list(  # noqa: PLR0913, PLR0917 (the innermost loop: a tuple would be made for each circle)
    cells: Cells, first: int, last: int, away: float, k: int, n: int, found: Found
) -> int:
    """Add the pairs of circle `k` that are not surely outside; how many there are then."""
    for e in range(first, last):
        s = distance_of(cells.entries[e])
        if -s <= away:
            n = _add(cells.entries[e], k, n, found, s > away)
    return n


@kernel
def _list_point(  # noqa: PLR0913, PLR0917 (as above)
    cells: Cells, first: int, last: int, away: float, k: int, n: int, found: Found
) -> int:
    """As `_list`, of a point."""
    for e in range(first, last):
        entry = cells.entries[e]
        s, entered = distance_of(entry), edges_of(entry) > 0
        if s > 0 or (entered and -s <= away):
            n = _add(entry, k, n, found, s > away or not entered)
    return n


@kernel
def _add(entry: int, k: int, n: int, found: Found, inside: bool) -> int:
    """Add a pair; how many there are then."""
    found.circle[n] = k
    found.zone[n] = zone_of(entry)
    found.relation[n] = _INSIDE if inside else UNSETTLED
    found.entry[n] = entry
    return n + 1
