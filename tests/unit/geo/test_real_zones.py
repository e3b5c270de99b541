"""Real outlines: thousands of vertices, holes, islands, neighbours that share borders."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shapely import MultiPolygon, Polygon

from geo.containment import Relation, contain
from geo.shapes import Circle, RegionBatch
from geo.validate import GeometryProblemCode, geometry_problems, read_geometry
from geo.zones import ZoneSet, ZoneShape
from tests.unit.geo import oracle
from tests.unit.geo.zoo import rings_of


@pytest.fixture(scope="module")
def areas(real_data: Path) -> dict[str, Polygon | MultiPolygon]:
    path = real_data / "natural_earth_disputed" / "ne_10m_admin_0_disputed_areas.geojson"
    features = json.loads(path.read_text())["features"]
    found = {}
    for i, feature in enumerate(features):
        if not geometry_problems(feature["geometry"]):
            geometry = read_geometry(feature["geometry"])
            assert isinstance(geometry, Polygon | MultiPolygon)
            found[f"{feature['properties']['NAME']} {i}"] = geometry
    return found


def test_real_areas_are_read_without_complaint(real_data: Path) -> None:
    folder = real_data / "natural_earth_disputed"
    seen = 0
    for path in sorted(folder.glob("*.geojson")):
        for feature in json.loads(path.read_text())["features"]:
            kind = feature["geometry"]["type"]
            lines = [feature["geometry"]]
            if kind == "MultiLineString":
                coordinates = feature["geometry"]["coordinates"]
                lines = [{"type": "LineString", "coordinates": c} for c in coordinates]
            for geometry in lines:
                assert geometry_problems(geometry) == []
                seen += 1
    assert seen > 400


def test_points_lie_to_real_areas_as_the_oracle_says(
    areas: dict[str, Polygon | MultiPolygon],
) -> None:
    zones = ZoneSet.build(ZoneShape(name, geometry) for name, geometry in areas.items())
    assert len(zones) > 50
    rng = np.random.default_rng(4)
    rings = [rings_of(geometry) for geometry in areas.values()]
    largest = sorted(range(len(zones)), key=lambda i: -sum(map(len, rings[i])))[:12]
    for index in largest:
        west, south, east, north = list(areas.values())[index].bounds
        lon, lat = rng.uniform(west, east, 150), rng.uniform(south, north, 150)
        regions = [Circle(float(x), float(y), 0.0) for x, y in zip(lon, lat, strict=True)]
        found = contain(zones, RegionBatch.of(regions))
        for row, circle in enumerate(regions):
            inside = index in found.zone[found.of_row(row)]
            assert inside == oracle.holds(rings[index], circle.lon, circle.lat)


def test_a_centimetre_from_real_borders_is_told_apart(
    areas: dict[str, Polygon | MultiPolygon],
) -> None:
    rng = np.random.default_rng(6)
    for name, geometry in areas.items():
        zones = ZoneSet.build([ZoneShape(name, geometry)])
        rings = rings_of(geometry)
        edges = oracle.edges_of(rings)
        for edge in rng.choice(np.array(edges, dtype=object), 3):
            (lon, lat), ahead = edge.at(0.5), edge.at(0.50001)
            line = oracle.EARTH.Inverse(lat, lon, ahead[1], ahead[0])
            if line["s12"] < 1e-3:
                continue
            for side in (90, -90):
                at = oracle.direct(lon, lat, float(line["azi1"]) + side, 0.01)
                inside = oracle.holds(rings, *at)
                found = contain(zones, RegionBatch.of([Circle(*at, 0.0)]))
                assert found.relation.tolist() == ([Relation.INSIDE] if inside else [])


def test_shares_of_circles_on_real_borders_equal_the_oracles(
    areas: dict[str, Polygon | MultiPolygon],
) -> None:
    rng = np.random.default_rng(8)
    checked = 0
    for name in rng.choice(np.array(sorted(areas)), 8, replace=False):
        rings = rings_of(areas[name])
        edge = max(oracle.edges_of(rings[:1]), key=lambda e: abs(e.x1 - e.x0) + abs(e.y1 - e.y0))
        lon, lat = oracle.direct(*edge.at(0.4), float(rng.uniform(0, 360)), 150.0)
        found = contain(
            ZoneSet.build([ZoneShape(name, areas[name])]), RegionBatch.of([Circle(lon, lat, 600.0)])
        )
        near = [ring for ring in rings if oracle.distance_m(lon, lat, *ring[0]) < 2_000_000]
        exact = oracle.circle_share(near, lon, lat, 600.0)
        assert found.relation.tolist() == [Relation.UNDETERMINED]
        assert float(found.p_inside[0]) == pytest.approx(exact, abs=1e-6)
        checked += 1
    assert checked == 8


@pytest.fixture(scope="module")
def counted() -> dict[str, Any]:
    """What GeoPandas and DuckDB have counted (`tests.exact.independent`)."""
    record = Path(__file__).parents[2] / "exact" / "independent.json"
    found: dict[str, Any] = json.loads(record.read_text())
    return found


@pytest.fixture(scope="module")
def alert_zones(real_data: Path) -> dict[str, Any]:
    """Israel's alert zones: GeoJSON geometries by id."""
    with gzip.open(real_data / "israel_alerts" / "alert_zones.geojson.gz") as file:
        return {str(f["id"]): f["geometry"] for f in json.load(file)["features"]}


@pytest.fixture(scope="module")
def usable(alert_zones: dict[str, Any]) -> dict[str, Polygon | MultiPolygon]:
    """Those of them that can be used."""
    found = {}
    for key, geometry in alert_zones.items():
        if not geometry_problems(geometry):
            zone = read_geometry(geometry)
            assert isinstance(zone, Polygon | MultiPolygon)
            found[key] = zone
    return found


def test_each_alert_zone_that_crosses_itself_is_refused_with_the_place(
    alert_zones: dict[str, Any], counted: dict[str, Any]
) -> None:
    assert len(alert_zones) == counted["alert_zones"] == 1_420
    refused = {key: geometry_problems(geometry) for key, geometry in alert_zones.items()}
    refused = {key: problems for key, problems in refused.items() if problems}
    assert len(refused) == 29
    assert set(refused) == set(counted["alert_zones_refused"])
    for key, (lon, lat) in counted["alert_zones_refused"].items():
        assert {problem.code for problem in refused[key]} == {GeometryProblemCode.SELF_INTERSECTION}
        edges = oracle.edges_of(alert_zones[key]["coordinates"])
        named = passing(edges, lon, lat)
        places = [problem.at for problem in refused[key] if problem.at is not None]
        # Two edges, both through GEOS's place and through ours: where they run along each other,
        # it names an end of what they share, and we its middle.
        assert any(len(named & passing(edges, *at)) >= 2 for at in places)


def passing(edges: list[oracle.Edge], lon: float, lat: float) -> set[int]:
    """The edges that pass within a centimetre, by number."""
    return {i for i, edge in enumerate(edges) if not oracle.clears(edge, lon, lat, 0.01)}


def test_alert_places_outside_of_their_own_zone_are_told_as_outside_with_their_distance(
    real_data: Path, usable: dict[str, Polygon | MultiPolygon], counted: dict[str, Any]
) -> None:
    with gzip.open(real_data / "israel_alerts" / "israel_alerts_geolocated.ndjson.gz") as file:
        alerts = [json.loads(line) for line in file]
    places = {str(alert["zone_id"]): (alert["lon"], alert["lat"]) for alert in alerts}
    ids = [key for key in places if key in usable]
    zones = ZoneSet.build(ZoneShape(key, usable[key]) for key in ids)
    found = contain(zones, RegionBatch.of([Circle(*places[key], 0.0) for key in ids]))
    outside = {
        key: places[key]
        for row, key in enumerate(ids)
        if row not in found.zone[found.of_row(row)].tolist()
    }
    expected = counted["alert_places_outside_their_zone"]
    assert len(outside) == 13
    assert set(outside) == set(expected)
    for key, place in outside.items():
        away = oracle.distance_to_boundary_m(rings_of(usable[key]), *place)
        assert away == pytest.approx(expected[key], rel=1e-3, abs=0.1)


@pytest.fixture(scope="module")
def incidents(real_data: Path) -> RegionBatch:
    with gzip.open(real_data / "combined_incidents" / "incidents.ndjson.gz") as file:
        rows = [json.loads(line) for line in file]
    return RegionBatch.of([Circle(row["lon"], row["lat"], 0.0) for row in rows])


def test_incidents_in_alert_zones_are_counted_as_by_two_other_tools(
    usable: dict[str, Polygon | MultiPolygon], incidents: RegionBatch, counted: dict[str, Any]
) -> None:
    assert incidents.n == counted["incidents"] == 72_977
    assert counts(usable, incidents) == counted["incidents_in_alert_zones"]


def test_incidents_in_disputed_areas_are_counted_as_by_two_other_tools(
    real_data: Path, incidents: RegionBatch, counted: dict[str, Any]
) -> None:
    path = real_data / "natural_earth_disputed" / "ne_10m_admin_0_disputed_areas.geojson"
    features = json.loads(path.read_text())["features"]
    areas = {
        f"{i} {feature['properties']['NAME']}": read_geometry(feature["geometry"])
        for i, feature in enumerate(features)
    }
    assert len(areas) == counted["disputed_areas"]
    assert counts(areas, incidents) == counted["incidents_in_disputed_areas"]


def counts(zones: dict[str, Any], points: RegionBatch) -> dict[str, int]:
    """Points in each zone, where there are any; none may lie on a boundary."""
    found = contain(ZoneSet.build(ZoneShape(key, zone) for key, zone in zones.items()), points)
    assert (found.relation == Relation.INSIDE).all()
    numbers = np.bincount(found.zone, minlength=len(zones)).tolist()
    return {key: number for key, number in zip(zones, numbers, strict=True) if number}
