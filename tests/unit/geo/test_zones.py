import math

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo.containment import Relation, contain
from geo.errors import DuplicateZoneError, InvalidZoneError, ZoneTooWideError
from geo.shapes import Circle, RegionBatch
from geo.zones import ZoneSet, ZoneShape
from tests.unit.geo import oracle

# An edge of 50 km along the parallel of 48° N.
HALF = math.degrees(25_000 / 6_390_702 / math.cos(math.radians(48)))
BAND = Polygon([(38 - HALF, 47.9), (38 + HALF, 47.9), (38 + HALF, 48.0), (38 - HALF, 48.0)])


def relation_of(zone: ZoneShape, lon: float, lat: float) -> int:
    found = contain(ZoneSet.build([zone]), RegionBatch.of([Circle(lon, lat, 0.0)]))
    return int(found.relation[0]) if found.relation.size else Relation.OUTSIDE


def test_a_straight_and_a_geodesic_edge_of_50_km_lie_54_m_apart() -> None:
    assert oracle.distance_m(38 - HALF, 48.0, 38 + HALF, 48.0) == pytest.approx(50_000, abs=20)
    straight, geodesic = ZoneShape("s", BAND), ZoneShape("g", BAND, geodesic_edges=True)
    gap = 54.3
    for metres, as_geodesic in ((gap - 0.2, Relation.INSIDE), (gap + 0.2, Relation.OUTSIDE)):
        lon, lat = oracle.direct(38.0, 48.0, 0.0, metres)
        assert relation_of(straight, lon, lat) == Relation.OUTSIDE
        assert relation_of(geodesic, lon, lat) == as_geodesic


def test_a_densified_edge_keeps_within_a_centimetre_of_the_geodesic() -> None:
    # 2,000 km in one edge, oblique, up to 62° N.
    zone = ZoneShape("g", Polygon([(20, 55), (50, 55), (50, 62)]), geodesic_edges=True)
    ring = shapely.get_coordinates(ZoneSet.build([zone]).geometries[0])
    middles = (ring[1:] + ring[:-1]) / 2
    # The geodesic from (20, 55) to (50, 62) runs north of the line straight in lon/lat.
    upper = middles[(middles[:, 1] > 55 + (middles[:, 0] - 20) * 7 / 30) & (middles[:, 0] < 50)]
    assert len(upper) > 1000
    line = oracle.EARTH.InverseLine(55, 20, 62, 50)
    for lon, lat in upper[:: len(upper) // 25]:
        assert _distance_to_line(line, lon, lat) < 0.01


def _distance_to_line(line: object, lon: float, lat: float) -> float:
    low, high = 0.0, float(line.s13)  # type: ignore[attr-defined]
    for _ in range(90):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, b) if _away(line, a, lon, lat) < _away(line, b, lon, lat) else (a, high)
    return _away(line, (low + high) / 2, lon, lat)


def _away(line: object, s: float, lon: float, lat: float) -> float:
    at = line.Position(s)  # type: ignore[attr-defined]
    return oracle.distance_m(at["lon2"], at["lat2"], lon, lat)


def test_geodesic_edges_that_would_take_gigabytes_are_refused() -> None:
    teeth = [(38 + 1e-4 * i, 48.0 + 12 * (i % 2)) for i in range(4_000)]
    comb = Polygon([*teeth, (39, 47.9), (38, 47.9)])
    ZoneSet.build([ZoneShape("straight", comb)])
    with pytest.raises(InvalidZoneError, match="at most 2,000,000: leave out long edges"):
        ZoneSet.build([ZoneShape("geodesic", comb, geodesic_edges=True)])


def test_neighbours_with_geodesic_edges_meet_without_gap_or_overlap() -> None:
    west = Polygon([(30, 50), (36, 53), (31, 58)])
    east = Polygon([(36, 53), (31, 58), (40, 57)])
    zones = ZoneSet.build(
        [ZoneShape("w", west, geodesic_edges=True), ZoneShape("e", east, geodesic_edges=True)]
    )
    a, b = (set(map(tuple, shapely.get_coordinates(g))) for g in zones.geometries)
    assert len(a & b) > 500
    assert zones.geometries[0].intersection(zones.geometries[1]).area == 0


def test_a_zone_cut_at_the_antimeridian_becomes_whole() -> None:
    fiji = MultiPolygon([box(177, -19, 180, -16), box(-180, -19, -179, -16)])
    zones = ZoneSet.build([ZoneShape("fiji", fiji)])
    assert zones.geometries[0].geom_type == "Polygon"
    assert zones.geometries[0].bounds == (177, -19, 181, -16)


@pytest.mark.parametrize("geodesic", [False, True])
def test_the_cut_stays_on_the_meridian_with_geodesic_edges(geodesic: bool) -> None:
    cut = MultiPolygon([box(179, 60, 180, 62), box(-180, 60, -179, 62)])
    zones = ZoneSet.build([ZoneShape("z", cut, geodesic_edges=geodesic)])
    found = contain(zones, RegionBatch.of([Circle(180, 61, 5000), Circle(-180, 61, 5000)]))
    assert found.relation.tolist() == [Relation.INSIDE] * 2


@pytest.mark.parametrize(
    "geometry",
    [
        Polygon(),
        Polygon([(38, 48), (39, 49), (39, 48), (38, 49)]),
        box(170, 10, 190, 20),
        Point(38, 48),
        LineString([(38, 48), (39, 48)]),
    ],
)
def test_a_zone_that_is_no_polygon_in_range_is_refused(geometry: Polygon) -> None:
    with pytest.raises(InvalidZoneError, match="'bad'"):
        ZoneSet.build([ZoneShape("bad", geometry)])


def test_a_zone_wider_than_half_the_globe_is_refused() -> None:
    with pytest.raises(ZoneTooWideError):
        ZoneSet.build([ZoneShape("band", box(-100, 10, 100, 20))])


def test_two_zones_of_one_id_are_refused() -> None:
    with pytest.raises(DuplicateZoneError):
        ZoneSet.build([ZoneShape("a", box(0, 0, 1, 1)), ZoneShape("a", box(2, 2, 3, 3))])


def test_the_edge_table_finds_every_edge_whose_box_meets_the_query() -> None:
    rng = np.random.default_rng(2)
    turn = np.linspace(0, 2 * np.pi, 5000, endpoint=False)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * rng.uniform(0.5, 1, 5000)[:, None]
    zones = ZoneSet.build(
        [ZoneShape("star", Polygon(ring)), ZoneShape("square", box(0.2, 0.2, 0.9, 0.9))]
    )
    edges = zones.edges
    starts = edges.starts
    assert starts.shape == (5004,)
    zone = rng.integers(0, 2, 300).astype(np.int64)
    low = rng.uniform(-1, 1, (2, 300))
    query = np.concatenate([low, low + rng.uniform(0, 0.3, (2, 300))])
    found = set(zip(*(a.tolist() for a in edges.near(zone, query)), strict=True))
    x0, y0, x1, y1 = edges.ends(starts)
    for q, z in enumerate(zone):
        own = (np.arange(5004) < 5000) == (z == 0)
        meets = (np.minimum(x0, x1) <= query[2, q]) & (np.maximum(x0, x1) >= query[0, q])
        meets &= (np.minimum(y0, y1) <= query[3, q]) & (np.maximum(y0, y1) >= query[1, q])
        assert {e for p, e in found if p == q} == set(starts[meets & own].tolist())
