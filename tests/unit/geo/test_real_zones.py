"""Real outlines: thousands of vertices, holes, islands, neighbours that share borders."""

import json
from pathlib import Path

import numpy as np
import pytest
from shapely import MultiPolygon, Polygon

from geo.containment import Relation, contain
from geo.shapes import Circle, RegionBatch
from geo.validate import geometry_problems, read_geometry
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
    for name in rng.choice(np.array(sorted(areas)), 14, replace=False):
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
    assert checked == 14
