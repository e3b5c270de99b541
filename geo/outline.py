"""Outline: a region → a lon/lat polygon to be drawn on a map.

For people who want to see what a location means; nothing is judged by it. Simplified to within a
thousandth of the region's reach. A Gaussian is shown as the circle of its 95 % radius, as it was
reported: the disc that it is judged by is 2.1475 times as wide, and nearly empty at its rim.
"""

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.footprint import footprint
from geo.polygons import polygonal
from geo.projection import unproject
from geo.routes import cut_at_antimeridian
from geo.shapes import Circle, Gaussian, Region

_SHARE = 1e-3


def outline(region: Region) -> Polygon | MultiPolygon:
    """The region, cut at ±180° where it crosses (RFC 7946)."""
    drawn = footprint(_shown(region))
    fewer = polygonal(shapely.simplify(drawn.shape, _SHARE * drawn.reach_m))
    back = shapely.transform(
        fewer, lambda c: np.stack(unproject(drawn.lon, drawn.lat, *c.T.copy()), 1)
    )
    return cut_at_antimeridian(polygonal(back))


def area_m2(region: Region) -> float:
    """Its area on the ellipsoid: the plane of a footprint keeps areas."""
    return float(footprint(_shown(region)).shape.area)


def _shown(region: Region) -> Region:
    if isinstance(region, Gaussian):
        return Circle(region.lon, region.lat, region.radius95_m)
    return region
