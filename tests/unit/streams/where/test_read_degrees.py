"""Every usual way to write degrees is read, and what may mean two things is not."""

from __future__ import annotations

import math

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.where.plain_text import plain_text
from streams.where.read_degrees import Order, read_degrees, written, written_in_seconds
from streams.where.reading import Spot, Trouble, Unread

LON, LAT = 38.515, 48.695
EARTH = Geodesic.WGS84


def read(text: str, order: Order | None = None) -> Spot:
    spot = read_degrees(plain_text(text), order)
    assert isinstance(spot, Spot), spot
    return spot


def unread(text: str, order: Order | None = None) -> Unread:
    spot = read_degrees(plain_text(text), order)
    assert isinstance(spot, Unread), spot
    return spot


def apart_m(spot: Spot, lon: float, lat: float) -> float:
    return float(EARTH.Inverse(spot.lat, spot.lon, lat, lon)["s12"])


@pytest.mark.parametrize(
    "text",
    [
        "48.695N 38.515E",
        "48.695 n, 38.515 e",
        "48,695N 38,515E",
        "N48.695 E38.515",
        "E 38.515; N 48.695",
        "38.515E/48.695N",
        "lat 48.695 lon 38.515",
        "lat=48.695, lng=38.515",
        "Longitude: 38.515, latitude: 48.695",
        "48°41'42\"N 38°30'54\"E",
        "48° 41' 42'' N, 38° 30' 54'' E",
        "48°41′42″N 38°30′54″E",  # noqa: RUF001
        "48º 41’ 42” N 38º 30’ 54” E",  # noqa: RUF001
        "48-41-42N 38-30-54E",
        "48 41 42 N 38 30 54 E",
        "48 41.7 N 38 30.9 E",
        "N48°41.700' E038°30.900'",
        "484142N0383054E",
        "48.695° с.ш. 38.515° в.д.",  # noqa: RUF001
        "48.695° пн.ш., 38.515° сх.д.",  # noqa: RUF001
        "٤٨٫٦٩٥N ٣٨٫٥١٥E",  # noqa: RUF001
        "\u200e48.695\u00a0N 38.515\u00a0E",
    ],
)
def test_one_position_is_read_from_every_usual_form(text: str) -> None:
    spot = read(text)
    assert (spot.lon, spot.lat) == pytest.approx((LON, LAT), abs=1e-9)


@pytest.mark.parametrize(
    ("text", "half_lat_deg", "half_lon_deg"),
    [
        ("48N 38E", 0.5, 0.5),
        ("48.7N 38.5E", 0.05, 0.05),
        ("48.695N 38.515E", 0.0005, 0.0005),
        ("48.70N 38.5E", 0.005, 0.05),
        ("48°41'N 38°30'E", 0.5 / 60, 0.5 / 60),
        ("48°41'42\"N 38°30'54\"E", 0.5 / 3600, 0.5 / 3600),
        ("48°41.70'N 38°30.90'E", 0.005 / 60, 0.005 / 60),
        ("48.7S 170.5W", 0.05, 0.05),
        ("89.9N 10.5E", 0.05, 0.05),
    ],
)
def test_the_radius_holds_all_that_the_digits_leave_open_and_no_more(
    text: str, half_lat_deg: float, half_lon_deg: float
) -> None:
    spot = read(text)
    farthest_m = max(
        apart_m(spot, spot.lon + x * half_lon_deg, spot.lat + y * half_lat_deg)
        for x in (-1, 0, 1)
        for y in (-1, 0, 1)
    )
    assert spot.radius_m == pytest.approx(farthest_m, rel=1e-6)


def test_two_bare_numbers_are_no_position_until_their_order_is_said() -> None:
    trouble = unread("48.695, 38.515")
    assert trouble.trouble is Trouble.ORDER_NOT_SAID
    assert [(c.lon, c.lat) for c in trouble.candidates] == [(LON, LAT), (LAT, LON)]
    assert read("48.695, 38.515", "lat-lon").lat == LAT
    assert read("38.515 48.695", "lon-lat").lat == LAT
    assert read("48,695 38,515", "lat-lon").lat == LAT


def test_only_the_order_that_is_possible_is_a_candidate() -> None:
    trouble = unread("122.5, 48.5")
    assert trouble.trouble is Trouble.ORDER_NOT_SAID
    assert [(c.lon, c.lat) for c in trouble.candidates] == [(122.5, 48.5)]


@pytest.mark.parametrize(
    ("text", "order"),
    [("122.5N 48.5E", None), ("122.5, 48.5", "lat-lon"), ("lat 122.5 lon 48.5", None)],
)
def test_a_latitude_beyond_the_pole_that_would_be_a_longitude_is_noticed_and_not_mended(
    text: str, order: Order | None
) -> None:
    trouble = unread(text, order)
    assert trouble.trouble is Trouble.LAT_LON_SWAPPED
    assert [(c.lon, c.lat) for c in trouble.candidates] == [(122.5, 48.5)]


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("48N 38N", Trouble.SAME_AXIS_TWICE),
        ("48E 38W", Trouble.SAME_AXIS_TWICE),
        ("lat 48 lat 38", Trouble.SAME_AXIS_TWICE),
        ("-48.6N 38E", Trouble.SIGN_AND_LETTER),
        ("200N 38E", Trouble.OUT_OF_RANGE),
        ("48N 181E", Trouble.OUT_OF_RANGE),
        ("48°60'N 38°E", Trouble.OUT_OF_RANGE),
        ("48°10'60\"N 38°E", Trouble.OUT_OF_RANGE),
        ("48.5 30 N 38 E", Trouble.NOT_UNDERSTOOD),
        ("48°30.5'10\"N 38°E", Trouble.NOT_UNDERSTOOD),
        ("48.695", Trouble.NOT_UNDERSTOOD),
        ("48,38", Trouble.ORDER_NOT_SAID),
        ("48.695N", Trouble.NOT_UNDERSTOOD),
        ("48 34 12 38 05 30", Trouble.NOT_UNDERSTOOD),
        ("north", Trouble.NOT_UNDERSTOOD),
    ],
)
def test_what_is_malformed_says_what_is_wrong(text: str, trouble: Trouble) -> None:
    assert unread(text).trouble is trouble


@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(0, 7))
@settings(max_examples=150, deadline=None)
def test_what_is_written_in_decimals_is_read_again_within_its_radius(
    lon: float, lat: float, decimals: int
) -> None:
    spot = read(written(lon, lat, decimals))
    assert apart_m(spot, lon, lat) <= spot.radius_m + 1e-3


@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_what_is_written_in_seconds_is_read_again_within_its_radius(
    lon: float, lat: float, decimals: int
) -> None:
    spot = read(written_in_seconds(lon, lat, decimals))
    assert apart_m(spot, lon, lat) <= spot.radius_m + 1e-3


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_position_on_the_earth_or_a_trouble(text: str) -> None:
    spot = read_degrees(plain_text(text))
    if isinstance(spot, Spot):
        assert abs(spot.lat) <= 90
        assert abs(spot.lon) <= 180
        assert math.isfinite(spot.radius_m)
