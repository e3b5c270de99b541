"""A corridor's area: its route widened by half its width on each side.

Used when an agreement is loaded. The route is straight in lon/lat between its vertices, like every
line here.

Error: every point of the outline lies within 2 cm + 2e-5 of the half width from the true one, in
ellipsoidal distance from the route; tested with an independent geodesic.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.densify import densified
from geo.ellipsoid import Floats, too_near_a_pole
from geo.errors import RouteError
from geo.polygons import polygonal
from geo.widen import Fineness, widened

MAX_WIDTH_M = 100_000.0
# A stretch is at most this long: over 10 km from its centre the plane is off by 3e-7.
_STRETCH_M = 20_000.0
_EDGE_ERROR_M = 0.005
_FINENESS = Fineness(_STRETCH_M, quarter_steps=128, along_geodesics=False)


def buffer_route(
    line_lonlat: Sequence[tuple[float, float]], width_m: float
) -> Polygon | MultiPolygon:
    """The corridor `width_m` wide along the route, lon/lat, cut at ±180° where it crosses.

    Raises:
        RouteError: fewer than two different positions, one out of range or near a pole, or a width
            that is not above 0 and at most 100 km.
    """
    points = _checked(line_lonlat, width_m)
    ring = np.zeros(len(points), dtype=np.int64)
    dense, _ = densified(points, ring, _STRETCH_M, _EDGE_ERROR_M)
    return cut_at_antimeridian(widened(dense, width_m / 2, _FINENESS))


def _checked(line_lonlat: Sequence[tuple[float, float]], width_m: float) -> Floats:
    points = np.array(line_lonlat, dtype=np.float64).reshape(-1, 2)
    if not 0 < width_m <= MAX_WIDTH_M:
        raise RouteError(f"width {width_m} m is not above 0 and at most {MAX_WIDTH_M:g} m")
    if len(points) == 0 or (points == points[0]).all():
        raise RouteError("a route needs at least two different positions")
    if not (np.abs(points) <= np.array([180.0, 90.0])).all():
        raise RouteError("a position is not lon within ±180, lat within ±90")
    if too_near_a_pole(points[:, 1], np.full(len(points), width_m + _STRETCH_M)).any():
        raise RouteError("the corridor comes too near a pole")
    # Neighbours are joined the short way round, also over ±180.
    points[:, 0] = np.unwrap(points[:, 0], period=360.0)
    return points


def cut_at_antimeridian(corridor: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """Turns of longitude brought back within ±180, as RFC 7946 asks."""
    west, _, east, _ = corridor.bounds
    first, last = round(west / 360.0), round(east / 360.0)
    parts: list[Polygon] = []
    for turn in range(first, last + 1):
        window = shapely.box(360.0 * turn - 180, -90, 360.0 * turn + 180, 90)
        inside = polygonal(shapely.intersection(corridor, window)) if first < last else corridor
        back = shapely.transform(inside, lambda c, turn=turn: c - np.array([360.0 * turn, 0.0]))
        parts.extend(shapely.get_parts(back))
    return polygonal(MultiPolygon(parts))
