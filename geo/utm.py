"""UTM: metres east and north in a zone ↔ degrees.

Where a reader of grid references gets its positions from. The projection is PROJ's, accurate to
well below a millimetre within a zone; outlines of squares are drawn so that their sides, straight
in lon/lat, stay within a ten-thousandth of the side of the grid's own lines.
"""

import math
from functools import lru_cache

import numpy as np
from pyproj import Proj

from geo.ellipsoid import SEMI_MAJOR_M

ZONES = range(1, 61)
BANDS = "CDEFGHJKLMNPQRSTUVWX"
_SIDE_ERROR = 1e-4
# A grid line's curvature in lon/lat is at most about this at 84°: tan(84°) / R.
_BEND = math.tan(math.radians(84.0)) / SEMI_MAJOR_M


def from_utm(zone: int, easting_m: float, northing_m: float, *, south: bool) -> tuple[float, float]:
    """The position (lon, lat) of an easting and northing."""
    lon, lat = _projection(zone, south=south)(easting_m, northing_m, inverse=True)
    return float(lon), float(lat)


def to_utm(zone: int, lon: float, lat: float, *, south: bool) -> tuple[float, float]:
    """Easting and northing of a position, in a zone that may be its neighbour's."""
    easting_m, northing_m = _projection(zone, south=south)(lon, lat)
    return float(easting_m), float(northing_m)


def zone_of(lon: float, lat: float) -> int:
    """The zone that a position lies in, with the exceptions of Norway and Svalbard."""
    if 56 <= lat < 64 and 3 <= lon < 12:
        return 32
    if 72 <= lat < 84 and 0 <= lon < 42:
        return 31 + 2 * math.floor((lon + 3) / 12)
    return math.floor(((lon + 180) % 360) / 6) + 1


def band(letter: str) -> tuple[float, float]:
    """The latitudes between which a band lies: 8° each, the last 12°."""
    south = -80.0 + 8.0 * BANDS.index(letter)
    return south, 84.0 if letter == BANDS[-1] else south + 8.0


def square(
    zone: int, west_m: float, south_m: float, side_m: float, *, south: bool
) -> tuple[tuple[float, float], ...]:
    """A closed ring (lon, lat, to a centimetre) of a square, from the south-west corner east."""
    steps = math.ceil(side_m * math.sqrt(_BEND / (8 * _SIDE_ERROR * side_m)))
    along = np.linspace(0.0, side_m, steps + 1)[:-1]
    zero, full = np.zeros(steps), np.full(steps, side_m)
    east = np.concatenate([along, full, side_m - along, zero])
    north = np.concatenate([zero, along, full, side_m - along])
    lon, lat = _projection(zone, south=south)(west_m + east, south_m + north, inverse=True)
    ring = [(round(float(x), 7), round(float(y), 7)) for x, y in zip(lon, lat, strict=True)]
    return (*ring, ring[0])


@lru_cache(maxsize=128)
def _projection(zone: int, *, south: bool) -> Proj:
    return Proj(proj="utm", zone=zone, south=south, ellps="WGS84")
