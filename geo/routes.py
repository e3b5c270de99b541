"""A corridor's area: its route widened by half its width on each side.

Used when an agreement is loaded. The route is straight in lon/lat between its vertices, like every
line here. It is cut into stretches, each widened in its own local plane and drawn back, and the
stretches are joined; their round ends overlap, so no gap opens between them.

Error: every point of the outline lies within 2 cm + 2e-5 of the half width from the true one, in
ellipsoidal distance from the route; tested with an independent geodesic.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon

from geo.densify import densified
from geo.ellipsoid import WGS84, Floats, too_near_a_pole
from geo.errors import RouteError
from geo.polygons import polygonal
from geo.projection import project, unproject

MAX_WIDTH_M = 100_000.0
# A stretch is at most this long: over 10 km from its centre the plane is off by 3e-7.
_STRETCH_M = 20_000.0
_EDGE_ERROR_M = 0.005
# Outline vertices are this close, so that their edges, straight in lon/lat again, stay within 1 cm
# of the curve at latitudes up to 60° (5 cm at 85°).
_OUTLINE_STEP_M = 400.0
_QUARTER_STEPS = 128


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
    stretches = [_widened(stretch, width_m / 2) for stretch in _stretches(dense)]
    return cut_at_antimeridian(polygonal(shapely.union_all(stretches)))


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


def _stretches(points: Floats) -> list[Floats]:
    """The line cut into runs of at most 20 km; neighbours share a vertex."""
    lon, lat = points.T.copy()
    _, _, step = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    run = np.floor(np.concatenate([[0.0], np.cumsum(step)]) / _STRETCH_M)
    cuts = [0, *(np.flatnonzero(np.diff(run)) + 1).tolist(), len(points) - 1]
    return [points[a : b + 1] for a, b in pairwise(cuts) if b > a]


def _widened(points: Floats, by_m: float) -> Polygon | MultiPolygon:
    """One stretch widened in the plane about the middle of its box."""
    lon, lat = (float(v) for v in (points.min(axis=0) + points.max(axis=0)) / 2)
    x, y = project(np.full(len(points), lon), np.full(len(points), lat), *points.T.copy())
    wide = LineString(np.stack([x, y], axis=1)).buffer(by_m, quad_segs=_QUARTER_STEPS)
    fine = shapely.segmentize(wide, _OUTLINE_STEP_M)
    return polygonal(
        shapely.transform(fine, lambda c: np.stack(unproject(lon, lat, *c.T.copy()), 1))
    )


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
