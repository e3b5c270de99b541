"""One name is found however it is spelt; two towns of one name are both found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.where.gazetteer import TOWN_M, Town, fold
from tests.unit.streams.where.towns import (
    ALEPPO,
    AVDIIVKAS,
    DONETSK,
    DONETSK_OF_ROSTOV,
    GAZETTEER,
    KHAN_YUNIS,
    SHYROKYNE,
    ZOLOTE,
)


@pytest.mark.parametrize(
    ("name", "town"),
    [
        ("Zolote", ZOLOTE),
        ("ZOLOTE", ZOLOTE),
        ("Золоте", ZOLOTE),
        ("золоте", ZOLOTE),
        ("دونيتسك", DONETSK),
        ("דונצק", DONETSK),
        ("Donezk", DONETSK),
        ("Aleppo", ALEPPO),
        ("Halab", ALEPPO),
        ("حلب", ALEPPO),
        ("Khan Yunis", KHAN_YUNIS),
        ("khan-yunis", KHAN_YUNIS),
        ("חָאן־יוּנִס", KHAN_YUNIS),
        ("חאן יונס", KHAN_YUNIS),
        ("חאן־יונס", KHAN_YUNIS),
        ("DOK", None),
        ("", None),
        ("'", None),
    ],
)
def test_a_town_is_found_in_every_script_it_is_listed_in(name: str, town: Town | None) -> None:
    assert GAZETTEER.find(name) == ([] if town is None else [town])


@pytest.mark.parametrize("name", ["Donetsk", "Донецк", "donets'k", "DONETS\u02b9K"])
def test_every_town_of_a_name_is_found_the_largest_first(name: str) -> None:
    found = GAZETTEER.find(name)
    assert found[0] == DONETSK
    assert set(found) <= {DONETSK, DONETSK_OF_ROSTOV}


def test_country_and_region_keep_those_in_them() -> None:
    assert GAZETTEER.find("Donetsk", "UA") == [DONETSK]
    assert GAZETTEER.find("Donetsk", "RU") == [DONETSK_OF_ROSTOV]
    assert GAZETTEER.find("Avdiivka", "UA") == list(AVDIIVKAS)
    assert GAZETTEER.find("Avdiivka", "UA", "05") == [AVDIIVKAS[0]]
    assert GAZETTEER.find("Donetsk", "SY") == []


@pytest.mark.parametrize(
    ("text", "code"), [("UA", "UA"), ("ua", "UA"), ("Ukraine", "UA"), ("Kyiv", None), ("", None)]
)
def test_a_country_is_named_by_its_code_or_its_name(text: str, code: str | None) -> None:
    assert GAZETTEER.country(text) == code


def test_a_town_is_a_kilometre_at_least_and_a_city_as_wide_as_its_people_need() -> None:
    assert SHYROKYNE.extent_m == TOWN_M
    assert 1_400 < ZOLOTE.extent_m < 1_500
    assert 11_500 < DONETSK.extent_m < 12_500


@given(st.text(max_size=30))
def test_folding_again_changes_nothing(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(st.text(min_size=1, max_size=30))
def test_a_folded_name_begins_with_its_folded_first_letter(name: str) -> None:
    """What the quick look at the first letter stands on."""
    assert fold(name).startswith(fold(name[:1]))
