"""Each mistake of structure is found at its line and path, and the message says what to do."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.agreement import Agreement
from streams.documents.compose import compose
from streams.documents.diagnose import diagnose
from streams.documents.read import examine_agreement, read_agreement, read_methodology
from streams.methodology import Methodology
from tests.unit.streams.documents.texts import (
    AGREEMENT,
    METHODOLOGY,
    ZONES_GEOJSON,
    edited,
    marked_line,
)

FILES = {"zones.geojson": ZONES_GEOJSON}


class Case(NamedTuple):
    code: str
    path: str
    old: str
    new: str
    says: str


START = '"2016-09-21T00:00:00+03:00"'
WHOLE = 'valid:\n  from: "2015-02-15T00:00:00+02:00"\n  to: 2021-01-01T00:00:00Z'
ZONE = "  - id: zolote\n    kind: disengagement_area\n    name: Zolote\n"
ZONE_WITHOUT_NAME = "  - id: zolote #<\n    kind: disengagement_area\n"
TYPED = "      type: Polygon\n      coordinates:\n"
RING_START = "        - - [38.50, 48.65]\n"

CASES = (
    Case("missing_field", "zones[0].name", ZONE, ZONE_WITHOUT_NAME, "is missing"),
    Case("missing_field", "zones[0].geometry.type", TYPED, "      coordinates: #<\n", "Multi"),
    Case("unknown_field", "corridors[0].widht", "    axis:", "    widht: 5 #<\n    axis:", "_m'?"),
    Case("unknown_field", "zones[0].xyz", "    name: Z", "    xyz: 5 #<\n    name: Z", "geometry"),
    Case("wrong_type", "parties[0].name", "Ukraine", "[U] #<", "a list of 1"),
    Case("wrong_type", "parties[0].name", "Ukraine", "true #<", 'write "true"'),
    Case("wrong_type", "parties[0].name", "Ukraine", "2015 #<", 'write "2015"'),
    Case("wrong_type", "parties[0].name", "Ukraine", "#<", "found nothing"),
    Case("wrong_type", "version", "version: 1", "version: 012 #<", "the text '012'"),
    Case("wrong_type", "version", "version: 1", "version: 1.0 #<", "a whole number"),
    Case("wrong_type", "corridors[0].width_m", "500", "false #<", "a number, found the truth"),
    Case("wrong_type", "valid", WHOLE, "valid: always #<", "fields from, to"),
    Case(
        "wrong_type", "guarantors", "  - {id: osce", "  {id: osce #<\n", "a list, found a mapping"
    ),
    Case("wrong_type", "terms[0].severity", "grave", "3 #<", "minor, serious"),
    Case("wrong_type", "zones[2].valid.from", START, "15 #<", "found the number 15"),
    Case("unknown_word", "terms[0].severity", "grave", "graev #<", "'grave'? (known: minor"),
    Case(
        "unknown_word", "zones[0].edges", "    name: Z", "    edges: x #<\n    name: Z", "geodesic"
    ),
    Case("unknown_word", "zones[0].geometry.type", "Polygon", "Poligon #<", "'Polygon'?"),
    Case("unknown_word", "format", "agreement.v1", "agreement.v2 #<", "agreement.v1"),
    Case("not_a_time", "zones[2].valid.from", START, "2016-09-21 #<", "as in"),
    Case("missing_utc_offset", "zones[2].valid.from", START, "2016-09-21T00:00:00 #<", "+02:00"),
    Case("out_of_range", "valid.to", "2021-01-01T00:00:00Z", "2921-01-01T00:00:00Z #<", "2921"),
    Case("out_of_range", "corridors[0].width_m", "500", "50001 #<", "at most 50000"),
    Case("out_of_range", "corridors[0].width_m", "500", "0 #<", "more than 0"),
    Case("out_of_range", "corridors[0].width_m", "500", "1e999 #<", "at most"),
    Case("out_of_range", "version", "version: 1", "version: 0 #<", "at least 1"),
    Case(
        "out_of_range",
        "zones[0].geometry.coordinates[0][1][1]",
        "[38.56, 48.65]",
        "[38.56, 98.65] #<",
        "Degrees north",
    ),
    Case("wrong_length", "terms[1].prohibits", "[road_hazard]", "[] #<", "at least 1 items"),
    Case("wrong_length", "terms[1].text", "the road stays free", '"{}" #<', "at most 4000"),
    Case(
        "wrong_length",
        "zones[0].geometry.coordinates[0][0]",
        RING_START,
        "        - - [38.50] #<\n",
        "[longitude, latitude]",
    ),
    Case("wrong_format", "id", "id: contact-line", "id: contact line #<", "letters, digits"),
)


@pytest.mark.parametrize("broken", CASES, ids=lambda c: f"{c.code}-{c.path}")
def test_a_mistake_is_found_alone_at_its_line_and_path(broken: Case) -> None:
    text = edited(AGREEMENT, (broken.old, broken.new.replace("{}", "x" * 4001)))
    found = examine_agreement(text, FILES, file="a.yaml").mistakes
    assert [(m.code, m.path, m.line, m.file) for m in found] == [
        (broken.code, broken.path, marked_line(text), "a.yaml")
    ]
    assert broken.says in found[0].message


def test_a_geometry_wrong_in_every_position_is_one_mistake_that_counts_them() -> None:
    ring = "[[[38, 148], [39, 148], [39, 149], [38, 148]]]"
    start, rest = AGREEMENT.split("      coordinates:\n", 1)
    text = start + f"      coordinates: {ring}\n  - id: petr" + rest.split("  - id: petr", 1)[1]
    found = examine_agreement(text, FILES).mistakes
    assert [(m.code, m.path) for m in found if m.code == "out_of_range"] == [
        ("out_of_range", "zones[0].geometry.coordinates[0][0][1]")
    ]
    assert "(and 3 more like it)" in str(found[0])


def _plain(document: Agreement | Methodology) -> Any:  # noqa: ANN401 - JSON's types
    return msgspec.to_builtins(document)


SOUND: dict[type[msgspec.Struct], Any] = {
    Agreement: _plain(read_agreement(AGREEMENT, FILES)),
    Methodology: _plain(read_methodology(METHODOLOGY)),
}
WORDS = st.sampled_from(
    (
        *("", "x", "a b", "x" * 4001, "Polygon", "LineString", "saw", "shot", "E", "grave"),
        *("2015-02-15T00:00:00Z", "2015-02-15T00:00:00", "2015-02-15", "straight"),
    )
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(allow_nan=False, allow_infinity=False),
    WORDS,
    st.builds(list),
    st.builds(dict),
    st.lists(st.lists(st.integers(-200, 200), max_size=3), max_size=3),
    st.dictionaries(st.sampled_from(["id", "from", "to", "type", "coordinates"]), WORDS),
)


def _places(value: object) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) in a document."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


@st.composite
def mutated(draw: st.DrawFn) -> tuple[type[msgspec.Struct], object]:
    kind: type[msgspec.Struct] = draw(st.sampled_from(list(SOUND)))
    document = copy.deepcopy(SOUND[kind])
    for _ in range(draw(st.integers(1, 3))):
        container, key = draw(st.sampled_from(list(_places(document))))
        if draw(st.booleans()):
            container[key] = draw(VALUES)
        elif isinstance(container, dict) and draw(st.booleans()):
            container[f"{key}x"] = container.pop(key)
        else:
            del container[key]
    return kind, document


@given(mutated())
@settings(max_examples=250, deadline=None)
def test_diagnose_and_msgspec_accept_the_same_documents(
    case: tuple[type[msgspec.Struct], object],
) -> None:
    kind, document = case
    root = compose(json.dumps(document), None).root
    assert root is not None
    stricter = {"type"}  # msgspec takes a LineString without its type
    found = [m for m in diagnose(root, kind) if m.path.rpartition(".")[2] not in stricter]
    refusal = _refusal(document, kind)
    if refusal is None:
        assert found == []
    else:
        assert diagnose(root, kind), refusal


def _refusal(document: object, kind: type[msgspec.Struct]) -> str | None:
    try:
        msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        return str(error)
    return None
