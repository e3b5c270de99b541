"""What people write about a place becomes a location of the wire that holds all they left open."""

from __future__ import annotations

import time
from dataclasses import replace

import msgspec
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.places import distance_m
from streams.events import Area, Bearings, Location, OnRoute, Point, Report
from streams.where.read_place import LIMIT, Known, read_place
from streams.where.read_stretch import Route
from streams.where.reading import Place, Trouble, Unread
from tests.unit.streams.builders import report
from tests.unit.streams.where.towns import DONETSK, GAZETTEER, POPASNA, ZOLOTE

ROUTES = (Route("zolote-road", "Road to Zolote", 0.0, 20.5), Route("track", "Track", None, None))
NEARBY = (shapely.Point(38.5, 48.7), shapely.box(37.7, 48.0, 37.9, 48.2))
KNOWN = Known(gazetteer=GAZETTEER, routes=ROUTES, nearby=NEARBY)
ELSEWHERE = Known(gazetteer=GAZETTEER)
"""No agreement is known, and no country."""


def read(text: str, known: Known = KNOWN) -> Place:
    place = read_place(text, known)
    assert isinstance(place, Place), place
    return place


def bearings(text: str, known: Known = KNOWN) -> Bearings:
    location = read(text, known).location
    assert isinstance(location, Bearings)
    return location


def disc(text: str) -> Point:
    location = read(text).location
    assert isinstance(location, Point)
    return location


def trouble(text: str, known: Known = KNOWN) -> Trouble:
    unread = read_place(text, known)
    assert isinstance(unread, Unread), unread
    return unread.trouble


@pytest.mark.parametrize(
    "text",
    [
        "3-6 km N, NE, SE of Zolote",
        "3–6 km N, NE and SE of Zolote",  # noqa: RUF001
        "3 to 6 km to the north, to the north-east and to the south-east of Zolote",
        "N, NE & SE, 3-6 km from Zolote",
        "3-6 km N, NE or SE from ЗОЛОТЕ",
    ],
)
def test_distances_and_directions_are_a_union_of_sectors_from_the_place(text: str) -> None:
    location = bearings(text)
    assert (location.lon, location.lat) == (ZOLOTE.lon, ZOLOTE.lat)
    assert location.accuracy_m == 1_439.0
    assert [sector.bearing_deg for sector in location.sectors] == [0, 45, 135]
    assert {(sector.min_m, sector.max_m) for sector in location.sectors} == {(3_000, 6_000)}
    assert location.compass_points is None


def test_a_word_of_three_letters_shows_sixteen_points() -> None:
    assert bearings("8 km N, NNE of Zolote").compass_points == 16
    assert bearings("8 km N of Zolote", replace(KNOWN, compass_points=16)).compass_points == 16
    assert bearings("8 km N of Zolote", replace(KNOWN, compass_points=8)).compass_points == 8


def test_degrees_of_unsaid_error_stay_wide_beside_a_word_of_sixteen_points() -> None:
    sectors = bearings("8 km NNE, 90° of Zolote").sectors
    assert [sector.half_width_deg for sector in sectors] == [None, 22.5]


def test_a_distance_from_the_centre_of_a_city_is_not_from_its_edge() -> None:
    assert bearings("8 km NW of Donetsk, UA").accuracy_m == 11_980.0
    assert bearings("8 km NW of the centre of Donetsk, UA").accuracy_m == 1_000.0


def test_the_observer_may_stand_on_coordinates_of_any_form() -> None:
    for text in (
        "2.5 km 315° ± 3 of 48.695N 38.515E",
        "azimuth 315° ± 3, 2.5 km from 37UDQ47009600",
    ):
        (sector,) = bearings(text).sectors
        assert (sector.bearing_deg, sector.half_width_deg) == (315, 3.5)
        assert (sector.min_m, sector.max_m) == (2_450, 2_550)


def test_of_a_large_square_the_middle_is_the_observers_and_its_corners_the_accuracy() -> None:
    assert bearings("2 km N of 37U DQ 47 96").accuracy_m == 708.0


def test_no_distance_stays_no_distance() -> None:
    place = read("NW of Zolote")
    assert isinstance(place.location, Bearings)
    assert place.location.sectors[0].max_m is None
    assert bearings("over 5 km N of Zolote").sectors[0].max_m is None


def test_a_distance_without_a_direction_is_a_ring() -> None:
    (sector,) = bearings("5 km from Zolote").sectors
    assert (sector.half_width_deg, sector.min_m, sector.max_m) == (180, 4_500, 5_500)


@pytest.mark.parametrize("text", ["within 2 km of Zolote", "up to 2 km from Zolote"])
def test_within_a_distance_is_a_circle_around_all_of_the_town(text: str) -> None:
    assert disc(text).accuracy_m == 3_439.0


def test_between_two_places_is_the_circle_over_the_line_that_joins_them() -> None:
    between = disc("between Zolote and Popasna")
    assert between.accuracy_m is not None
    for town in (ZOLOTE, POPASNA):
        away_m = distance_m(between.lon, between.lat, town.lon, town.lat)
        assert away_m + town.extent_m <= between.accuracy_m + 400
        assert away_m < between.accuracy_m


def test_between_two_ambiguous_names_is_no_place() -> None:
    assert trouble("between Donetsk and Zolote") is Trouble.PLACE_AMBIGUOUS
    assert trouble("between Zolote and Donetsk") is Trouble.PLACE_AMBIGUOUS
    assert trouble("between Aleppo and Zolote") is Trouble.PLACE_FAR
    assert trouble("between Aleppo, SY and Zolote, UA", ELSEWHERE) is Trouble.TOO_FAR_APART


@pytest.mark.parametrize(
    ("text", "from_km", "to_km"),
    [
        ("km 12-15 of zolote-road", 12, 15),
        ("KM 12 to 15 on the Road to Zolote", 12, 15),
        ("zolote-road, km 12.5-km 15", 12.5, 15),
        ("zolote-road km 12", 11.5, 12.5),
        ("km 12.4 along zolote-road", 12.35, 12.45),
        ("km 0 of zolote-road", 0, 0.5),
        ("km 20 of zolote-road", 19.5, 20.5),
    ],
)
def test_kilometres_name_a_stretch_of_the_route(text: str, from_km: float, to_km: float) -> None:
    expected = OnRoute(corridor="zolote-road", from_km=from_km, to_km=to_km)
    assert read(text).location == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Trouble.EMPTY),
        (" \u200e ", Trouble.EMPTY),
        ("x" * (LIMIT + 1), Trouble.TOO_LONG),
        ("?", Trouble.NOT_UNDERSTOOD),
        ("48.695, 38.515", Trouble.ORDER_NOT_SAID),
        ("48.695,38.515", Trouble.ORDER_NOT_SAID),
        ("N", Trouble.ORIGIN_MISSING),
        ("5 km N", Trouble.ORIGIN_MISSING),
        ("5 km N and NE", Trouble.ORIGIN_MISSING),
        ("8 km MW of Zolote", Trouble.NOT_UNDERSTOOD),
        ("8 km 315 of Zolote", Trouble.UNIT_NOT_SAID),
        ("8 km 52-50 mils of Zolote", Trouble.MILS_NOT_SAID),
        ("8 km 315° mag of Zolote", Trouble.NOT_TRUE_NORTH),
        ("6-3 km N of Zolote", Trouble.DISTANCE_REVERSED),
        ("6-3 km from Zolote", Trouble.DISTANCE_REVERSED),
        ("8 km N of Donetsk", Trouble.PLACE_AMBIGUOUS),
        ("8 km N of 48.695, 38.515", Trouble.ORDER_NOT_SAID),
        ("within 2 km of Atlantis", Trouble.PLACE_UNKNOWN),
        ("Isle of Man", Trouble.PLACE_UNKNOWN),
        ("Zolote 4", Trouble.PLACE_UNKNOWN),
        ("km 12 of nowhere", Trouble.ROUTE_UNKNOWN),
        ("km 12", Trouble.ROUTE_UNKNOWN),
        ("km 12-15", Trouble.ROUTE_UNKNOWN),
        ("km 12 of track", Trouble.ROUTE_UNKNOWN),
        ("km 15-12 of zolote-road", Trouble.DISTANCE_REVERSED),
        ("km 25 of zolote-road", Trouble.OUT_OF_RANGE),
    ],
)
def test_what_is_no_place_says_why(text: str, expected: Trouble) -> None:
    assert trouble(text) is expected


def test_swapped_coordinates_are_noticed_beside_the_agreement_and_not_mended() -> None:
    unread = read_place("38.515N 48.695E", KNOWN)
    assert isinstance(unread, Unread)
    assert unread.trouble is Trouble.LAT_LON_SWAPPED
    assert [(c.lon, c.lat) for c in unread.candidates] == [(38.515, 48.695)]
    assert trouble("3 km N of 38.515N 48.695E") is Trouble.LAT_LON_SWAPPED
    assert read("48.695N 38.515E").location
    assert read("38.515N 48.695E", ELSEWHERE).location  # in Iran, where nothing says otherwise
    assert read("10N 10E").location  # far away either way round


def test_the_only_town_of_a_name_is_not_taken_where_it_lies_far_from_the_agreement() -> None:
    known = replace(KNOWN, nearby=NEARBY[:1])
    assert trouble("Shyrokyne", known) is Trouble.PLACE_FAR
    assert trouble("3 km N of Shyrokyne", known) is Trouble.PLACE_FAR
    assert read("Shyrokyne", replace(known, region="05")).location
    assert read("Zolote", known).location


def test_candidates_say_how_far_they_are_from_the_agreement_and_none_is_chosen_by_it() -> None:
    unread = read_place("Avdiivka, UA", KNOWN)
    assert isinstance(unread, Unread)
    assert unread.trouble is Trouble.PLACE_AMBIGUOUS
    near, far = (candidate.said for candidate in unread.candidates)
    assert near.endswith(", 0 km from the agreement's zones and routes")
    assert not far.endswith(", 0 km from the agreement's zones and routes")


def test_a_town_inside_a_wide_zone_is_near_however_far_its_corners_are() -> None:
    wide = replace(KNOWN, nearby=(shapely.box(30.0, 44.0, 46.0, 54.0),))
    assert read("Shyrokyne", wide).location
    along = shapely.LineString([(30.0, 47.0), (46.0, 47.2)])
    assert read("Shyrokyne", replace(KNOWN, nearby=(along,))).location


def test_a_name_without_country_or_agreement_is_no_place_even_if_one_town_bears_it() -> None:
    unread = read_place("3 km N of Zolote", ELSEWHERE)
    assert isinstance(unread, Unread)
    assert unread.trouble is Trouble.COUNTRY_NOT_SAID
    assert [(c.lon, c.lat) for c in unread.candidates] == [(ZOLOTE.lon, ZOLOTE.lat)]
    assert read("3 km N of Zolote, UA", ELSEWHERE).location
    assert read("3 km N of Zolote", replace(ELSEWHERE, country="Ukraine")).location


def test_without_a_gazetteer_coordinates_are_read_and_names_are_not() -> None:
    assert read("3 km N of 48.695N 38.515E", Known()).location
    assert trouble("3 km N of Zolote", Known()) is Trouble.NO_GAZETTEER


def test_a_name_is_of_the_gazetteer_and_coordinates_are_of_none() -> None:
    assert read("8 km NW of Donetsk, UA").sources == (
        f"a few towns, sha256 {GAZETTEER.digest}, GeoNames {DONETSK.id}",
    )
    assert len(read("between Zolote and Popasna").sources) == 2
    assert read("48.695N 38.515E").sources == ()


pieces = st.sampled_from(
    ["8 km", "3-6 km", "NW", "NNE", "315°", "±", "5600 mils", "of", "from", "between", "and",
     "Zolote", "Donetsk", ", UA", "48.695N", "38.515E", "37U", "DQ", "4796", "km", "12-15",
     "zolote-road", "within", "centre", "(", ",", " ", "'", "-", "."]
)  # fmt: skip


@given(st.lists(pieces, max_size=12).map(" ".join) | st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_a_location_that_the_wire_takes_or_a_trouble_with_a_message(text: str) -> None:
    place = read_place(text, KNOWN)
    if isinstance(place, Unread):
        assert place.message
    else:
        sent = msgspec.json.encode(report(location=place.location))
        assert msgspec.json.decode(sent, type=Report).location == place.location
    assert read_place(text, KNOWN) == place


@pytest.mark.parametrize(
    "text",
    ["1 " * 200, "N " * 200, "1," * 200, "8 km of " * 50, "between " * 50, "1-" * 200,
     "and " * 100, "km 1 " * 80, "(" * 400, "1°" * 200, "about " * 60, "a, " * 130],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    read_place(text, KNOWN)
    assert time.process_time() - start < 1.0


def test_a_square_alone_is_an_area() -> None:
    location: Location = read("37U DQ 47 96").location
    assert isinstance(location, Area)
