from __future__ import annotations

import math

import pytest

from geo.places import bearing_deg, distance_m
from streams.smm.posts import POSTS, TOWN_POINT_M, Offset, Post, spot_of
from streams.smm.tables import COMPASS
from tests.unit.examples import example

TOWNS = {
    "Donetsk": (37.80224, 48.023),
    "Donetsk centre": (37.80224, 48.023),
    "Mariupol": (37.54131, 47.09514),
    "Luhansk": (39.30553, 48.56814),
}


def test_every_position_in_the_data_is_in_the_table_and_no_other() -> None:
    assert {cells["position"] for cells in example.rows().values()} == set(POSTS)


def test_no_post_claims_to_be_better_than_a_town() -> None:
    assert all(post.around_m >= TOWN_POINT_M for post in POSTS.values())


def test_slugs_are_of_one_post_each() -> None:
    assert len({post.slug for post in POSTS.values()}) == len(POSTS)


def test_a_reference_confirms_every_anchor_that_is_used() -> None:
    # `16km NE of Donetsk` within a third of the distance, and its point or the next of eight: the
    # mission itself writes `NE` of Zalizne, which lies nearly north.
    checked = set()
    for cells in example.rows().values():
        position = cells["position"]
        if not cells["position_ref"] or not POSTS[position].anchored:
            continue
        said, _, rest = cells["position_ref"].partition("km ")
        point, _, town = rest.partition(" of ")
        anchor = (float(cells["anchor_lon"]), float(cells["anchor_lat"]))
        found_km = distance_m(*TOWNS[town], *anchor) / 1_000
        off = (bearing_deg(*TOWNS[town], *anchor) - COMPASS[point] + 180) % 360 - 180
        assert found_km == pytest.approx(float(said), rel=1 / 3), position
        assert abs(off) <= 45, position
        checked.add(position)
    assert len(checked) == 18


def test_the_anchor_of_berdianske_is_a_namesake_on_the_wrong_side_of_mariupol() -> None:
    cells = example.rows()["HH-4"]
    anchor = (float(cells["anchor_lon"]), float(cells["anchor_lat"]))
    assert cells["position_ref"] == "18.5km E of Mariupol"
    assert 180 < bearing_deg(*TOWNS["Mariupol"], *anchor) < 360
    assert not POSTS[cells["position"]].anchored


def test_a_post_without_an_offset_stays_at_its_anchor() -> None:
    spot = spot_of(POSTS["Avdiivka"], 37.75008, 48.14019)
    assert (spot.lon, spot.lat, spot.accuracy_m) == (37.75008, 48.14019, 2_000)


def test_an_offset_moves_the_post_and_its_words_widen_it() -> None:
    spot = spot_of(POSTS["3km W of Yasynuvata"], 37.85924, 48.12678)
    assert distance_m(37.85924, 48.12678, spot.lon, spot.lat) == pytest.approx(3_000, abs=1)
    assert bearing_deg(37.85924, 48.12678, spot.lon, spot.lat) == pytest.approx(270, abs=0.1)
    # 1,000 m for the town, 1,360 m to the farthest corner of 2.5 to 3.5 km within 22.5°.
    assert spot.accuracy_m == 2_400


@pytest.mark.parametrize(
    ("words", "spread_m"),
    [(Offset(3_000, 500, "W"), 1_360), (Offset(3_500, 250, "WSW"), 753)],
)
def test_the_spread_of_an_offset_is_its_farthest_corner(words: Offset, spread_m: float) -> None:
    assert words.spread_m == pytest.approx(spread_m, abs=1)


@pytest.mark.parametrize("post", [post for post in POSTS.values() if post.offsets])
def test_the_circle_holds_whatever_the_words_can_mean(post: Post) -> None:
    spot = spot_of(post, 37.85924, 48.12678)
    for offset in post.offsets:
        half = 11.25 if len(offset.point) == 3 else 22.5
        for turn in (-half, 0, half):
            for length in (offset.rounding_m, -offset.rounding_m):
                angle = math.radians(COMPASS[offset.point] + turn)
                reach = offset.distance_m + length
                lat = 48.12678 + reach * math.cos(angle) / 111_200
                lon = 37.85924 + reach * math.sin(angle) / (111_600 * math.cos(math.radians(lat)))
                left_m = spot.accuracy_m - distance_m(spot.lon, spot.lat, lon, lat)
                assert left_m >= TOWN_POINT_M * 0.99
