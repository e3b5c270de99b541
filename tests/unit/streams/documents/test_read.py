"""A document is a value, or every mistake in it; what it is read from does not show in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.agreement import Agreement, Polygon, canonical_bytes, content_hash
from streams.documents.read import (
    examine_agreement,
    examine_document,
    examine_methodology,
    read_agreement,
    read_methodology,
)
from streams.errors import AgreementError, Mistake
from streams.methodology import Methodology
from streams.vocabulary import Means, ZoneKind
from tests.unit.streams.documents.texts import AGREEMENT, METHODOLOGY, ZONES_GEOJSON, edited

FILES = {"zones.geojson": ZONES_GEOJSON}


def test_an_agreement_is_read_whole() -> None:
    agreement = read_agreement(AGREEMENT, FILES, file="a.yaml")
    assert agreement.valid.from_ == datetime(2015, 2, 14, 22, tzinfo=UTC)
    assert agreement.valid.from_.utcoffset() == timedelta(hours=2)
    assert [zone.id for zone in agreement.zones] == ["zolote", "petrivske", "stanytsia"]
    assert agreement.zones[2].kind is ZoneKind.SECURITY_ZONE
    assert isinstance(agreement.zones[1].geometry, Polygon)
    route = agreement.corridors[0].route
    assert route is not None
    assert route.coordinates == ((37.9, 47.9), (38.3, 48.5))
    assert agreement.corridors[0].width_m == 500.0


def test_a_methodology_is_read_whole() -> None:
    methodology = read_methodology(METHODOLOGY, file="m.yaml")
    assert methodology.thresholds.violation == 0.95
    assert methodology.sufficient_means == (Means.HEARD, Means.SAW, Means.CAMERA)
    assert methodology.corridor.stale_after_s == 43_200


def test_the_canonical_form_is_itself_a_document_with_the_same_address() -> None:
    agreement = read_agreement(AGREEMENT, FILES)
    again = read_agreement(canonical_bytes(agreement).decode(), {})
    assert (again, content_hash(again)) == (agreement, content_hash(agreement))
    methodology = read_methodology(METHODOLOGY)
    assert read_methodology(canonical_bytes(methodology).decode()) == methodology


def test_comments_order_and_style_do_not_change_the_address() -> None:
    agreement = read_agreement(AGREEMENT, FILES)
    plain = msgspec.to_builtins(agreement)
    shuffled = json.dumps(dict(reversed(plain.items())), indent=3)
    commented = edited(AGREEMENT, ("version: 1", "version: 1  # the first"), ("500", "500.0"))
    for text in (shuffled, commented):
        assert content_hash(read_agreement(text, FILES)) == content_hash(agreement)


def test_all_mistakes_are_raised_and_print_like_a_compilers() -> None:
    text = edited(AGREEMENT, ("version: 1", "version: one"), ("width_m: 500", "width_m: 0"))
    with pytest.raises(AgreementError) as raised:
        read_agreement(text, FILES, file="contact-line.yaml")
    assert str(raised.value).splitlines() == [
        "contact-line.yaml:3: version: expected a whole number, found the text 'one' [wrong_type]",
        "contact-line.yaml:71: corridors[0].width_m: 0 is not more than 0 [out_of_range]",
    ]


def test_without_a_file_name_the_line_is_still_told() -> None:
    mistake = examine_methodology(edited(METHODOLOGY, ("version: 1", "version: 0"))).mistakes[0]
    assert str(mistake) == "3: version: 0 is not at least 1 [out_of_range]"


@pytest.mark.parametrize("text", ["", "just text", "- a\n- b", "5", "null", "---\n"])
def test_what_is_no_mapping_at_all_is_one_mistake(text: str) -> None:
    assert len(examine_agreement(text, {}).mistakes) == 1


def test_a_methodology_where_an_agreement_is_wanted_is_one_mistake() -> None:
    found = examine_agreement(METHODOLOGY, {}, file="m.yaml").mistakes
    assert found == (
        Mistake(
            "wrong_document",
            "format",
            "this is a truceline.methodology.v1 document; truceline.agreement.v1 is wanted here",
            1,
            "m.yaml",
        ),
    )
    assert [m.code for m in examine_methodology(AGREEMENT).mistakes] == ["wrong_document"]


def test_a_document_is_read_as_what_it_says_it_is() -> None:
    mentions_the_other = edited(AGREEMENT, ("Contact line", "See truceline.methodology.v1"))
    assert isinstance(examine_document(mentions_the_other, FILES).document, Agreement)
    assert isinstance(examine_document(METHODOLOGY, {}).document, Methodology)
    (mistake,) = examine_document("a: [", {}).mistakes
    assert mistake.code == "yaml_syntax"


LINES = AGREEMENT.splitlines()


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(LINES) - 1),
            st.sampled_from(
                ["", "x", "  - y", "a: 1", "[", "{", "? ", "&a", "*a", "zones:", "\x00"]
            ),
        ),
        max_size=4,
    )
)
def test_any_damage_is_either_a_value_or_mistakes_never_a_crash(
    damage: list[tuple[int, str]],
) -> None:
    lines = list(LINES)
    for number, text in damage:
        lines[number] = text
    found = examine_agreement("\n".join(lines), FILES, file="a.yaml")
    assert (found.document is None) == bool(found.mistakes)
    assert all(m.line is not None and m.line <= len(lines) for m in found.mistakes)
