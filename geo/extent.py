"""How much of the Earth a polygon encloses, its edges straight in lon/lat."""

import math

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.ellipsoid import WGS84, Floats

# Radius of the sphere with the ellipsoid's surface: good to 0.5 % for the area of any zone.
AUTHALIC_RADIUS_M = 6_371_007.181
# Geodesics so short lie within 4 mm of what is straight in lon/lat, at any latitude.
_SHORT_DEG = 0.005


def enclosed_m2(polygon: Polygon) -> float:
    """Area of the exterior less the holes, square metres, on the sphere of equal surface."""
    exterior, *holes = (shapely.get_coordinates(r) for r in shapely.get_rings(polygon))
    return _ring_m2(exterior) - sum(_ring_m2(hole) for hole in holes)


def on_ellipsoid_m2(geometry: Polygon | MultiPolygon) -> float:
    """Area on the ellipsoid, for people: to a millionth, where `enclosed_m2` is to a hundredth.

    The library's own edges are geodesics, which leave out 13,000 km² of a zone of 2,000 km.
    """
    fine = shapely.segmentize(shapely.orient_polygons(geometry), _SHORT_DEG)
    return abs(float(WGS84.geometry_area_perimeter(fine)[0]))


def _ring_m2(coords: Floats) -> float:
    """|∮ sin(lat) d(lon)| · R², exact for edges straight in lon/lat on a sphere."""
    lon, lat = np.radians(coords).T
    mean, half = (lat[1:] + lat[:-1]) / 2, np.diff(lat) / 2
    # The mean of sin over an edge: sin(mean) · sin(half) / half; np.sinc is sin(πx) / (πx).
    mean_sin = np.sin(mean) * np.sinc(half / math.pi)
    return abs(float(np.sum(mean_sin * np.diff(lon)))) * AUTHALIC_RADIUS_M**2
