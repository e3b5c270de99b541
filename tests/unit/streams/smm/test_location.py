from __future__ import annotations

import pytest

from streams.events import Bearings, Location, NamedPlace, Sector
from streams.smm.fields import Row, RowError
from streams.smm.location import locate_row
from tests.unit.examples import example


def _location(row: str, **cells: str) -> Location | None:
    return locate_row(Row({**example.rows()[row], **cells}))


def _bearings(row: str, **cells: str) -> Bearings:
    location = _location(row, **cells)
    assert isinstance(location, Bearings)
    return location


def test_several_bearings_are_a_union_of_sectors_with_one_range() -> None:
    assert _bearings("O-1").sectors == tuple(
        Sector(bearing_deg=bearing, min_m=2_000, max_m=10_000) for bearing in (315, 292.5, 67.5)
    )


def test_39_rows_have_several_bearings() -> None:
    assert sum("|" in cells["bearing"] for cells in example.rows().values()) == 39


def test_no_bearing_is_one_sector_all_round() -> None:
    assert _bearings("AA-8").sectors == (Sector(min_m=4_000, max_m=8_000),)


def test_no_distance_is_no_extent() -> None:
    assert _bearings("I-1").sectors == (Sector(bearing_deg=270), Sector(bearing_deg=225))
    assert _bearings("K-3").sectors == (Sector(),)


@pytest.mark.parametrize(
    ("row", "points"),
    [
        ("H-4", 16),
        ("J-3", None),
        ("N-7", 16),  # one word of three letters among others
        ("B-6", None),  # the position's own WSW was measured on a map
    ],
)
def test_a_word_of_three_letters_makes_the_rows_bearings_fine(row: str, points: int) -> None:
    assert _bearings(row).compass_points == points


def test_metres_are_the_rows_kilometres() -> None:
    (sector,) = _bearings("DD-3").sectors
    assert (sector.min_m, sector.max_m) == (5, 5)


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ("B-1", "3-6 km N, NNE, NE, SE of Donetsk railway station (8km NW of Donetsk)"),
        ("C-1", "N, W of Donetsk railway station (8km NW of Donetsk)"),
        ("L-2", "2-5 km from Donetsk central railway station (6km NW of Donetsk centre)"),
        ("Q-4", "observed from Oktiabr mine (9km NW of Donetsk centre)"),
        ("GG-1", "Oktiabr mine (9km NW of Donetsk centre)"),
        ("HH-4", "0.3 km from E outskirts of Berdianske (18.5km E of Mariupol)"),
        (
            "CC-3",
            (
                "5-6 km SE of 5km NW of the checkpoint on road T1316, 400m from N edge of Zolote "
                "disengagement area"
            ),
        ),
    ],
)
def test_without_an_anchor_the_words_say_where_it_happened(row: str, place: str) -> None:
    assert _location(row) == NamedPlace(name=place)


@pytest.mark.parametrize(
    ("row", "place"),
    [
        (
            "GG-2",
            NamedPlace(
                name="Oktiabr mine (9km NW of Donetsk centre)", offset_m=3_000, bearing_deg=270
            ),
        ),
        (
            "FF-1",
            NamedPlace(
                name="SW edge of Berezivske (53km NW of Luhansk)",
                offset_m=20,
                bearing_deg=337.5,
                compass_points=16,
            ),
        ),
    ],
)
def test_one_distance_and_one_bearing_are_the_wires_own_offset(row: str, place: NamedPlace) -> None:
    assert _location(row) == place


def test_three_towns_at_once_are_no_place() -> None:
    assert _location("NN-1") is None


def test_no_named_place_is_a_bare_town_that_a_gazetteer_would_turn_into_a_point() -> None:
    towns = {cells["anchor_name"] for cells in example.rows().values()}
    for report in example.reports().values():
        if isinstance(report.location, NamedPlace):
            assert report.location.name not in towns


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"dist_max_km": ""}, "missing"),
        ({"dist_min_km": "9"}, "distance_reversed"),
        ({"dist_min_km": "-1"}, "distance_reversed"),
        ({"dist_min_km": "nan"}, "bad_number"),
        ({"anchor_lat": ""}, "missing"),
    ],
)
def test_a_place_that_can_not_be_is_a_mistake(cells: dict[str, str], code: str) -> None:
    with pytest.raises(RowError) as caught:
        _location("A-2", **cells)
    assert caught.value.code == code
