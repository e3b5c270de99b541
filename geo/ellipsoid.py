"""WGS84: metres, degrees and the bounds between them that the fast path stands on.

A bound here is never an approximation: it errs to the side that sends a pair on to the exact
calculation. Everything works on scalars and arrays alike.
"""

import math

import numpy as np
import numpy.typing as npt
from pyproj import Geod

Floats = npt.NDArray[np.float64]

WGS84 = Geod(ellps="WGS84")
SEMI_MAJOR_M = 6_378_137.0
_FLATTENING = 1 / 298.257223563
ECCENTRICITY2 = _FLATTENING * (2 - _FLATTENING)

# The shortest degree of latitude (at the equator), and a degree of longitude on the equator.
SHORTEST_LAT_DEGREE_M = math.radians(SEMI_MAJOR_M * (1 - ECCENTRICITY2))
EQUATOR_DEGREE_M = math.radians(SEMI_MAJOR_M)
# The longest degree of latitude (at the poles): a / sqrt(1 - e²).
LONGEST_LAT_DEGREE_M = math.radians(SEMI_MAJOR_M / math.sqrt(1 - ECCENTRICITY2))

# Beyond this latitude a region counts as polar: a degree of longitude is under 20 m there.
MAX_REACH_LAT_DEG = 89.99
# Half of the widest longitude box; with zones of at most 180° a pair then meets in one turn only.
MAX_REACH_LON_DEG = 89.0
# Half the ellipsoid's surface.
HEMISPHERE_M2 = 2.550_328_108_62e14


def curvature_radius_m(lat: Floats) -> Floats:
    """Gaussian radius of curvature at latitude `lat` (degrees), metres."""
    sin2 = np.square(np.sin(np.radians(lat)))
    return np.asarray(SEMI_MAJOR_M * math.sqrt(1 - ECCENTRICITY2) / (1 - ECCENTRICITY2 * sin2))


def lon_degree_m(lat: Floats) -> Floats:
    """Metres of a degree of longitude on the parallel `lat` (degrees): N cos(lat)."""
    angle = np.radians(lat)
    return np.asarray(
        EQUATOR_DEGREE_M * np.cos(angle) / np.sqrt(1 - ECCENTRICITY2 * np.square(np.sin(angle)))
    )


def lat_degree_m(lat: Floats) -> Floats:
    """Metres of a degree of latitude at `lat` (degrees): M, the meridian's curvature there."""
    sin2 = np.square(np.sin(np.radians(lat)))
    return np.asarray(SHORTEST_LAT_DEGREE_M / (1 - ECCENTRICITY2 * sin2) ** 1.5)


def reach_half_degrees(lat: Floats, reach_m: Floats) -> tuple[Floats, Floats]:
    """Half width in longitude and latitude of a box that surely holds all within `reach_m`.

    A path of that length from `lat` stays below the latitude |lat| + reach / shortest degree; a
    degree of longitude is nowhere on it shorter than a · cos of that latitude (N ≥ a). Infinite
    where that latitude reaches the pole.
    """
    dlat = reach_m / SHORTEST_LAT_DEGREE_M
    top = np.abs(lat) + dlat
    cos_top = np.cos(np.radians(np.minimum(top, 90.0)))
    with np.errstate(divide="ignore"):
        dlon = np.where(top < 90.0, reach_m / (EQUATOR_DEGREE_M * cos_top), np.inf)
    return dlon, dlat


def too_near_a_pole(lat: Floats, reach_m: Floats) -> npt.NDArray[np.bool_]:
    """Whether what lies within `reach_m` of latitude `lat` comes too near a pole to be used."""
    dlon, dlat = reach_half_degrees(lat, reach_m)
    return (np.abs(lat) + dlat > MAX_REACH_LAT_DEG) | (dlon > MAX_REACH_LON_DEG)
