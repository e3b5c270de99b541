import math
from itertools import pairwise

import numpy as np
import pytest
from shapely import Polygon

from geo.containment import Relation
from geo.shapes import Circle
from tests.unit.geo import oracle
from tests.unit.geo.zoo import answer, holed, rings_of, scattered, star


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
