"""Ask a grid: which zones may hold which circles, and which of them surely do.

With s the signed distance of the cell's centre, a the circle's distance from it and r its radius:
s - a > r is inside, -s - a > r is outside, all else goes to the exact test.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.ellipsoid import Floats
from geo.lattice import TILE

Int32s = npt.NDArray[np.int32]

# Sides and distances are settled only where a boundary is farther than this from the circle:
# above `touch_m`, the local plane's shrinking (s²/24R²) and all rounding, up to a radius of 1 km.
_CLEAR_M = 0.01
_CLEAR_SHARE = 1e-5


class Cells(NamedTuple):
    """The grid, as a kernel takes it."""

    west: float
    south: float
    per_lon: float
    per_lat: float
    rows: int
    columns: int
    upper_m: Floats
    tile: Int32s
    first: npt.NDArray[np.uint32]
    entries: Int32s


class Found(NamedTuple):
    """Pairs that are not settled outside, in order of circle and zone; to be filled."""

    circle: Int32s
    zone: Int32s
    settled: npt.NDArray[np.bool_]

    def only(self, which: npt.NDArray[np.bool_]) -> "Found":
        """The pairs where `which` holds."""
        return Found(self.circle[which], self.zone[which], self.settled[which])


class Circles(NamedTuple):
    """The circles asked about, their longitudes moved by `turn` degrees."""

    lon: Floats
    lat: Floats
    radius_m: Floats
    turn: float


@kernel
def ask(cells: Cells, circles: Circles, start: int, found: Found) -> tuple[int, int]:
    """Fill `found` for the circles from `start` on; (first circle not asked, pairs found)."""
    n, room = 0, found.circle.size
    for k in range(start, circles.lon.size):
        x = (circles.lon[k] + circles.turn - cells.west) * cells.per_lon
        y = (circles.lat[k] - cells.south) * cells.per_lat
        if not (0.0 <= x < cells.columns * TILE and 0.0 <= y < cells.rows * TILE):
            continue
        i, j = int(x), int(y)
        slot = _slot(cells, i, j)
        first, last = int(cells.first[slot]), int(cells.first[slot + 1])
        if first == last:
            continue
        if n + last - first > room:
            return k, n
        dx = (x - i - 0.5) / cells.per_lon * cells.upper_m[j // TILE, 0]
        dy = (y - j - 0.5) / cells.per_lat * cells.upper_m[j // TILE, 1]
        away_m = np.sqrt(dx * dx + dy * dy) + circles.radius_m[k] * (1 + _CLEAR_SHARE) + _CLEAR_M
        n = _list(cells, first, last, away_m * 1000.0, k, n, found)
    return circles.lon.size, n


@kernel
def _slot(cells: Cells, i: int, j: int) -> int:
    """The slot of the cell in column `i`, row `j`."""
    tile = int(cells.tile[(j // TILE) * cells.columns + i // TILE])
    # Slot 0 is empty: what is nowhere near a zone has no list of its own.
    return (tile >> 1) + (tile & 1) * ((j % TILE) * TILE + i % TILE)


@kernel
def _list(  # noqa: PLR0913, PLR0917 (the innermost loop: a tuple would be made for each circle)
    cells: Cells, first: int, last: int, away_mm: float, k: int, n: int, found: Found
) -> int:
    """Add the pairs of circle `k` that are not surely outside; how many there are then."""
    for e in range(first, last):
        s = cells.entries[e, 1]
        if -s <= away_mm:
            found.circle[n] = k
            found.zone[n] = cells.entries[e, 0]
            found.settled[n] = s > away_mm
            n += 1
    return n
