import math
from itertools import pairwise

import numpy as np
import pytest
from shapely import Polygon

from geo import circle_area
from geo.containment import Relation, contain
from geo.footprint import circle_footprint
from geo.overlap import overlap
from geo.shapes import Circle, RegionBatch
from tests.unit.geo import oracle
from tests.unit.geo.zoo import answer, circles, holed, rings_of, scattered, star, zone_set


@pytest.mark.parametrize("lat", [-70.0, -33.0, 0.0, 48.0, 84.0])
@pytest.mark.parametrize("radius_m", [5.0, 250.0, 10_000.0, 120_000.0])
def test_share_of_a_circle_equals_quadrature_along_geodesic_rays(
    lat: float, radius_m: float
) -> None:
    rng = np.random.default_rng(int(abs(lat) * 1000 + radius_m))
    size = radius_m / 111_000
    ring = star(rng, 38.0, lat, size, 7)
    ring = [(38 + (x - 38) / math.cos(math.radians(lat)), y) for x, y in ring]
    circle = Circle(38.0 + 0.3 * size, lat + 0.2 * size, radius_m)
    relation, p = answer(Polygon(ring), circle)
    exact = oracle.circle_share([ring], circle.lon, circle.lat, circle.radius_m)
    assert relation is Relation.UNDETERMINED
    assert 0.05 < exact < 0.95
    # 5e-7 of it is the rounding to 6 decimals.
    assert p == pytest.approx(exact, abs=1.0e-6)


@pytest.mark.parametrize("make", [holed, scattered])
@pytest.mark.parametrize("seed", range(6))
def test_share_counts_holes_and_parts(make: type, seed: int) -> None:
    rng = np.random.default_rng(seed)
    zone = make(rng, 38.0, 48.0, 0.02, 6)
    circle = Circle(38.0 + float(rng.normal(0, 0.02)), 48.0 + float(rng.normal(0, 0.01)), 1500.0)
    relation, p = answer(zone, circle)
    exact = oracle.circle_share(rings_of(zone), circle.lon, circle.lat, circle.radius_m)
    assert p == pytest.approx(exact, abs=1.0e-6)
    assert (relation is Relation.UNDETERMINED) == (1e-9 < exact < 1 - 1e-9)


def test_a_long_edge_is_a_curve_in_the_plane() -> None:
    # On a 2,000 km edge at 48° N the straight lon/lat line lies 80 km from the geodesic: whoever
    # takes a chord for the edge is wrong by far more than the circle.
    zone = Polygon([(20.0, 48.0), (48.0, 48.0), (48.0, 40.0), (20.0, 40.0)])
    circle = Circle(34.0, 48.0003, 100.0)
    _, p = answer(zone, circle)
    exact = oracle.circle_share(rings_of(zone), 34.0, 48.0003, 100.0)
    assert p == pytest.approx(exact, abs=1.0e-6)
    assert 0.1 < p < 0.5


@pytest.mark.parametrize("beside_m", [-0.001, 0.01])
def test_a_centre_close_beside_an_edge_that_bends_has_its_share(beside_m: float) -> None:
    # Along a parallel at 88° N a straight lon/lat edge bends by 4 cm within the circle.
    zone = Polygon([(123.0, 88.0), (124.0, 88.0), (124.0, 88.02), (123.0, 88.02)])
    circle = Circle(123.45, 88.0 + beside_m / 111_690, 140.0)
    _, p = answer(zone, circle)
    exact = oracle.circle_share(rings_of(zone), circle.lon, circle.lat, circle.radius_m)
    assert p == pytest.approx(exact, abs=1.0e-6)
    assert 0.499 < p < 0.501


@pytest.mark.parametrize("centre", [(38.0, 48.0), (38.05, 48.0), (38.0, 48.05), (38.1, 48.1)])
def test_a_centre_on_the_boundary_has_a_share_too(centre: tuple[float, float]) -> None:
    zone = Polygon([(38.0, 48.0), (38.1, 48.0), (38.1, 48.1), (38.0, 48.1)])
    for nudge in (0.0, 1e-14, -1e-14, 1e-12, -1e-12, 1e-10, -1e-10, 3e-9, -3e-9):
        relation, p = answer(zone, Circle(centre[0] + nudge, centre[1] + nudge, 100.0))
        corner = centre in {(38.0, 48.0), (38.1, 48.1)}
        assert relation is Relation.UNDETERMINED
        assert p == pytest.approx(0.25 if corner else 0.5, abs=1e-5)


def test_a_share_does_not_depend_on_where_an_edge_has_vertices() -> None:
    plain = [(38.0, 48.0), (38.4, 48.0), (38.4, 48.3), (38.0, 48.1), (38.0, 48.0)]
    rng = np.random.default_rng(3)
    dense = []
    for (x0, y0), (x1, y1) in pairwise(plain):
        shares = np.sort(rng.random(500))
        dense += [(x0, y0), *((x0 + t * (x1 - x0), y0 + t * (y1 - y0)) for t in shares)]
    for lon, lat, radius_m in ((38.01, 48.01, 2000.0), (38.2, 48.2, 400.0), (38.39, 48.29, 9000.0)):
        relation, p = answer(Polygon(plain), Circle(lon, lat, radius_m))
        again, p_dense = answer(Polygon(dense), Circle(lon, lat, radius_m))
        assert relation is again
        assert p == pytest.approx(p_dense, abs=2e-6)


def test_analytic_shares_equal_polygon_overlay() -> None:
    rng = np.random.default_rng(12)
    zone = holed(rng, 38.0, 48.0, 0.05, 125)
    for circle in circles(rng, 400, (37.95, 47.95, 38.05, 48.05), 1500.0):
        if circle.radius_m == 0:
            continue
        relation, p = answer(zone, circle)
        drawn = circle_footprint(circle.lon, circle.lat, circle.radius_m)
        overlaid, p_overlaid = overlap(zone, drawn)
        assert overlaid is relation
        # The drawn circle has 1,800 corners, within 1e-6 of its radius.
        assert p == pytest.approx(p_overlaid, abs=4e-6)


def test_bounds_on_memory_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(13)
    zones = zone_set(holed(rng, 38.0, 48.0, 0.05, 125), scattered(rng, 38.0, 48.0, 0.03, 40))
    batch = RegionBatch.of(circles(rng, 200, (37.95, 47.95, 38.05, 48.05), 1500.0))
    whole = contain(zones, batch)
    monkeypatch.setattr(circle_area, "_MAX_PAIRS", 7)
    monkeypatch.setattr(circle_area, "_MAX_EDGES", 3000)
    monkeypatch.setattr(circle_area, "_MAX_PIECES", 50)
    again = contain(zones, batch)
    assert again.zone.tobytes() == whole.zone.tobytes()
    assert again.relation.tobytes() == whole.relation.tobytes()
    assert again.p_inside.tobytes() == whole.p_inside.tobytes()


def test_a_circle_of_500_km_is_still_exact() -> None:
    zone = Polygon([(30.0, 46.0), (40.0, 46.0), (38.0, 52.0), (30.0, 51.0)])
    _, p = answer(zone, Circle(38.5, 47.0, 499_000.0))
    exact = oracle.circle_share(rings_of(zone), 38.5, 47.0, 499_000.0)
    assert p == pytest.approx(exact, abs=2e-6)
