"""Derived zones against geographiclib: what lies a tolerance nearer is in, farther is out."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.baseline import Baseline, Side
from geo.derive import around, band, error_m, strip
from geo.ellipsoid import WGS84
from geo.errors import DerivationError, LineCrossesError, NoSideError
from geo.zones import ZoneSet, ZoneShape
from tests.unit.geo import oracle

Line = list[tuple[float, float]]
LINES: dict[str, Line] = {
    "bent": [(38.0, 48.0), (38.5, 48.2), (38.9, 48.0), (38.9, 47.9)],
    "contact line": [
        (37.87, 47.1), (37.86, 47.4), (37.6, 47.8), (37.55, 47.95), (37.8, 48.15),
        (38.0, 48.36), (38.25, 48.4), (38.45, 48.65), (38.98, 48.74), (39.8, 48.6),
    ],
    "long parallel": [(34.0, 48.0), (38.0, 48.0)],
    "north": [(20.0, 69.0), (22.0, 70.5)],
    "equator": [(-1.0, 0.0), (1.5, 0.0)],
    "over the antimeridian": [(179.8, -17.0), (-179.9, -17.2)],
}  # fmt: skip


def edges_of(line: Line) -> list[oracle.Edge]:
    points = np.array(line)
    points[:, 0] = np.unwrap(points[:, 0], period=360)
    return [oracle.Edge(*map(float, a), *map(float, b)) for a, b in pairwise(points)]


def away_m(edges: list[oracle.Edge], lon: float, lat: float) -> float:
    """Least distance to the line: looked for on ever finer samples, measured by geographiclib."""
    low, high = np.zeros(len(edges)), np.ones(len(edges))
    ends = np.array([(e.x0, e.y0, e.x1, e.y1) for e in edges])
    for _ in range(5):
        share = np.linspace(low, high, 41, axis=1)
        x, y = (ends[:, [k]] + share * (ends[:, [k + 2]] - ends[:, [k]]) for k in (0, 1))
        _, _, away = WGS84.inv(x, y, np.full_like(x, lon), np.full_like(y, lat))
        at = np.argmin(away, axis=1)
        row = np.arange(len(edges))
        low, high = share[row, np.maximum(at - 1, 0)], share[row, np.minimum(at + 1, 40)]
    best = int(np.argmin(away[row, at]))
    return oracle.distance_m(lon, lat, *edges[best].at(float(share[best, at[best]])))


def abeam(line: Line, side: int, away: float, count: int, seed: int) -> list[tuple[float, float]]:
    """Spots at a right angle to the line, `away` metres on one side, where no other part is nearer.

    The curve's own direction at a spot of an edge: the azimuth to a spot a metre farther on.
    """
    rng = np.random.default_rng(seed)
    edges = edges_of(line)
    found: list[tuple[float, float]] = []
    for _ in range(5 * count):  # on the inner side of a bend some other part is always nearer
        if len(found) == count:
            break
        edge = edges[rng.integers(len(edges))]
        t = float(rng.uniform(0.05, 0.95))
        lon, lat = edge.at(t)
        ahead = edge.at(t + 1e-6)
        azimuth = oracle.EARTH.Inverse(lat, lon, ahead[1], ahead[0])["azi1"]
        spot = oracle.direct(lon, lat, azimuth - 90 * side, away)
        turned = (spot[0] + 360 * round((lon - spot[0]) / 360), spot[1])
        if away_m(edges, *turned) > away - 0.001:
            found.append(spot)
    return found


def holds(zone: Polygon | MultiPolygon, lon: float, lat: float) -> bool:
    return bool(shapely.contains_xy(zone, lon, lat))


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("distance_m", [100.0, 25_000.0, 70_000.0])
@pytest.mark.parametrize("side", [Side.LEFT, Side.RIGHT])
def test_a_strip_ends_at_its_distance_on_its_own_side(
    name: str, distance_m: float, side: Side
) -> None:
    zone = strip(Baseline.of(LINES[name]), side, 0.0, distance_m)
    assert zone.is_valid
    tolerance = error_m(distance_m) + (0.02 if name == "north" else 0.0)
    for lon, lat in abeam(LINES[name], side, distance_m - tolerance, 3, 1):
        assert holds(zone, lon, lat)
    for lon, lat in abeam(LINES[name], side, distance_m + tolerance, 3, 2):
        assert not holds(zone, lon, lat)
    for lon, lat in abeam(LINES[name], side, 0.02, 2, 3):
        assert holds(zone, lon, lat)
    for away in (0.02, distance_m / 2):
        for lon, lat in abeam(LINES[name], -side, away, 2, 4):
            assert not holds(zone, lon, lat)


@pytest.mark.parametrize("name", LINES)
def test_every_corner_and_chord_of_a_strip_lies_within_the_error(name: str) -> None:
    distance_m = 35_000.0
    zone = strip(Baseline.of(LINES[name]), Side.LEFT, 0.0, distance_m)
    coords = np.concatenate([shapely.get_coordinates(p.exterior) for p in shapely.get_parts(zone)])
    both = np.concatenate([coords, (coords[1:] + coords[:-1]) / 2])
    edges = edges_of(LINES[name])
    rng = np.random.default_rng(5)
    outline = 0
    for lon, lat in both[rng.choice(len(both), 30, replace=False)]:
        if abs(lon) > 179.999:
            continue  # the cut, or the middle between the parts
        away = away_m(edges, lon + 360 * round((edges[0].x0 - lon) / 360), lat)
        ends = [oracle.distance_m(*LINES[name][end], lon, lat) for end in (0, -1)]
        if away < 0.06 or min(ends) < away + 0.001:
            continue  # the baseline itself, or a flat end
        outline += 1
        assert away == pytest.approx(distance_m, abs=error_m(distance_m) + 0.03)
    assert outline > 4


def test_both_sides_are_the_left_and_the_right_one() -> None:
    line = Baseline.of(LINES["bent"])
    left, right, both = (strip(line, side, 0, 5_000) for side in (Side.LEFT, Side.RIGHT, None))
    assert left.intersection(right).area < 1e-12
    assert both.area == pytest.approx(left.area + right.area, rel=1e-9)
    reverse = strip(Baseline.of(LINES["bent"][::-1]), Side.RIGHT, 0, 5_000)
    assert left.symmetric_difference(reverse).area < 1e-6


def test_a_strip_may_begin_away_from_its_baseline() -> None:
    line = Baseline.of(LINES["contact line"])
    zone = strip(line, Side.LEFT, 15_000, 25_000)
    for distance_m, within in ((14_999.9, False), (15_000.1, True), (24_999.9, True)):
        for lon, lat in abeam(LINES["contact line"], Side.LEFT, distance_m, 3, 6):
            assert holds(zone, lon, lat) is within


def test_nothing_of_a_strip_lies_farther_on_than_the_ends_of_its_baseline() -> None:
    zone = strip(Baseline.of(LINES["long parallel"]), Side.LEFT, 0, 30_000)
    for away in (-1.0, 1.0):
        lon, lat = oracle.direct(38.0, 48.0, 90.0, away)
        lon, lat = oracle.direct(lon, lat, 0.0, 10_000)
        assert holds(zone, lon, lat) is (away < 0)


def test_a_closed_baseline_has_a_strip_inside_and_one_outside() -> None:
    ring = [(38.0, 48.0), (38.2, 48.0), (38.2, 48.1), (38.0, 48.1), (38.0, 48.0)]
    inner, outer = (strip(Baseline.of(ring), side, 0, 1_000) for side in (Side.LEFT, Side.RIGHT))
    body = Polygon(ring)
    assert inner.within(body.buffer(1e-9))
    assert outer.intersection(body).area < 1e-12
    assert outer.touches(inner) or outer.distance(inner) < 1e-9


def test_a_baseline_that_bends_back_on_its_own_end_has_no_sides() -> None:
    hook = [(38.0, 48.0), (38.4, 48.0), (38.4, 48.2), (38.1, 48.2), (38.1, 48.05)]
    near = strip(Baseline.of(hook), Side.LEFT, 0, 1_000)
    assert near.is_valid
    with pytest.raises(NoSideError, match="bends back"):
        strip(Baseline.of(hook), Side.LEFT, 0, 20_000)


def test_geodesic_edges_move_a_strip_with_its_baseline() -> None:
    line = [(30.0, 48.0), (38.0, 48.0)]
    zones = [
        strip(Baseline.of(line, geodesic_edges=g), Side.RIGHT, 0, 10_000) for g in (False, True)
    ]
    middle = oracle.EARTH.InverseLine(48, 30, 48, 38)
    at = middle.Position(middle.s13 / 2)
    for metres, straight, geodesic in ((9_000, True, False), (1_000, True, True)):
        lon, lat = oracle.direct(34.0, 48.0, 180.0, metres)
        assert holds(zones[0], lon, lat) is straight
        assert holds(zones[1], lon, lat) is (geodesic and at["lat2"] > lat) or not geodesic


def test_a_band_lies_between_its_lines() -> None:
    south: Line = [(35.8, 33.0), (35.85, 33.15), (35.8, 33.3)]
    north: Line = [(35.9, 32.99), (35.93, 33.16), (35.88, 33.32)]
    zone = band(Baseline.of(south), Baseline.of(north))
    assert zone.symmetric_difference(Polygon([*south, *north[::-1]])).area < 1e-12


def test_a_band_of_closed_lines_is_refused() -> None:
    ring = Baseline.of([(0, 0), (1, 0), (1, 1), (0, 0)])
    with pytest.raises(DerivationError, match="no ends"):
        band(ring, Baseline.of([(2, 0), (3, 0)]))


def test_lines_drawn_against_each_other_make_no_band_and_are_told_so() -> None:
    with pytest.raises(LineCrossesError, match="opposite directions"):
        band(Baseline.of([(0, 0), (1, 0)]), Baseline.of([(1, 1), (0, 1)]))
    with pytest.raises(LineCrossesError, match="they cross") as refused:
        band(Baseline.of([(0, 0), (1, 1)]), Baseline.of([(0, 1), (1, 0)]))
    assert refused.value.at == pytest.approx((0.5, 0.5))


def test_a_band_over_the_antimeridian_is_cut_there() -> None:
    south, north = (Baseline.of([(179.5, lat), (-179.5, lat)]) for lat in (-17.0, -16.0))
    zone = band(south, north)
    assert isinstance(zone, MultiPolygon)
    assert zone.area == pytest.approx(1.0)


@pytest.mark.parametrize("distance_m", [0.5, 500.0, 70_000.0])
def test_a_disc_round_a_facility_ends_at_its_distance(distance_m: float) -> None:
    zone = around(Point(38.0, 48.0), distance_m)
    tolerance = error_m(distance_m)
    for azimuth in np.linspace(0, 360, 20):
        for away, within in ((distance_m - tolerance, True), (distance_m + 1e-6, False)):
            assert holds(zone, *oracle.direct(38.0, 48.0, float(azimuth), away)) is within


@pytest.mark.parametrize("distance_m", [50.0, 10_000.0])
def test_around_a_facility_counts_from_its_fence(distance_m: float) -> None:
    fence = Polygon([(38.0, 48.0), (38.05, 48.0), (38.05, 48.04), (38.0, 48.03)])
    zone = around(fence, distance_m)
    assert shapely.contains(zone, fence)
    edges = edges_of([*fence.exterior.coords])
    outline = shapely.get_coordinates(shapely.get_exterior_ring(zone))
    middles = (outline[1:] + outline[:-1]) / 2
    for lon, lat in np.concatenate([outline, middles])[:: max(1, len(outline) // 20)]:
        assert away_m(edges, lon, lat) == pytest.approx(distance_m, abs=error_m(distance_m) + 0.01)


def test_a_courtyard_wider_than_the_distance_stays_outside() -> None:
    ring = Polygon(box(38, 48, 38.2, 48.2).exterior, [box(38.05, 48.05, 38.15, 48.15).exterior])
    zone = around(ring, 1_000.0)
    assert not holds(zone, 38.1, 48.1)
    assert holds(zone, *oracle.direct(38.1, 48.05, 0.0, 999.9))
    assert holds(around(LineString([(38, 48), (38.2, 48)]), 500.0), 38.1, 48.004)


@pytest.mark.parametrize("distance_m", [0.0, -1.0, float("nan"), 200_001.0])
def test_distances_that_are_none_are_refused(distance_m: float) -> None:
    with pytest.raises(DerivationError):
        around(Point(38, 48), distance_m)
    with pytest.raises(DerivationError):
        strip(Baseline.of(LINES["bent"]), None, 0.0, distance_m)


def test_a_strip_that_ends_before_it_begins_or_meets_a_pole_is_refused() -> None:
    with pytest.raises(DerivationError, match="no distance"):
        strip(Baseline.of(LINES["bent"]), None, 500.0, 500.0)
    with pytest.raises(DerivationError, match="pole"):
        around(Point(38, 89.5), 50_000.0)


@settings(max_examples=15)
@given(
    steps=st.lists(st.tuples(st.floats(0.02, 0.1), st.floats(-0.05, 0.05)), min_size=2, max_size=8),
    distance_m=st.floats(50, 20_000),
    spot=st.tuples(st.floats(-0.3, 1.0), st.floats(-0.4, 0.4)),
)
def test_a_spot_is_in_the_strip_by_its_nearest_spot_of_the_line(
    steps: list[tuple[float, float]], distance_m: float, spot: tuple[float, float]
) -> None:
    """For lines that run on eastwards: left is what lies north of them."""
    line = [(38.0, 48.0)]
    for east, north in steps:
        line.append((line[-1][0] + east, line[-1][1] + north))
    zone = strip(Baseline.of(line), Side.LEFT, 0.0, distance_m)
    ZoneSet.build([ZoneShape("z", zone)])
    lon, lat = 38.0 + spot[0], 48.0 + spot[1]
    away = away_m(edges_of(line), lon, lat)
    ends = [oracle.distance_m(lon, lat, *end) for end in (line[0], line[-1])]
    if abs(away - distance_m) < 0.05 or away < 0.05 or min(ends) < away + 0.05:
        return  # on an edge of the zone, as far as it is told
    x, y = np.array(line).T
    if x[0] < lon < x[-1]:
        north = lat > float(np.interp(lon, x, y))
        assert holds(zone, lon, lat) is (away < distance_m and north)
    else:
        assert not (away > distance_m and holds(zone, lon, lat))
