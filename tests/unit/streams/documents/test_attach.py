"""Geometry is found in the GeoJSON files beside a document, and keeps their lines."""

from __future__ import annotations

import pytest

from streams.documents.read import examine_agreement, read_agreement
from tests.unit.streams.documents.texts import AGREEMENT, ZONES_GEOJSON, edited, marked_line

PETRIVSKE = "[[37.90, 47.80], [37.95, 47.80], [37.95, 47.84], [37.90, 47.84], [37.90, 47.80]]"
REFERENCE = "{file: zones.geojson, feature: petrivske}"


def test_a_geometry_from_a_file_is_as_if_it_stood_inline() -> None:
    inline = edited(
        AGREEMENT,
        (
            REFERENCE,
            f"{{type: Polygon, coordinates: [{PETRIVSKE}]}}",
        ),
        (
            "{file: zones.geojson, feature: 7}",
            "{type: LineString, coordinates: [[37.9, 47.9], [38.3, 48.5]]}",
        ),
    )
    assert read_agreement(inline, {}) == read_agreement(AGREEMENT, {"zones.geojson": ZONES_GEOJSON})


@pytest.mark.parametrize(
    ("reference", "code", "path", "says"),
    [
        (
            "{file: zones.geojson, feature: petrovske}",
            "unknown_feature",
            ".feature",
            "'petrivske'?",
        ),
        ("{file: zones.geojson, feature: xyz}", "unknown_feature", ".feature", "petrivske, 7"),
        ("{file: zone.geojson, feature: petrivske}", "unknown_file", ".file", "'zones.geojson'?"),
        ("{file: ../zones.geojson, feature: x}", "file_name", ".file", "plain name"),
        ("{file: /etc/passwd, feature: x}", "file_name", ".file", "plain name"),
        ("{file: .hidden, feature: x}", "file_name", ".file", "plain name"),
        (r"{file: 'a\b', feature: x}", "file_name", ".file", "plain name"),
        ("{file: zones.geojson}", "missing_field", ".feature", "{file: NAME, feature: ID}"),
        ("{feature: petrivske}", "missing_field", ".file", "{file: NAME, feature: ID}"),
        ("{file: zones.geojson, feature: }", "missing_field", ".feature", "feature: ID"),
        ("{file: zones.geojson, feature: 7, x: 1}", "unknown_field", ".x", "'x'"),
        ("{file: zones.geojson, feature: 7}", "unknown_word", ".type", "'LineString'"),
    ],
)
def test_a_reference_that_leads_nowhere_is_a_mistake(
    reference: str, code: str, path: str, says: str
) -> None:
    text = edited(AGREEMENT, (REFERENCE, f"{reference} #<"))
    found = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON}, file="a.yaml").mistakes
    assert [(m.code, m.path) for m in found] == [(code, f"zones[1].geometry{path}")]
    assert says in found[0].message
    here = ("a.yaml", marked_line(text))
    assert (found[0].file, found[0].line) == (("zones.geojson", 22) if "type" in path else here)


def test_a_mistake_in_the_file_is_told_in_the_files_own_line() -> None:
    crossed = edited(
        ZONES_GEOJSON,
        ("[37.95, 47.80],\n          [37.95, 47.84]", "[37.95, 47.84],\n          [37.95, 47.80]"),
    )
    found = examine_agreement(AGREEMENT, {"zones.geojson": crossed}, file="a.yaml").mistakes
    assert [(m.code, m.path, m.file, m.line) for m in found] == [
        ("self_intersection", "zones[1].geometry.coordinates[0][0]", "zones.geojson", 11)
    ]
    assert str(found[0]).startswith("zones.geojson:11: zones[1].geometry.coordinates[0][0]: edges")


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ('{"type": "Polygon", "coordinates": []}', "not_a_collection", 1),
        ('{"type": "FeatureCollection"}', "not_a_collection", 1),
        ("\n[1, 2]", "not_a_collection", 2),
        ('{"type":\n "FeatureCollection", "features": [}', "yaml_syntax", 2),
        ("", "empty_document", 1),
    ],
)
def test_a_file_that_is_no_collection_is_one_mistake_however_often_it_is_named(
    text: str, code: str, line: int
) -> None:
    found = examine_agreement(AGREEMENT, {"zones.geojson": text}, file="a.yaml").mistakes
    assert [(m.code, m.file, m.line) for m in found] == [(code, "zones.geojson", line)]


def test_a_feature_that_stands_twice_is_not_chosen_from() -> None:
    twice = ZONES_GEOJSON.replace('"id": 7', '"id": "petrivske"')
    found = examine_agreement(AGREEMENT, {"zones.geojson": twice}, file="a.yaml").mistakes
    assert [(m.code, m.path) for m in found] == [
        ("feature_twice", "zones[1].geometry.feature"),
        ("unknown_feature", "corridors[0].route.feature"),
    ]
    assert "lines 4, 19" in found[0].message


def test_coordinates_in_another_reference_system_are_refused() -> None:
    crs = '"type": "FeatureCollection",\n "crs": {"type": "name", "properties": {"name": "%s"}},'
    for name, codes in (
        ("urn:ogc:def:crs:OGC:1.3:CRS84", []),
        ("urn:ogc:def:crs:EPSG::3857", ["not_wgs84"]),
    ):
        text = edited(ZONES_GEOJSON, ('"type": "FeatureCollection",', crs % name))
        found = examine_agreement(AGREEMENT, {"zones.geojson": text}).mistakes
        assert [m.code for m in found] == codes
