"""`truceline where`: a person sees what a text comes to; a program gets the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely

from services import where as where_module
from streams.decode import Refusal, decode_report
from streams.where.gazetteer import Gazetteer
from tests.unit.services.cli.conftest import Run
from tests.unit.streams.builders import line, report
from tests.unit.streams.where.towns import GAZETTEER

AGREEMENT = str(Path(__file__).parents[4] / "examples" / "donetsk-luhansk" / "agreement.yaml")


@pytest.fixture(autouse=True)
def a_few_towns(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The gazetteer of this machine may be missing, and takes seconds."""
    where_module._gazetteer.cache_clear()
    monkeypatch.setattr(where_module, "load_gazetteer", lambda: GAZETTEER)
    yield
    where_module._gazetteer.cache_clear()


def test_a_place_is_shown_with_its_extent_and_what_to_write_into_the_report(run: Run) -> None:
    ran = run("where", "8 km NW of the centre of Donetsk", "--country", "UA")
    assert ran.code == 0
    assert "somewhere in 24 km²" in ran.out
    assert '"location": {"type":"bearings"' in ran.out
    assert GAZETTEER.digest in ran.out


def test_an_ambiguous_name_is_named_with_its_candidates_and_exits_1(run: Run) -> None:
    ran = run("where", "Donetsk")
    assert ran.code == 1
    assert "[place_ambiguous]" in ran.out
    assert "perhaps Donetsk, UA, region 05" in ran.out
    assert "perhaps Donetsk, RU, region 61" in ran.out


def test_what_json_gives_is_a_location_that_a_report_may_have(run: Run) -> None:
    texts = ("3-6 km N, NE of Zolote", "37UDP4796", "km 1-2 of zolote-road")
    ran = run("where", *texts, "--agreement", AGREEMENT, "--json")
    assert ran.code == 0
    raw = json.loads(line(report()))
    for each, text in zip(ran.lines, texts, strict=True):
        assert each["text"] == text
        assert text in each["remark"]
        assert each["area_km2"] > 0
        sent = json.dumps(raw | {"location": each["location"], "remark": each["remark"]})
        assert not isinstance(decode_report(sent.encode()), Refusal)


def test_json_says_trouble_and_candidates(run: Run) -> None:
    ran = run("where", "Atlantis", "48.695, 38.515", "--json")
    assert ran.code == 1
    unknown, bare = ran.lines
    assert unknown["trouble"] == "place_unknown"
    assert bare["trouble"] == "order_not_said"
    assert [(c["lon"], c["lat"]) for c in bare["candidates"]] == [
        (38.515, 48.695),
        (48.695, 38.515),
    ]


def test_geojson_draws_the_region_and_every_candidate(run: Run) -> None:
    ran = run("where", "37UDQ4796", "Donetsk", "NW of Zolote, UA", "--geojson")
    assert ran.code == 1
    (collection,) = ran.lines
    square, *towns, open_ended = collection["features"]
    drawn = shapely.geometry.shape(square["geometry"])
    assert isinstance(drawn, shapely.Polygon)
    assert drawn.is_valid
    assert drawn.exterior.is_ccw
    assert drawn.contains(shapely.Point(38.273, 49.619))
    assert [town["geometry"]["type"] for town in towns] == ["Point", "Point"]
    assert open_ended["geometry"] is None
    assert open_ended["properties"]["unlocated"] == "distance_unknown"


def test_a_region_over_the_antimeridian_is_drawn_in_two_parts(run: Run) -> None:
    (collection,) = run("where", "within 20 km of 17.00S 179.99E", "--geojson").lines
    drawn = shapely.geometry.shape(collection["features"][0]["geometry"])
    assert drawn.geom_type == "MultiPolygon"
    assert -180 <= drawn.bounds[0] < drawn.bounds[2] <= 180


def test_swapped_coordinates_are_noticed_beside_an_agreement(run: Run) -> None:
    ran = run("where", "38.515N 48.695E", "--agreement", AGREEMENT)
    assert ran.code == 1
    assert "[lat_lon_swapped]" in ran.out
    assert run("where", "48.695N 38.515E", "--agreement", AGREEMENT).code == 0


def test_options_say_what_the_text_does_not(run: Run) -> None:
    options = (
        "--order",
        "lat-lon",
        "--accuracy-m",
        "25",
        "--mils",
        "6000",
        "--compass-points",
        "8",
    )
    (only,) = run("where", "2 km N, 52-50 mils of 48.695, 38.515", *options, "--json").lines
    location = only["location"]
    assert (location["lat"], location["accuracy_m"], location["compass_points"]) == (48.695, 92, 8)
    assert location["sectors"][1]["bearing_deg"] == 315


def test_without_the_extra_a_name_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing: Gazetteer | None = None
    monkeypatch.setattr(where_module, "load_gazetteer", lambda: nothing)
    ran = run("where", "Zolote", "48.695N 38.515E")
    assert ran.code == 1
    assert "truceline[gazetteer]" in ran.out
    assert '"type":"point"' in ran.out


def test_two_forms_at_once_are_wrong_usage(run: Run) -> None:
    assert run("where", "Zolote", "--json", "--geojson").code == 2
    assert run("where").code == 2
