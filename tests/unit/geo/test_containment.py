import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geo.containment import Containment, Relation, contain
from geo.shapes import Area, Circle, Gaussian, Region, RegionBatch, Sector, Sectors, Track
from geo.zones import ZoneSet, ZoneShape
from tests.unit.geo import oracle
from tests.unit.geo.zoo import answer, circles, holed, rings_of, scattered, star, turned, zone_set

BOX = (37.9, 47.95, 38.1, 48.05)


def mixed_zones(seed: int = 7) -> list[Polygon | MultiPolygon]:
    rng = np.random.default_rng(seed)
    return [
        Polygon(star(rng, 37.95, 48.0, 0.03, 9)),
        holed(rng, 38.0, 48.0, 0.03, 12),
        scattered(rng, 38.05, 48.01, 0.02, 8),
        Polygon(star(rng, 38.0, 47.98, 0.08, 125)),
        Polygon(star(rng, 38.02, 48.0, 0.0001, 5)),
    ]


def some_region(rng: np.random.Generator) -> Region | None:
    lon, lat = float(rng.uniform(37.9, 38.1)), float(rng.uniform(47.95, 48.05))
    match int(rng.integers(0, 10)):
        case 0:
            return None
        case 1:
            low, high = sorted(float(d) for d in rng.uniform(0, 4000, 2))
            sector = Sector(float(rng.uniform(0, 360)), 22.5, low, high)
            return Sectors(lon, lat, 50.0, (sector, Sector(None, 180, 100, 300)))
        case 2:
            return Area(Polygon(star(rng, lon, lat, 0.01, 6)))
        case 3:
            return Track(((lon, lat), (lon + 0.01, lat), (lon + 0.01, lat + 0.01)), 80.0)
        case 4:
            return Circle(lon, lat, 0.0)
        case 5 | 6:
            return Gaussian(lon, lat, float(rng.uniform(1, 500)))
        case _:
            return Circle(lon, lat, float(rng.uniform(1, 800)))


def rows_of(found: Containment, n: int) -> list[tuple[bytes, bytes, bytes]]:
    """Each row's answer, bit for bit."""
    cuts = (found.of_row(i) for i in range(n))
    return [
        (found.zone[s].tobytes(), found.relation[s].tobytes(), found.p_inside[s].tobytes())
        for s in cuts
    ]


@pytest.mark.parametrize("seed", range(5))
def test_circles_lie_to_generated_zones_as_the_oracle_says(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    zones = mixed_zones(seed)
    regions = circles(rng, 40, BOX, 1500.0)
    found = contain(zone_set(*zones), RegionBatch.of(regions))
    for row, circle in enumerate(regions):
        cut = found.of_row(row)
        got = dict(
            zip(
                found.zone[cut].tolist(),
                zip(found.relation[cut].tolist(), found.p_inside[cut].tolist(), strict=True),
                strict=True,
            )
        )
        for index, zone in enumerate(zones[:3] if row % 4 else zones):
            rings = rings_of(zone)
            relation, p = got.get(index, (Relation.OUTSIDE, 0.0))
            inside = oracle.holds(rings, circle.lon, circle.lat)
            if oracle_clear(rings, circle):
                assert (relation, p) == ((2, 1.0) if inside else (0, 0.0))
            else:
                assert relation == Relation.UNDETERMINED
                if row % 8 == 1:
                    exact = oracle.circle_share(rings, circle.lon, circle.lat, circle.radius_m)
                    assert p == pytest.approx(exact, abs=1e-6)


def oracle_clear(rings: list[list[tuple[float, float]]], circle: Circle) -> bool:
    """Whether no edge comes within the radius."""
    edges = oracle.edges_of(rings)
    return all(oracle.clears(edge, circle.lon, circle.lat, circle.radius_m) for edge in edges)


def test_a_centimetre_from_an_edge_is_told_apart() -> None:
    rng = np.random.default_rng(11)
    zone = Polygon(star(rng, 38.0, 48.0, 0.3, 24))
    ring = rings_of(zone)[0]
    for (x0, y0), (x1, y1) in pairwise(ring):
        t = float(rng.uniform(0.1, 0.9))
        lon, lat = x0 + t * (x1 - x0), y0 + t * (y1 - y0)
        along = oracle.EARTH.Inverse(lat, lon, lat + 1e-4 * (y1 - y0), lon + 1e-4 * (x1 - x0))
        left = float(along["azi1"]) - 90  # the ring runs counter-clockwise: its left is inside
        for radius_m in (0.0, 5.0, 40.0):
            inner = oracle.direct(lon, lat, left, radius_m + 0.01)
            outer = oracle.direct(lon, lat, left + 180, radius_m + 0.01)
            assert answer(zone, Circle(*inner, radius_m)) == (Relation.INSIDE, 1.0)
            assert answer(zone, Circle(*outer, radius_m)) == (Relation.OUTSIDE, 0.0)
        for side in (left, left + 180):
            reaching = Circle(*oracle.direct(lon, lat, side, 4.99), 5.0)
            assert answer(zone, reaching)[0] is Relation.UNDETERMINED


def test_a_boundary_within_a_millimetre_counts_as_touched() -> None:
    zone = box(38.0, 48.0, 38.1, 48.1)
    east = oracle.distance_m(38.0, 48.05, 38.001, 48.05)
    assert answer(zone, Circle(38.001, 48.05, east + 0.0005)) == (Relation.UNDETERMINED, 1.0)
    assert answer(zone, Circle(38.001, 48.05, east - 0.0005)) == (Relation.UNDETERMINED, 1.0)
    assert answer(zone, Circle(38.001, 48.05, east - 0.002)) == (Relation.INSIDE, 1.0)
    assert answer(zone, Circle(37.999, 48.05, east - 0.0005)) == (Relation.UNDETERMINED, 0.0)
    assert answer(zone, Circle(37.999, 48.05, east - 0.002)) == (Relation.OUTSIDE, 0.0)


def test_an_exact_point_on_the_boundary_is_undetermined_with_one_half() -> None:
    zone = box(38.0, 48.0, 38.5, 48.5)
    for lon, lat in ((38.0, 48.25), (38.25, 48.0), (38.5, 48.5)):
        assert answer(zone, Circle(lon, lat, 0.0)) == (Relation.UNDETERMINED, 0.5)
    assert answer(zone, Circle(38.25, 48.25, 0.0)) == (Relation.INSIDE, 1.0)
    assert answer(zone, Circle(37.999999999, 48.25, 0.0)) == (Relation.OUTSIDE, 0.0)


def test_zones_that_share_an_edge_share_a_circle_between_them() -> None:
    west, east = box(38.0, 48.0, 38.05, 48.1), box(38.05, 48.0, 38.1, 48.1)
    for lon in (38.049, 38.05, 38.0501):
        found = contain(zone_set(west, east), RegionBatch.of([Circle(lon, 48.05, 300.0)]))
        assert found.relation.tolist() == [Relation.UNDETERMINED] * 2
        assert found.p_inside.sum() == pytest.approx(1.0, abs=2e-6)


def test_a_circle_around_a_whole_zone_holds_a_share_of_it() -> None:
    tiny = box(38.0, 48.0, 38.0002, 48.0002)
    relation, p = answer(tiny, Circle(38.001, 48.001, 5000.0))
    area = 0.0002**2 * 111_191 * 74_550  # a degree of latitude and of longitude at 48° N
    assert relation is Relation.UNDETERMINED
    assert p == pytest.approx(area / (math.pi * 5000**2), abs=1e-6)


@pytest.mark.parametrize(
    "sectors",
    [
        (Sector(0, 22.5, 3000, 6000), Sector(45, 22.5, 3000, 6000), Sector(135, 22.5, 3000, 6000)),
        (Sector(350, 11.25, 0, 4500),),
        (Sector(None, 0, 1000, 2500),),
        (Sector(200, 22.5, 4500, 4500),),
        (Sector(90, 120, 500, 5000),),
    ],
)
@pytest.mark.parametrize("accuracy_m", [30.0, 1000.0])
def test_sectors_share_equals_monte_carlo(sectors: tuple[Sector, ...], accuracy_m: float) -> None:
    rng = np.random.default_rng(5)
    zone = holed(rng, 38.0, 48.0, 0.06, 14)
    region = Sectors(38.03, 48.0, accuracy_m, sectors)
    relation, p = answer(zone, region)
    counted = oracle.grid_share(
        rings_of(zone),
        (38.03, 48.0),
        region.reach_m,
        lambda x, y: np.any([oracle.in_sector(x, y, s, accuracy_m) for s in sectors], axis=0),
        inner_m=max(min(s.min_m for s in sectors) - accuracy_m, 0.0),
    )
    assert relation is Relation.UNDETERMINED
    assert p == pytest.approx(counted, abs=1e-3)


def test_sectors_wholly_inside_and_wholly_outside_are_settled() -> None:
    zone = box(38.0, 48.0, 38.2, 48.1)
    pointing_east = (Sector(90, 22.5, 1000, 4000),)
    assert answer(zone, Sectors(38.1, 48.05, 50, pointing_east)) == (Relation.INSIDE, 1.0)
    # The observer stands inside, what was heard lies outside.
    assert answer(zone, Sectors(38.199, 48.05, 50, pointing_east)) == (Relation.OUTSIDE, 0.0)


def test_a_hole_inside_a_region_leaves_it_undetermined() -> None:
    zone = Polygon(
        [(38, 48), (38.2, 48), (38.2, 48.2), (38, 48.2)],
        [[(38.1, 48.1), (38.1005, 48.1), (38.1005, 48.1005), (38.1, 48.1005)]],
    )
    for region in (
        Circle(38.1, 48.1, 3000.0),
        Gaussian(38.1, 48.1, 1400.0),
        Sectors(38.1, 48.1, 10, (Sector(None, 180, 0, 3000),)),
        Area(box(38.08, 48.08, 38.12, 48.12)),
        Track(((38.08, 48.1), (38.12, 48.1)), 200.0),
    ):
        relation, p = answer(zone, region)
        assert relation is Relation.UNDETERMINED
        assert 0.99 < p < 1.0


def test_area_and_track_shares_equal_monte_carlo() -> None:
    rng = np.random.default_rng(9)
    zone = Polygon(star(rng, 38.0, 48.0, 0.05, 10))
    part = box(37.98, 48.0, 38.07, 48.02)
    _, p = answer(zone, Area(part))
    middle = (38.025, 48.01)
    west, east = (oracle.distance_m(*middle, x, 48.01) for x in (37.98, 38.07))
    half_height = oracle.distance_m(*middle, 38.025, 48.02)

    def in_part(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.asarray((x >= -west) & (x <= east) & (np.abs(y) <= half_height))

    counted = oracle.grid_share(rings_of(zone), middle, 3600.0, in_part)
    assert p == pytest.approx(counted, abs=1e-3)

    track = Track(((37.97, 48.0), (38.03, 48.01)), 500.0)
    _, p = answer(zone, track)
    middle = (38.0, 48.005)
    reach = oracle.distance_m(*middle, *track.points[0]) + 500.0
    to_end = oracle.EARTH.Inverse(middle[1], middle[0], track.points[1][1], track.points[1][0])
    end = np.array([math.sin(math.radians(to_end["azi1"])), math.cos(math.radians(to_end["azi1"]))])

    def near_line(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        along = np.clip(x * end[0] + y * end[1], -(reach - 500), reach - 500)
        return np.asarray(np.hypot(x - along * end[0], y - along * end[1]) <= 500.0)

    counted = oracle.grid_share(rings_of(zone), middle, reach, near_line)
    assert p == pytest.approx(counted, abs=1e-3)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cut=st.integers(0, 40))
def test_splitting_or_shuffling_a_batch_changes_no_bit(seed: int, cut: int) -> None:
    rng = np.random.default_rng(seed)
    regions = [some_region(rng) for _ in range(40)]
    zones = zone_set(*mixed_zones())
    whole = rows_of(contain(zones, RegionBatch.of(regions)), 40)
    halves = [
        row
        for part in (regions[:cut], regions[cut:])
        for row in rows_of(contain(zones, RegionBatch.of(part)), len(part))
    ]
    assert halves == whole
    order = rng.permutation(40)
    shuffled = rows_of(contain(zones, RegionBatch.of([regions[i] for i in order])), 40)
    assert [whole[i] for i in order] == shuffled


def test_a_pair_of_a_large_batch_is_answered_as_if_alone() -> None:
    rng = np.random.default_rng(1)
    zones = zone_set(*mixed_zones())
    regions: list[Region | None] = list(circles(rng, 12_000, BOX, 1500.0))
    whole = rows_of(contain(zones, RegionBatch.of(regions)), len(regions))
    for i in rng.choice(len(regions), 150, replace=False):
        assert rows_of(contain(zones, RegionBatch.of([regions[i]])), 1)[0] == whole[i]


def moved(region: Region, degrees: float) -> Region:
    def lon(value: float) -> float:
        return (value + degrees + 180) % 360 - 180

    match region:
        case Circle():
            return Circle(lon(region.lon), region.lat, region.radius_m)
        case Gaussian():
            return Gaussian(lon(region.lon), region.lat, region.radius95_m)
        case Sectors():
            return Sectors(lon(region.lon), region.lat, region.accuracy_m, region.sectors)
        case Area():
            return Area(turned(region.geometry, degrees))
        case Track():
            return Track(tuple((lon(x), y) for x, y in region.points), region.accuracy_m)


@pytest.mark.parametrize("seed", range(40))
def test_nothing_changes_at_the_antimeridian(seed: int) -> None:
    # The ellipsoid is round: the same scene turned so that ±180 cuts through it, or not.
    rng = np.random.default_rng(seed)
    region = some_region(rng)
    if region is None:
        return
    for zone in mixed_zones(3)[:4]:
        relation, p = answer(zone, region)
        for degrees in (142.0, 141.97, -218.03):
            there, p_there = answer(turned(zone, degrees), moved(region, degrees))
            assert there is relation
            assert p_there == pytest.approx(p, abs=2e-6)


def test_the_cut_at_the_antimeridian_is_no_boundary_but_an_end_there_is() -> None:
    whole = MultiPolygon([box(179.9, 10, 180, 10.1), box(-180, 10, -179.9, 10.1)])
    for lon in (180.0, -180.0, 179.9999, -179.9999):
        assert answer(whole, Circle(lon, 10.05, 500.0)) == (Relation.INSIDE, 1.0)
        relation, p = answer(box(179.9, 10, 180, 10.1), Circle(lon, 10.05, 500.0))
        assert relation is Relation.UNDETERMINED
        assert p == pytest.approx(0.5, abs=0.02)


def test_near_a_pole_shares_still_hold() -> None:
    zone = box(30.0, 89.5, 60.0, 89.95)
    assert answer(zone, Circle(45.0, 89.9, 200.0)) == (Relation.INSIDE, 1.0)
    for lon, lat, radius_m in ((30.5, 89.9, 300.0), (45.0, 89.9501, 200.0), (59.0, 89.94, 900.0)):
        _, p = answer(zone, Circle(lon, lat, radius_m))
        exact = oracle.circle_share(rings_of(zone), lon, lat, radius_m)
        assert p == pytest.approx(exact, abs=1e-6)
        _, p = answer(zone, Gaussian(lon, lat, radius_m / 2))
        exact = oracle.gaussian_share(rings_of(zone), lon, lat, radius_m / 2)
        assert p == pytest.approx(exact, abs=1e-6)


def test_rows_without_a_location_and_sets_without_zones_have_no_pairs() -> None:
    zones = zone_set(box(38, 48, 39, 49))
    found = contain(zones, RegionBatch.of([None, Circle(38.5, 48.5, 10), None]))
    assert found.offsets.tolist() == [0, 0, 1, 1]
    assert contain(zones, RegionBatch.of([])).offsets.tolist() == [0]
    empty = ZoneSet.build([])
    assert contain(empty, RegionBatch.of([Circle(38.5, 48.5, 10)])).offsets.tolist() == [0, 0]


def test_pairs_come_by_row_and_zone_in_the_types_promised() -> None:
    zones = ZoneSet.build(ZoneShape(f"z{i}", box(38, 48, 39, 49)) for i in range(5))
    area = Area(box(38.4, 48.4, 38.6, 48.6))
    found = contain(zones, RegionBatch.of([area, Circle(38.5, 48.5, 10), area]))
    assert found.zone.tolist() == [0, 1, 2, 3, 4] * 3
    assert (found.relation == Relation.INSIDE).all()
    assert [a.dtype for a in (found.offsets, found.zone, found.relation, found.p_inside)] == [
        np.int64,
        np.int32,
        np.uint8,
        np.float64,
    ]
