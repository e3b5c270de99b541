"""A name that two towns bear is no place; one that a single town bears is that whole town."""

from __future__ import annotations

import pytest

from streams.where.read_name import read_name
from streams.where.reading import Spot, Trouble, Unread
from tests.unit.streams.where.towns import DIGEST, DONETSK, GAZETTEER, ZOLOTE


def read(text: str, country: str | None = None, region: str | None = None) -> Spot | Unread:
    return read_name(text, GAZETTEER, country, region)


def test_a_single_town_is_taken_only_where_something_says_which_part_of_the_world() -> None:
    alone = read("Zolote")
    assert isinstance(alone, Unread)
    assert alone.trouble is Trouble.COUNTRY_NOT_SAID
    assert isinstance(read("Zolote", "UA"), Spot)
    assert isinstance(read_name("Zolote", GAZETTEER, None, None, anywhere=True), Spot)


def test_an_ambiguous_name_is_not_guessed_and_its_candidates_are_named() -> None:
    unread = read("Donetsk")
    assert isinstance(unread, Unread)
    assert unread.trouble is Trouble.PLACE_AMBIGUOUS
    assert [c.said for c in unread.candidates] == [
        "Donetsk, UA, region 05, 901,645 people, GeoNames 709717",
        "Donetsk, RU, region 61, 50,850 people, GeoNames 565348",
    ]
    assert (unread.candidates[0].lon, unread.candidates[0].lat) == (DONETSK.lon, DONETSK.lat)


@pytest.mark.parametrize("text", ["Donetsk, UA", "Donetsk, Ukraine", "Donetsk (UA)", "Донецк, UA"])
def test_a_country_behind_the_name_settles_it(text: str) -> None:
    spot = read(text)
    assert isinstance(spot, Spot)
    assert (spot.lon, spot.lat) == (DONETSK.lon, DONETSK.lat)
    assert spot.radius_m == DONETSK.extent_m


def test_what_the_text_says_of_the_country_comes_before_what_the_caller_says() -> None:
    spot = read("Donetsk, UA", country="RU")
    assert isinstance(spot, Spot)
    assert spot.lon == DONETSK.lon


@pytest.mark.parametrize(
    "text", ["centre of Donetsk", "the center of Donetsk", "Donetsk centre", "Donetsk city centre"]
)
def test_a_centre_is_a_kilometre_around_the_point(text: str) -> None:
    spot = read(text, country="Ukraine")
    assert isinstance(spot, Spot)
    assert spot.radius_m == 1_000


def test_the_gazetteer_its_content_and_its_entry_are_part_of_the_answer() -> None:
    spot = read("Zolote", "UA")
    assert isinstance(spot, Spot)
    assert spot.source == f"a few towns, sha256 {DIGEST}, GeoNames {ZOLOTE.id}"


@pytest.mark.parametrize(
    ("text", "country", "region", "trouble"),
    [
        ("Atlantis", None, None, Trouble.PLACE_UNKNOWN),
        ("Zolote", "RU", None, Trouble.PLACE_UNKNOWN),
        ("Zolote", "Atlantis", None, Trouble.PLACE_UNKNOWN),
        ("Zolote", "UA", "05", Trouble.PLACE_UNKNOWN),
        ("Avdiivka", "UA", None, Trouble.PLACE_AMBIGUOUS),
        ("Zolote, Atlantis", None, None, Trouble.PLACE_UNKNOWN),
    ],
)
def test_what_is_not_one_town_is_no_place(
    text: str, country: str | None, region: str | None, trouble: Trouble
) -> None:
    unread = read(text, country, region)
    assert isinstance(unread, Unread)
    assert unread.trouble is trouble


def test_without_a_gazetteer_a_name_says_what_to_install() -> None:
    unread = read_name("Zolote", None, None, None)
    assert isinstance(unread, Unread)
    assert unread.trouble is Trouble.NO_GAZETTEER
    assert "truceline[gazetteer]" in unread.message
