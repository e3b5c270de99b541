"""What is true of each (report, zone) pair near a place: by plain Shapely, and by other means.

    plain      GEOS says whether the centre is inside; Shapely's `dwithin` in metres, in the plane
               of `surroundings`, whether the boundary is within the radius
    rational   whether the centre is inside, or exactly on the boundary: without rounding
    geodesic   the distance to the boundary by geographiclib alone, for the pairs it is asked for

All arrays are [reports, zones near].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.verdicts import Relation
from tests.exact.draw import Reports
from tests.exact.rational import edges_of, sides
from tests.exact.surroundings import BLUR_M, Surroundings, equidistant
from tests.exact.worlds import Zone
from tests.unit.geo import oracle

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

POINT_RADIUS_M = 0.001
"""Below it a circle is an exact point: what `geo.shapes.Circle` promises."""
_CORNERS = 20_000
_DISC = shapely.Point(0, 0).buffer(1.0, quad_segs=_CORNERS // 4)
BLUR_SHARE = 2e-7
"""Of the reach: what `geo.verdicts` allows its own chords, either side of the touch tolerance."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Relations (`Relation`), and where a circle's is too close to the tolerance to be said."""

    plain: npt.NDArray[np.uint8]
    rational: npt.NDArray[np.uint8]
    sure: Bools


def touch_m(radius_m: Floats) -> Floats:
    """A boundary so near to a circle's rim counts as touched: 1 mm, or 4e-7 of the radius."""
    return np.maximum(4e-7 * radius_m, 0.001)


def answer(around: Surroundings, reports: Reports) -> Truth:
    """Both answers for all pairs near the place."""
    shape = (reports.lon.size, len(around.zones))
    plain, rational = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    sure = np.ones(shape, np.bool_)
    metres = equidistant(around.place, np.stack([reports.lon, reports.lat], axis=1))
    points = np.asarray(shapely.points(metres))
    is_point = reports.radius_m < POINT_RADIUS_M
    limit = reports.radius_m + touch_m(reports.radius_m)
    blur = BLUR_M + BLUR_SHARE * reports.radius_m
    for k, zone in enumerate(around.zones):
        inside = shapely.contains_xy(zone, reports.lon, reports.lat)
        on = shapely.intersects_xy(zone, reports.lon, reports.lat) & ~inside
        touched, sure[:, k] = _touched(around.plane[k], points, limit, blur)
        touched = np.where(is_point, on, touched)
        plain[:, k] = _relations(inside, touched)
        rational_inside, rational_on = sides(edges_of(zone), reports.lon, reports.lat)
        # Where the rim touches, the centre's side decides nothing.
        rational[:, k] = _relations(rational_inside, np.where(is_point, rational_on, touched))
    return Truth(plain, rational, sure | is_point[:, np.newaxis])


def _touched(
    lines: shapely.Geometry, points: npt.NDArray[np.object_], limit: Floats, blur: Floats
) -> tuple[Bools, Bools]:
    """Whether a line is within the limit, and whether it is so within the limit ± the blur."""
    low, at, high = (
        np.asarray(shapely.dwithin(lines, points, reach))  # type: ignore[call-overload]
        for reach in (np.maximum(limit - blur, 0), limit, limit + blur)
    )
    return at, low == high


def _relations(inside: Bools, touched: Bools) -> npt.NDArray[np.uint8]:
    settled = np.where(inside, Relation.INSIDE, Relation.OUTSIDE)
    return np.where(touched, Relation.UNDETERMINED, settled).astype(np.uint8)


def geodesic_relation(zone: Zone, lon: float, lat: float, radius_m: float) -> Relation | None:
    """The relation of a circle by geographiclib; None within the tolerance's own blur."""
    limit = radius_m + float(touch_m(np.float64(radius_m)))  # type: ignore[arg-type]
    edges = [oracle.Edge(*ends) for ends in edges_of(zone).T.tolist()]
    near = [e for e in edges if not oracle.clears(e, lon, lat, limit + 0.01)]
    away = min((oracle.distance_to_edge_m(e, lon, lat) for e in near), default=np.inf)
    if abs(away - limit) <= BLUR_SHARE * radius_m + 1e-6:
        return None
    if away <= limit:
        return Relation.UNDETERMINED
    inside, _ = sides(edges_of(zone), np.array([lon]), np.array([lat]))
    return Relation.INSIDE if inside[0] else Relation.OUTSIDE


def overlay_share(zone: Zone, lon: float, lat: float, radius_m: float) -> float:
    """Share of a circle in the zone by Shapely's overlay, both drawn finely in metres about it.

    A disc of so many corners is small by 2e-8; the plane, equidistant, blurs areas by r²/24R².
    """
    reach = 1.01 * radius_m
    dlat = reach / 110_500
    dlon = reach / (111_320 * np.cos(np.radians(abs(lat) + dlat)))
    near = shapely.intersection(zone, shapely.box(lon - dlon, lat - dlat, lon + dlon, lat + dlat))
    narrow = np.cos(np.radians(lat))
    # Chords of a 2,000th of the radius: 1e-9 of it off the edge at 500 m and 89.9°.
    even = shapely.transform(near, lambda c: c * [narrow, 1])
    fine = shapely.segmentize(even, radius_m / 2_000 / 111_200)
    plane = shapely.transform(fine, lambda c: equidistant((lon, lat), c / [narrow, 1]))
    disc = shapely.transform(_DISC, lambda c: c * radius_m)
    return float(shapely.intersection(plane, disc).area / disc.area)
