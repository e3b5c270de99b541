"""Derived zones: what parties write as metres from a line or a facility → a polygon.

Used when an agreement is loaded, so that everything after sees polygons alone. Distances are
geodesic, on the WGS84 ellipsoid.

Error: every point of an outline lies within `error_m` of the distance that was written (1 cm up to
10 km, a millionth of it beyond: 7 cm at 70 km), and where an outline is the baseline itself, within
1 cm of it; tested with an independent geodesic. Above 60° latitude add the outline's chords: 5 cm
at 85°.
"""

import math

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon

from geo.baseline import Baseline, Side
from geo.crossings import crossings
from geo.ellipsoid import WGS84, Floats, curvature_radius_m, too_near_a_pole
from geo.errors import DerivationError, LineCrossesError, NoSideError
from geo.polygons import polygonal
from geo.routes import cut_at_antimeridian
from geo.widen import OUTLINE_STEP_M, Fineness, widened

MAX_DISTANCE_M = 200_000.0
_LONGEST_STRETCH_M = 20_000.0
# Spots that tell a piece's side are taken so far within it, as a share of the distance.
_WITHIN = 0.02
_SPOTS = 48

Zone = Polygon | MultiPolygon
Facility = Point | LineString | Polygon | MultiPolygon


def error_m(distance_m: float) -> float:
    """How far an outline may lie from the distance that it is meant to be at."""
    return max(0.01, 1e-6 * distance_m)


def strip(baseline: Baseline, side: Side | None, from_m: float, to_m: float) -> Zone:
    """All between two distances from a baseline, on one side of it or (None) on both.

    What a perpendicular of at most `to_m` reaches from the baseline without crossing it: flat at
    the ends, round at the corners. What is nearer than `from_m` to the baseline is left out.

    Raises:
        DerivationError: distances out of range, or too near a pole.
        NoSideError: the baseline bends back on its own end within that distance.
    """
    _require_distance(to_m, baseline.points)
    if not 0 <= from_m < to_m:
        raise DerivationError(f"from {from_m:g} to {to_m:g} m is no distance")
    wanted = (Side.LEFT, Side.RIGHT) if side is None else (side,)
    whole: shapely.Geometry = shapely.union_all(
        [_one_side(baseline, each, to_m) for each in wanted]
    )
    if from_m > 0:
        whole = shapely.difference(whole, _around_line(baseline.points, from_m))
    return _zone(whole)


def band(first: Baseline, second: Baseline, *, geodesic_ends: bool = False) -> Zone:
    """All between two lines drawn in the same direction: ends joined with ends, starts with starts.

    Raises:
        LineCrossesError: the lines meet, or run in opposite directions.
        DerivationError: one of them is closed.
    """
    if first.closed or second.closed:
        raise DerivationError("a line that is closed has no ends to join: draw the area itself")
    a, b = first.points, second.points
    b = b + np.array([360.0 * np.round((a[0, 0] - b[0, 0]) / 360.0), 0.0])
    ring = np.concatenate([a, b[::-1], a[:1]])
    met = crossings(ring, 1)
    if met:
        _, _, lon, lat = met[0]
        against = not crossings(np.concatenate([a, b, a[:1]]), 1)
        hint = "they run in opposite directions: reverse one" if against else "they cross"
        raise LineCrossesError(
            f"the two lines' outline meets itself at {lon:.7f}, {lat:.7f}: {hint}", at=(lon, lat)
        )
    return _zone(Polygon(Baseline.of(ring, geodesic_edges=geodesic_ends).points))


def around(facility: Facility, distance_m: float, *, geodesic_edges: bool = False) -> Zone:
    """The facility and all within `distance_m` of it.

    Raises:
        DerivationError: the distance is out of range, or it comes too near a pole.
    """
    _require_distance(distance_m, shapely.get_coordinates(facility))
    if isinstance(facility, Point):
        return _zone(_disc(facility.x, facility.y, distance_m))
    if isinstance(facility, LineString):
        line = Baseline.of(shapely.get_coordinates(facility), geodesic_edges=geodesic_edges)
        return _zone(_around_line(line.points, distance_m))
    parts: list[shapely.Geometry] = []
    for part in shapely.get_parts(facility):
        fences = [
            Baseline.of(shapely.get_coordinates(ring), geodesic_edges=geodesic_edges).points
            for ring in shapely.get_rings(part)
        ]
        parts += [Polygon(fences[0], fences[1:]), *(_around_line(f, distance_m) for f in fences)]
    return _zone(shapely.union_all(parts))


def _zone(geometry: shapely.Geometry) -> Zone:
    return cut_at_antimeridian(polygonal(geometry))


def _around_line(points: Floats, by_m: float) -> Zone:
    return widened(points, by_m, _fineness(by_m, points))


def _fineness(by_m: float, points: Floats) -> Fineness:
    """Stretches so short, corners so fine, that each takes less than a third of the error."""
    third = error_m(by_m) / 3
    # Seen at x from a stretch's middle, a distance across it is off by x²/2R² of it.
    radius = float(curvature_radius_m(np.abs(points[:, 1]).max()))
    half_m = radius * math.sqrt(2 * third / by_m)
    steps = math.ceil(math.pi / 4 / math.acos(1 - third / by_m)) if by_m > third else 1
    return Fineness(min(_LONGEST_STRETCH_M, 2 * half_m), steps, along_geodesics=True)


def _disc(lon: float, lat: float, radius_m: float) -> Polygon:
    corners = 4 * _fineness(radius_m, np.array([[lon, lat]])).quarter_steps
    corners = max(corners, math.ceil(2 * math.pi * radius_m / OUTLINE_STEP_M), 16)
    azimuth = np.linspace(0.0, 360.0, corners, endpoint=False)
    return Polygon(_at(np.tile([lon, lat], (corners, 1)), azimuth, radius_m))


def _one_side(baseline: Baseline, side: Side, to_m: float) -> Zone:
    """What perpendiculars on one side reach, as far as the baseline itself does not cut them off.

    Raises:
        NoSideError: a piece of it lies left as well as right of the baseline.
    """
    swept = _swept(baseline.points if side is Side.LEFT else baseline.points[::-1], to_m, baseline)
    noded = shapely.union_all([swept.boundary, LineString(baseline.points)])
    pieces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    within = [p for p in pieces if shapely.contains(swept, p.representative_point())]
    return polygonal(shapely.union_all([p for p in within if _side_of(baseline, p, to_m) is side]))


def _swept(points: Floats, to_m: float, baseline: Baseline) -> Zone:
    """What perpendiculars of `to_m` on the left of `points` reach: a quad an edge, a fan a bend.

    Neighbours share their sides, which may therefore be straight in lon/lat, as the perpendiculars
    are not; but the last ones of a strip are its ends, and near these the sides are drawn exactly.
    """
    lon, lat = points.T.copy()
    leaving, arriving, _ = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    leaving, arriving = np.asarray(leaving) - 90.0, np.asarray(arriving) + 90.0
    near, far = _at(points[:-1], leaving, to_m), _at(points[1:], arriving, to_m)
    exact = np.zeros(len(leaving), dtype=bool) if baseline.closed else _near_an_end(points, to_m)
    bend = (np.roll(leaving, -1) - arriving + 180.0) % 360.0 - 180.0
    bend[-1] = bend[-1] if baseline.closed else 0.0
    after = np.roll(near, -1, axis=0)
    small = (bend > 0) & (bend <= _fan_step_deg(to_m)) & ~exact
    straight = np.stack([points[:-1], points[1:], far, near], axis=1)[~exact]
    parts = list(np.asarray(shapely.polygons(straight)))
    parts += list(np.asarray(shapely.polygons(np.stack([points[1:], far, after], axis=1)[small])))
    for k in np.flatnonzero(exact):
        into = _perpendicular(points[k], leaving[k], near[k], to_m)
        out = _perpendicular(points[k + 1], arriving[k], far[k], to_m)
        parts.append(Polygon(np.concatenate([into[::-1], out])))
        # Where straight sides go on from exact ones: within the strip either way.
        parts += [Polygon(side) for side in (into, out) if len(side) > 2]
    for k in np.flatnonzero((bend > 0) & ~small):
        first, last = np.stack([points[k + 1], far[k]]), np.stack([points[k + 1], after[k]])
        if exact[k]:
            first = _perpendicular(points[k + 1], arriving[k], far[k], to_m)
            last = _perpendicular(points[k + 1], arriving[k] + bend[k], after[k], to_m)
        arc = _arc(points[k + 1], arriving[k], bend[k], to_m)
        parts.append(Polygon(np.concatenate([first, arc, last[::-1]])))
    return polygonal(shapely.union_all(parts))


def _near_an_end(points: Floats, to_m: float) -> npt.NDArray[np.bool_]:
    """Edges so near an end of the line that a perpendicular's bulge in lon/lat could reach it."""
    top = math.radians(min(float(np.abs(points[:, 1]).max()) + to_m / 111_000, 89.0))
    bulge_m = to_m**2 * math.tan(top) / (4 * 6_335_439.0) + 400.0
    lon, lat = points.T.copy()
    _, _, step = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    along = np.cumsum(step)
    return np.asarray((along - step < bulge_m) | (along > along[-1] - bulge_m))


def _at(points: Floats, azimuth: Floats, away_m: float | Floats) -> Floats:
    """The position `away_m` from each, float64[n, 2], longitudes continuous with it."""
    lon, lat = points.T.copy()
    x, y, _ = WGS84.fwd(lon, lat, azimuth, np.broadcast_to(away_m, lon.shape).copy())
    return np.stack([np.asarray(x) - 360.0 * np.round((np.asarray(x) - lon) / 360.0), y], axis=1)


def _perpendicular(at: Floats, azimuth: float, end: Floats, to_m: float) -> Floats:
    """Positions along the geodesic from `at` to its `end`, both among them."""
    steps = math.ceil(to_m / OUTLINE_STEP_M)
    away = np.linspace(0.0, to_m, steps + 1)[1:-1]
    between = _at(np.tile(at, (steps - 1, 1)), np.full(steps - 1, azimuth), away)
    return np.concatenate([[at], between, [end]])


def _arc(corner: Floats, azimuth: float, bend_deg: float, to_m: float) -> Floats:
    """The round corner between two perpendiculars, without their own ends."""
    turns = np.linspace(0.0, bend_deg, math.ceil(bend_deg / _fan_step_deg(to_m)) + 1)[1:-1]
    return _at(np.tile(corner, (len(turns), 1)), azimuth + turns, to_m)


def _fan_step_deg(to_m: float) -> float:
    """Between the corners of an arc: its chords then fall short by a third of the error."""
    return math.degrees(2 * math.acos(max(1 - error_m(to_m) / 3 / to_m, 0.5)))


def _side_of(baseline: Baseline, piece: Polygon, to_m: float) -> Side:
    """The side of all spots of a piece, taken a little within it; `BEYOND`: of none of them.

    Raises:
        NoSideError: some are left of the baseline, some right of it.
    """
    inner = shapely.buffer(piece, -_WITHIN * to_m / 111_000)
    spots = shapely.get_coordinates(inner)
    if not len(spots):
        spots = shapely.get_coordinates(piece.representative_point())
    chosen = spots[:: max(1, len(spots) // _SPOTS)]
    sides = {Side(int(side)) for side in np.unique(baseline.sides(chosen))} - {Side.BEYOND}
    if len(sides) > 1:
        lon, lat = chosen[0]
        raise NoSideError(
            f"within {to_m:,.0f} m the line bends back on its own end, near {lon:.4f}, {lat:.4f}: "
            "left and right of it meet; draw its last kilometres straight, or measure from a part"
        )
    return sides.pop() if sides else Side.BEYOND


def _require_distance(distance_m: float, points: Floats) -> None:
    if not 0 < distance_m <= MAX_DISTANCE_M:
        raise DerivationError(
            f"{distance_m:g} m is not above 0 and at most {MAX_DISTANCE_M / 1000:g} km"
        )
    if too_near_a_pole(points[:, 1], np.full(len(points), 2 * distance_m)).any():
        raise DerivationError("it comes too near a pole")
