"""What an agreement's zones come to, for people and for maps."""

from __future__ import annotations

import pytest
import shapely

from services.drawn_zones import drawn_zones, extent, measured_baselines, zone_features
from streams.agreement import Baseline, LineString, Strip
from tests.unit.geo import oracle
from tests.unit.streams.builders import LAT, LON, agreement, zone

LINE = LineString(coordinates=((LON, LAT), (LON, LAT + 0.2)))
AGREED = agreement(
    baselines=(Baseline(id="line", name="A line", line=LINE),),
    zones=(zone("square"), zone("strip", Strip(baseline="line", side="right", to_m=2_000.0))),
)
LENGTH_M = oracle.distance_m(LON, LAT, LON, LAT + 0.2)


def test_area_extent_and_derivation_are_told() -> None:
    square, strip = drawn_zones(AGREED)
    assert square.derivation == "by 5 positions, edges straight"
    assert extent(square.bounds) == "37.9500, 47.9500, 38.0500, 48.0500"
    assert strip.derivation == "2 km right of baseline line"
    assert strip.area_km2 == pytest.approx(LENGTH_M * 2_000 / 1e6, rel=1e-5)
    east, _ = oracle.direct(LON, LAT, 90.0, 2_000)
    assert strip.bounds[2] == pytest.approx(east, abs=2e-4)


def test_baselines_have_their_length() -> None:
    ((baseline, length_m),) = measured_baselines(AGREED)
    assert baseline.id == "line"
    assert length_m == pytest.approx(LENGTH_M, abs=1e-3)


def test_a_map_shows_derived_zones_as_polygons() -> None:
    features = zone_features(AGREED)["features"]
    assert [feature["id"] for feature in features] == ["square", "strip"]
    assert features[1]["properties"]["drawn"] == "2 km right of baseline line"
    outline = shapely.geometry.shape(features[1]["geometry"])
    assert outline.is_valid
    assert outline.equals(drawn_zones(AGREED)[1].outline)
