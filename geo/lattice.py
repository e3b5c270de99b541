"""The lattice of a grid: cells of equal degrees, in tiles of 32 by 32, with bounds on their metres.

A cell is 2⁻ᵏ degrees high and 2⁻ᵐ wide, so that every corner is an exact float. Tiles begin at
multiples of their size, so that zone sets of like extent share them (`geo.grid_reuse`). Metres a
degree change with the latitude; a lattice has, for each row of tiles, a lower and an upper bound of
them, so that no point has to be projected:

    lower · |Δ| ≤ distance ≤ upper · |Δ|

for any two positions within `cap_m` of the row, |Δ| being drawn with the row's metres a degree of
longitude and of latitude. (Every piece of a path has at least the lower and at most the upper
length; a path that leaves the row's surroundings is longer than `cap_m` by that alone.)
"""

import math
from dataclasses import dataclass

import numpy as np

from geo.densify import Ints, spread
from geo.ellipsoid import (
    EQUATOR_DEGREE_M,
    LONGEST_LAT_DEGREE_M,
    SHORTEST_LAT_DEGREE_M,
    Floats,
    lat_degree_m,
    lon_degree_m,
)
from geo.grid_entry import FARTHEST

TILE = 32
# The grid speaks of no point beyond it: degrees of longitude shrink too fast there.
MAX_LAT_DEG = 85.0
_POLE_DEG = 90.0
# Cells are no smaller than 2⁻¹¹ degrees of latitude (54 m): smaller ones settle hardly more and
# fit into no cache; and no larger than 1 degree.
FINEST, COARSEST = 21, 0
# A tenth of a millimetre: what enters a cell so widened is counted as entering it, so that rounding
# puts no point beyond its cell.
MARGIN_DEG = 2.0**-30


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Cells from (`west`, `south`) on, `per_lon` and `per_lat` of them a degree.

    `rows` by `columns` tiles; `lower_m`, `upper_m` float64[rows, 2]: bounds on a degree of
    longitude and of latitude. A grid on it knows distances up to `cap_m`, which serve
    circles of up to `largest_m`.
    """

    level: int
    west: float
    south: float
    per_lon: float
    per_lat: float
    rows: int
    columns: int
    lower_m: Floats
    upper_m: Floats
    largest_m: float
    cap_m: float

    @property
    def unit_m(self) -> float:
        """Metres of one unit in which a grid keeps distances."""
        return self.cap_m / FARTHEST

    def tile_column(self, lon: Floats) -> Ints:
        """The column of tiles that each longitude is in, or the nearest one."""
        column = np.floor((lon - self.west) * self.per_lon / TILE)
        return np.clip(column, 0, self.columns - 1).astype(np.int64)

    def tile_row(self, lat: Floats) -> Ints:
        """The row of tiles that each latitude is in, or the nearest one."""
        row = np.floor((lat - self.south) * self.per_lat / TILE)
        return np.clip(row, 0, self.rows - 1).astype(np.int64)

    def tiles_near(self, boxes: Floats) -> tuple[Ints, Ints]:
        """Pairs (box, tile) where the box comes within `cap_m` of the tile, in order of boxes.

        `boxes` float64[n, 4]: west, south, east, north. Some pairs are farther apart.
        """
        west, south, east, north = boxes.T
        dlon, dlat = self.cap_m / self.lower_m.min(axis=0) + MARGIN_DEG
        i0, i1 = (self.tile_column(lon) for lon in (west - dlon, east + dlon))
        j0, j1 = (self.tile_row(lat) for lat in (south - dlat, north + dlat))
        wide = i1 - i0 + 1
        box, k = spread(wide * (j1 - j0 + 1))
        return box, (j0[box] + k // wide[box]) * self.columns + i0[box] + k % wide[box]


def make_lattice(
    bounds: tuple[float, float, float, float], level: int, largest_m: float
) -> Lattice | None:
    """The lattice of a level over `bounds` (west, south, east, north).

    None beyond MAX_LAT_DEG, and where cells are so large that a pole is in their surroundings.
    With each level the cells have half of the area.
    """
    west, south, east, north = bounds
    south, north = max(south, -MAX_LAT_DEG), min(north, MAX_LAT_DEG)
    if south > north:
        return None
    squash = math.cos(math.radians((south + north) / 2))
    per_lat = 2.0 ** -(-level // 2)
    per_lon = 2.0 ** (level // 2 + round(math.log2(squash)))
    half_m = math.hypot(EQUATOR_DEGREE_M / per_lon, LONGEST_LAT_DEGREE_M / per_lat) / 2
    cap_m = largest_m * (1 + 1e-5) + half_m + 1.0
    dlat = cap_m / SHORTEST_LAT_DEGREE_M
    highest = max(abs(south), abs(north)) + dlat
    dlon = cap_m / float(lon_degree_m(np.float64(highest)))  # type: ignore[arg-type]
    first_column = TILE * math.floor((west - dlon) * per_lon / TILE)
    first_row = TILE * math.floor((south - dlat) * per_lat / TILE)
    columns = math.ceil(((east + dlon) * per_lon - first_column) / TILE)
    rows = math.ceil(((north + dlat) * per_lat - first_row) / TILE)
    low = (first_row + TILE * np.arange(rows)) / per_lat
    nearest, farthest = _distances_from_equator(low - dlat, low + TILE / per_lat + dlat)
    # Who is asked about lies in a cell whose centre is within `dlat`, and edges within as much.
    farthest = np.minimum(farthest, MAX_LAT_DEG + 2 * dlat)
    if farthest.max() >= _POLE_DEG:
        return None
    return Lattice(
        level=level,
        west=first_column / per_lon,
        south=first_row / per_lat,
        per_lon=per_lon,
        per_lat=per_lat,
        rows=rows,
        columns=columns,
        lower_m=np.stack([lon_degree_m(farthest), lat_degree_m(nearest)], axis=1),
        upper_m=np.stack([lon_degree_m(nearest), lat_degree_m(farthest)], axis=1),
        largest_m=largest_m,
        cap_m=cap_m,
    )


def _distances_from_equator(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Least and greatest |latitude| between each two."""
    nearest = np.where(low * high < 0, 0.0, np.minimum(np.abs(low), np.abs(high)))
    return nearest, np.maximum(np.abs(low), np.abs(high))
