"""A bell about a point against other quadratures: geodesic rays, the error function, Simpson."""

import math

import numpy as np
import pytest
from shapely import Polygon, box

from geo.containment import Relation, contain
from geo.density import CUT_OFF_SHARE, GAUSSIAN, REACH_PER_R95, UNIFORM, on_lines
from geo.footprint import circle_footprint
from geo.overlap import overlap
from geo.shapes import Circle, Gaussian, RegionBatch
from tests.unit.geo import oracle
from tests.unit.geo.zoo import answer, holed, rings_of, scattered, star, zone_set

SIGMAS_PER_R95 = math.sqrt(2 * math.log(20))


RIM = math.sqrt(-2 * math.log(CUT_OFF_SHARE))
"""Of the disc, in standard deviations."""


def by_simpson(h: float, start: float, end: float) -> float:
    """The same integral in 4,000 steps; where the line runs through the centre it vanishes."""

    def rate(t: float) -> float:
        u = h * h + t * t
        return 0.5 if u == 0 else -math.expm1(-u / 2) / u

    step = (end - start) / 4_000
    inner = ((4 if k % 2 else 2) * rate(start + k * step) for k in range(1, 4_000))
    return h * step / 3 * math.fsum([rate(start), *inner, rate(end)])


@pytest.mark.parametrize("length", [0.01, 0.2499, 0.2501, 0.999, 1.0, 2.49, 2.51, 5.49, 5.6, 10.5])
def test_what_a_chord_cuts_off_a_bell_is_the_integral_along_it(length: float) -> None:
    rng = np.random.default_rng(1)
    for h in (1e-9, 1e-3, 0.3, -1.0, 2.5, -5.2):
        start = float(rng.uniform(-5.3, 5.3 - length))
        off, near, far, rim = (np.array([x]) for x in (h, start, start + length, RIM))
        got = GAUSSIAN.swept(off, near, far, rim)
        exact = by_simpson(h, start, start + length) / (1 - CUT_OFF_SHARE)
        assert float(got[0]) == pytest.approx(exact, abs=1e-9)


@pytest.mark.parametrize(
    ("lat", "radius95_m"), [(-70.0, 250.0), (-33.0, 5.0), (0.0, 100_000.0), (84.0, 10_000.0)]
)
def test_share_of_a_bell_equals_quadrature_along_geodesic_rays(
    lat: float, radius95_m: float
) -> None:
    rng = np.random.default_rng(int(abs(lat) * 1000 + radius95_m))
    size = radius95_m / 111_000
    ring = star(rng, 38.0, lat, size, 7)
    ring = [(38 + (x - 38) / math.cos(math.radians(lat)), y) for x, y in ring]
    bell = Gaussian(38.0 + 0.3 * size, lat + 0.2 * size, radius95_m)
    relation, p = answer(Polygon(ring), bell)
    exact = oracle.gaussian_share([ring], bell.lon, bell.lat, radius95_m)
    assert relation is Relation.UNDETERMINED
    assert 0.05 < exact < 0.95
    # 5e-7 of it is the rounding to 6 decimals.
    assert p == pytest.approx(exact, abs=1.0e-6)


@pytest.mark.parametrize("make", [holed, scattered])
def test_share_of_a_bell_counts_holes_and_parts(make: type) -> None:
    rng = np.random.default_rng(1)
    zone = make(rng, 38.0, 48.0, 0.02, 4)
    lon, lat = 38.0 + float(rng.normal(0, 0.02)), 48.0 + float(rng.normal(0, 0.01))
    _, p = answer(zone, Gaussian(lon, lat, 1500.0))
    assert p == pytest.approx(oracle.gaussian_share(rings_of(zone), lon, lat, 1500.0), abs=1e-6)


@pytest.mark.parametrize("off_r95", [-2.0, -1.0, -0.3, -0.01, 0.0, 0.02, 0.5, 1.5, 2.1])
def test_beside_a_straight_edge_the_share_is_the_normal_distributions(off_r95: float) -> None:
    # A meridian, and so short a way that the Earth is flat to 1e-9.
    zone = box(38.0, 47.9, 38.1, 48.1)
    lon, _ = oracle.direct(38.0, 48.0, 90.0, off_r95 * 20.0)
    _, p = answer(zone, Gaussian(lon, 48.0, 20.0))
    normal = 0.5 * (1 + math.erf(off_r95 * SIGMAS_PER_R95 / math.sqrt(2)))
    assert p == pytest.approx(normal, abs=1.5e-6)


def test_the_95_percent_radius_holds_95_percent() -> None:
    for radius_m, share in ((300.0, 0.95), (300.0 / SIGMAS_PER_R95, 1 - math.exp(-0.5))):
        ring = [oracle.direct(38.0, 48.0, k / 4, radius_m) for k in range(1440)]
        _, p = answer(Polygon(ring[::-1]), Gaussian(38.0, 48.0, 300.0))
        assert p == pytest.approx(share, abs=1e-5)


def test_all_but_a_millionth_counts_as_all() -> None:
    zone = box(38.0, 48.0, 38.1, 48.1)
    reach_m = 100.0 * REACH_PER_R95
    for off_m, relation, p in (
        (-reach_m - 0.01, Relation.OUTSIDE, 0.0),
        (-reach_m + 0.01, Relation.UNDETERMINED, 0.0),
        (reach_m - 0.01, Relation.UNDETERMINED, 1.0),
        (reach_m + 0.01, Relation.INSIDE, 1.0),
    ):
        lon, lat = oracle.direct(38.0, 48.05, 90.0, off_m)
        assert answer(zone, Gaussian(lon, lat, 100.0)) == (relation, p)


@pytest.mark.parametrize("centre", [(38.0, 48.0), (38.05, 48.0), (38.0, 48.05), (38.1, 48.1)])
def test_a_bell_on_the_boundary_has_a_share_too(centre: tuple[float, float]) -> None:
    zone = box(38.0, 48.0, 38.1, 48.1)
    for nudge in (0.0, 1e-14, -1e-14, 1e-12, -1e-12, 1e-10, -1e-10, 3e-9, -3e-9):
        relation, p = answer(zone, Gaussian(centre[0] + nudge, centre[1] + nudge, 100.0))
        corner = centre in {(38.0, 48.0), (38.1, 48.1)}
        assert relation is Relation.UNDETERMINED
        assert p == pytest.approx(0.25 if corner else 0.5, abs=2e-5)


def test_analytic_shares_of_a_bell_equal_integrals_around_its_overlay() -> None:
    rng = np.random.default_rng(12)
    zone = holed(rng, 38.0, 48.0, 0.05, 125)
    for _ in range(100):
        lon, lat = float(rng.uniform(37.95, 38.05)), float(rng.uniform(47.95, 48.05))
        bell = Gaussian(lon, lat, float(rng.uniform(1, 800)))
        relation, p = answer(zone, bell)
        drawn = circle_footprint(lon, lat, bell.reach_m)
        overlaid, p_overlaid = overlap(zone, drawn, GAUSSIAN)
        assert overlaid is relation
        assert p == pytest.approx(p_overlaid, abs=2e-6)


def test_a_share_does_not_depend_on_the_other_density_in_the_batch() -> None:
    rng = np.random.default_rng(2)
    zones = zone_set(holed(rng, 38.0, 48.0, 0.05, 30), box(38.0, 48.0, 38.1, 48.1))
    regions = [
        kind(38.0 + float(rng.normal(0, 0.03)), 48.0 + float(rng.normal(0, 0.02)), 400.0)
        for kind in (Circle, Gaussian) * 40
    ]
    found = contain(zones, RegionBatch.of(regions))
    for row, region in enumerate(regions):
        alone = contain(zones, RegionBatch.of([region]))
        cut = found.of_row(row)
        assert found.p_inside[cut].tobytes() == alone.p_inside.tobytes()
        assert found.relation[cut].tobytes() == alone.relation.tobytes()


def test_a_bell_whose_disc_reaches_500_km_is_still_exact() -> None:
    zone = Polygon([(30.0, 46.0), (40.0, 46.0), (38.0, 52.0), (30.0, 51.0)])
    _, p = answer(zone, Gaussian(38.5, 47.0, 232_000.0))
    exact = oracle.gaussian_share(rings_of(zone), 38.5, 47.0, 232_000.0)
    assert p == pytest.approx(exact, abs=2e-6)


def test_lines_are_told_from_their_nearest_point() -> None:
    off, start, end = on_lines(*np.array([[3.0, 5.0], [4.0, 5.0], [3.0, 5.0], [9.0, 5.0]]))
    assert off.tolist() == [3.0, -5.0]  # the origin is left of the way north; a mere point
    assert (start.tolist(), end.tolist()) == ([4.0, 5.0], [9.0, 5.0])


def test_evenly_spread_a_chord_cuts_off_a_triangle() -> None:
    one = np.array([1.0])
    assert UNIFORM.swept(3 * one, -one, 4 * one, 10 * one).tolist() == [0.15]
