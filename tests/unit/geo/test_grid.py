"""The grid against the tree, which it must equal to the bit, and against a plain Shapely loop."""

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from geo import grid as grid_module
from geo.containment import Containment, Relation, contain
from geo.grid import LARGEST_M, gridded
from geo.grid_entry import AT, FARTHEST, distance_of
from geo.lattice import MAX_LAT_DEG
from geo.shapes import Circle, RegionBatch
from geo.zones import ZoneSet
from tests.unit.geo import oracle
from tests.unit.geo.zoo import holed, rings_of, scattered, star, zone_set

MEGABYTE = 1_000_000


def batch(lon: np.ndarray, lat: np.ndarray, radius_m: np.ndarray) -> RegionBatch:
    gaussian = np.arange(lon.size) % 5 == 1
    return RegionBatch(lon.size, np.arange(lon.size), lon, lat, radius_m, gaussian)


def bits(found: Containment) -> tuple[bytes, ...]:
    columns = (found.offsets, found.zone, found.relation, found.p_inside)
    return tuple(column.tobytes() for column in columns)


def require_equal(zones: ZoneSet, regions: RegionBatch, limit_bytes: int = MEGABYTE) -> ZoneSet:
    """The grid gives, bit for bit, what the tree gives."""
    fast = gridded(zones, limit_bytes)
    assert fast.grid is not None
    assert fast.grid.nbytes <= limit_bytes
    assert bits(contain(fast, regions)) == bits(contain(zones, regions))
    return fast


def zoo(rng: np.random.Generator, lon: float, lat: float) -> list[Polygon | MultiPolygon]:
    """Zones of 20 m to 30 km that overlap, touch, hold holes and lie in several parts."""
    return [
        Polygon(star(rng, lon, lat, 0.2, 30)),
        holed(rng, lon + 0.05, lat, 0.1, 125),
        scattered(rng, lon, lat - 0.1, 0.05, 12),
        Polygon(star(rng, lon + 0.01, lat + 0.02, 0.0001, 5)),
        box(lon - 0.3, lat + 0.05, lon, lat + 0.15),
        box(lon, lat + 0.05, lon + 0.3, lat + 0.15),
    ]


def spread_about(rng: np.random.Generator, n: int, lon: float, lat: float) -> RegionBatch:
    """Points and circles of all sizes, most near the zones, some beyond the grid's reach."""
    radius_m = rng.choice([0.0, 0.0005, 0.5, 20.0, 250.0, LARGEST_M, 2_000.0], n)
    lons = lon + rng.normal(0, 0.15, n)
    return batch((lons + 180) % 360 - 180, lat + rng.normal(0, 0.1, n), radius_m)


@settings(max_examples=5, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    lon=st.sampled_from([-180.0, -77.0, 0.0, 38.0, 179.9]),
    lat=st.sampled_from([-84.9, -33.0, 0.0, 48.0, 84.95]),
    limit_bytes=st.sampled_from([40_000, MEGABYTE]),
)
def test_the_grid_gives_what_the_tree_gives(
    seed: int, lon: float, lat: float, limit_bytes: int
) -> None:
    rng = np.random.default_rng(seed)
    # Drawn around 0 and moved, so that no zone has to be cut: the set's longitudes may exceed 180.
    zones = zone_set(*zoo(rng, 0.0, lat))
    shift = np.array([lon, 0.0])
    geometries = shapely.transform(zones.geometries, lambda coords: coords + shift)
    shapely.prepare(geometries)
    west, south, east, north = shapely.total_bounds(geometries)
    moved = replace(
        zones,
        geometries=geometries,
        tree=shapely.STRtree(geometries),
        edges=type(zones.edges).of(geometries),
        bounds=(west, south, east, north),
    )
    require_equal(moved, spread_about(rng, 250, lon, lat), limit_bytes)


def test_a_circle_alone_has_the_answer_that_it_has_among_others() -> None:
    rng = np.random.default_rng(11)
    zones = gridded(zone_set(*zoo(rng, 38.0, 48.0)), MEGABYTE)
    regions = spread_about(rng, 120, 38.0, 48.0)
    together = contain(zones, regions)
    lon, lat, radius_m = regions.circle_lon, regions.circle_lat, regions.circle_radius_m
    for row in range(regions.n):
        one = slice(row, row + 1)
        gaussian = regions.circle_gaussian[one]
        asked = RegionBatch(1, np.arange(1), lon[one], lat[one], radius_m[one], gaussian)
        alone, there = contain(zones, asked), together.of_row(row)
        assert alone.zone.tolist() == together.zone[there].tolist()
        assert alone.relation.tolist() == together.relation[there].tolist()
        assert alone.p_inside.tolist() == together.p_inside[there].tolist()


@pytest.mark.parametrize("seed", range(3))
def test_points_lie_in_the_zones_that_a_plain_loop_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    geometries = zoo(rng, 38.0, 48.0)
    lon, lat = rng.uniform(37.6, 38.4, 3000), rng.uniform(47.7, 48.3, 3000)
    found = contain(gridded(zone_set(*geometries), MEGABYTE), batch(lon, lat, np.zeros(3000)))
    assert (found.relation == Relation.INSIDE).all()
    for row in range(3000):
        plain = [z for z, g in enumerate(geometries) if shapely.contains_xy(g, lon[row], lat[row])]
        assert found.zone[found.of_row(row)].tolist() == plain


def test_a_centimetre_beside_an_edge_decides_and_half_a_millimetre_touches() -> None:
    rng = np.random.default_rng(5)
    zone = Polygon(star(rng, 38.0, 48.0, 0.05, 40))
    circles, expected = [], []
    edges = oracle.edges_of(rings_of(zone))
    lines = [shapely.LineString([edge.at(0), edge.at(1)]) for edge in edges]
    for i, edge in enumerate(edges):
        (lon, lat), (to_lon, to_lat) = edge.at(0.37), edge.at(0.3701)
        along = oracle.EARTH.Inverse(lat, lon, to_lat, to_lon)["azi1"]
        for beside_m, radius_m, relation in (
            (-0.01, 0.0, Relation.INSIDE),
            (0.01, 0.0, Relation.OUTSIDE),
            (-120.01, 120.0, Relation.INSIDE),
            (120.01, 120.0, Relation.OUTSIDE),
            (-119.9995, 120.0, Relation.UNDETERMINED),
            (119.9995, 120.0, Relation.UNDETERMINED),
        ):
            # To the right of a ring that runs counter-clockwise is outside.
            at = oracle.direct(lon, lat, along + 90, beside_m)
            others = shapely.distance(lines[:i] + lines[i + 1 :], shapely.Point(at))
            if others.min() > 0.003:  # no other edge is within 200 m
                circles.append(Circle(*at, radius_m))
                expected.append(relation)
    assert len(circles) > 60
    fast = require_equal(zone_set(zone), RegionBatch.of(circles))
    found = contain(fast, RegionBatch.of(circles))
    given_ = [
        Relation(int(found.relation[found.of_row(i)][0]))
        if len(found.zone[found.of_row(i)])
        else Relation.OUTSIDE
        for i in range(len(circles))
    ]
    assert given_ == expected


def test_vertices_edges_and_points_on_the_borders_and_corners_of_cells() -> None:
    rng = np.random.default_rng(15)
    step = 2.0**-11

    def on_cells(corners: int) -> Polygon:
        at = np.round(rng.uniform(0, 24, (corners, 2))) * step + np.array([38.0, 48.0])
        hull = shapely.convex_hull(shapely.MultiPoint(at))
        assert isinstance(hull, Polygon)
        return hull

    corner = (38 + 8 * step, 48 + 8 * step)
    zones = zone_set(
        *(on_cells(6) for _ in range(20)),
        box(*corner, corner[0] + 8 * step, corner[1] + 4 * step),
        box(corner[0] - 4 * step, corner[1], corner[0] + 4 * step, corner[1] + 4 * step),
        Polygon([corner, (38.1, 48.1), (38.05, 48.2)]),
    )
    # On every half step; then beside it by last bits and by less and more than the cells' margin.
    halves = np.arange(-4, 53) * step / 2
    lon, lat = (axis.ravel() for axis in np.meshgrid(38 + halves, 48 + halves))
    beside = rng.choice([0.0, 7e-15, -7e-15, 4e-10, -2e-9, 3e-9], (2, 3, lon.size))
    beside[:, 0] = 0.0
    lon, lat = (lon + beside[0]).ravel(), (lat + beside[1]).ravel()
    require_equal(zones, batch(lon, lat, np.zeros(lon.size)), 4 * MEGABYTE)
    require_equal(zones, batch(lon, lat, np.full(lon.size, 3.0)), 4 * MEGABYTE)


def test_edges_nearly_along_a_parallel_enter_the_cells_that_they_pass() -> None:
    rng = np.random.default_rng(16)
    zones = zone_set(
        Polygon([(38.0, 0.0), (38.2, 5e-324), (38.1, 0.01)]),
        Polygon([(38.0, -1e-9), (38.2, 1e-9), (38.2, 0.02), (38.0, 0.02)]),
        Polygon([(38.0, 0.0), (38.2, 2.0**-11 + 1e-13), (38.2, 0.01)]),
    )
    lon = rng.uniform(37.99, 38.21, 3000)
    lat = rng.choice([0.0, 1e-12, -1e-12, 1e-9, -1e-9, 2.0**-11], 3000)
    require_equal(zones, batch(lon, lat, np.zeros(3000)), 4 * MEGABYTE)


def test_zones_of_2000_km_and_of_20_m_in_one_set() -> None:
    rng = np.random.default_rng(6)
    zones = zone_set(
        Polygon(star(rng, 38.0, 48.0, 12.0, 300)),
        Polygon(star(rng, 38.0, 48.0, 0.0001, 6)),
        box(38.0002, 48.0, 38.0004, 48.0002),
    )
    near = rng.normal(0, 0.0003, (2, 500))
    wide = rng.uniform(-14, 14, (2, 500))
    lon, lat = np.concatenate([near, wide], axis=1) + np.array([[38.0], [48.0]])
    radius_m = rng.choice([0.0, 5.0, 50.0], lon.size)
    require_equal(zones, batch(lon, lat, radius_m), 4 * MEGABYTE)


def test_a_zone_over_the_antimeridian_is_met_from_both_sides() -> None:
    whole = MultiPolygon([box(179.9, 10, 180, 10.1), box(-180, 10, -179.9, 10.1)])
    beside = box(-179.95, 10.05, -179.8, 10.2)
    rng = np.random.default_rng(7)
    lon = (180 + rng.uniform(-0.3, 0.3, 500) + 180) % 360 - 180
    regions = batch(lon, rng.uniform(9.9, 10.3, 500), rng.choice([0.0, 100.0], 500))
    fast = require_equal(zone_set(whole, beside), regions)
    assert set(contain(fast, regions).zone.tolist()) == {0, 1}


def test_zones_all_around_the_globe() -> None:
    rng = np.random.default_rng(8)
    zones = zone_set(*(Polygon(star(rng, lon, 10.0, 3.0, 9)) for lon in range(-175, 180, 10)))
    lon, lat = rng.uniform(-180, 180, 2000), rng.uniform(5, 15, 2000)
    lon[:4] = [-180.0, 180.0, -178.0, 178.0]
    require_equal(zones, batch(lon, lat, rng.choice([0.0, 250.0], 2000)))


def test_beyond_85_degrees_the_tree_answers() -> None:
    rng = np.random.default_rng(9)
    zones = zone_set(box(10, 84.9, 30, 85.2), box(-60, -89, 0, -84.95))
    lat = np.concatenate([rng.uniform(84.8, 85.3, 300), rng.uniform(-85.1, -84.8, 300)])
    lon = np.concatenate([rng.uniform(5, 35, 300), rng.uniform(-65, 5, 300)])
    require_equal(zones, batch(lon, lat, rng.choice([0.0, 100.0], 600)))
    polar = gridded(zone_set(box(10, 86, 30, 87)), MEGABYTE)
    assert polar.grid is None
    assert MAX_LAT_DEG == 85.0


def test_many_versions_of_one_zone_are_all_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grid_module, "_ROOM", 1)
    rng = np.random.default_rng(10)
    zones = zone_set(*(Polygon(star(rng, 38.0, 48.0, 0.05, 20)) for _ in range(40)))
    fast = require_equal(zones, spread_about(rng, 300, 38.0, 48.0))
    assert len(contain(fast, batch(*np.array([[38.0], [48.0], [0.0]]).repeat(60, 1))).zone) == 2400


def test_memory_stays_within_its_limit_or_there_is_no_grid() -> None:
    zones = zone_set(*zoo(np.random.default_rng(11), 38.0, 48.0))
    sizes = []
    for limit_bytes in (30_000, 100_000, 1_000_000, 10_000_000):
        grid = gridded(zones, limit_bytes).grid
        assert grid is not None
        assert grid.nbytes <= limit_bytes
        sizes.append(grid.lattice.level)
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]
    assert gridded(zones, 50).grid is None
    assert gridded(ZoneSet.build([]), MEGABYTE).grid is None


def test_the_same_zones_give_the_same_grid() -> None:
    one, two = (
        gridded(zone_set(*zoo(np.random.default_rng(12), 38.0, 48.0)), MEGABYTE).grid
        for _ in range(2)
    )
    assert one is not None
    assert two is not None
    for name in ("tile", "first", "entries"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()


def test_a_cells_signed_distance_is_no_more_than_the_geodesic_distance() -> None:
    rng = np.random.default_rng(13)
    zone = Polygon(star(rng, 38.0, 62.0, 0.02, 9))
    fast = gridded(zone_set(zone), MEGABYTE)
    grid = fast.grid
    assert grid is not None
    at, rings = grid.lattice, rings_of(zone)
    cells = [(t, c) for t in np.flatnonzero(grid.tile & 1).tolist() for c in range(1024)]
    slots = [(grid.tile[t] >> 1) + c for t, c in cells]
    first = grid.first & AT
    listed = [
        [distance_of(entry) for entry in grid.entries[first[s] : first[s + 1]].tolist()]
        for s in slots
    ]
    near = [i for i, found in enumerate(listed) if found and abs(found[0]) < FARTHEST]
    far = [i for i, found in enumerate(listed) if not found]
    for i in [*rng.choice(near, 5, replace=False).tolist(), *rng.choice(far, 2).tolist()]:
        row, column = divmod(cells[i][0], at.columns)
        lon = at.west + (column * 32 + cells[i][1] % 32 + 0.5) / at.per_lon
        lat = at.south + (row * 32 + cells[i][1] // 32 + 0.5) / at.per_lat
        signed_m = listed[i][0] * at.unit_m if listed[i] else -at.cap_m
        away = oracle.distance_to_boundary_m(rings, lon, lat)
        assert (signed_m > 0) == oracle.holds(rings, lon, lat)
        least_m = away * (1 - 1e-3) - at.unit_m
        assert least_m <= abs(signed_m) <= away or away > at.cap_m - 0.5


@pytest.mark.parametrize("lat", [0.0, 48.0, -70.0, 84.9])
def test_metres_a_degree_are_bounds(lat: float) -> None:
    lattice = gridded(zone_set(box(38, min(lat, 84.5), 38.3, min(lat, 84.5) + 0.4)), MEGABYTE).grid
    assert lattice is not None
    at = lattice.lattice
    rng = np.random.default_rng(14)
    for row in range(at.rows):
        south = at.south + row * 32 / at.per_lat
        for _ in range(20):
            y0 = south + rng.uniform(0, 32 / at.per_lat)
            x1, y1 = oracle.direct(38.1, y0, rng.uniform(0, 360), rng.uniform(0, at.cap_m))
            away = oracle.distance_m(38.1, y0, x1, y1)
            for bound, sign in ((at.lower_m, 1), (at.upper_m, -1)):
                estimate = math.hypot((x1 - 38.1) * bound[row, 0], (y1 - y0) * bound[row, 1])
                assert sign * (away - estimate) >= -1e-6
