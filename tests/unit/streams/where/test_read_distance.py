"""A distance stands for all that is rounded to it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.where.plain_text import plain_text
from streams.where.read_distance import DISTANCE, Distance, read_distance
from streams.where.reading import Trouble, Unread


def read(text: str) -> Distance | Unread:
    found = re.fullmatch(DISTANCE, plain_text(text), re.IGNORECASE)
    assert found is not None
    return read_distance(found)


@pytest.mark.parametrize(
    ("text", "min_m", "max_m"),
    [
        ("8 km", 7_500, 8_500),
        ("8.5 km", 8_450, 8_550),
        ("8,0 km", 7_950, 8_050),
        ("10 km", 9_500, 10_500),
        ("120km", 119_500, 120_500),
        ("800 m", 750, 850),
        ("850m", 845, 855),
        ("853 m", 852.5, 853.5),
        ("1000 m", 500, 1_500),
        ("0 km", 0, 500),
        ("about 8 km", 7_000, 9_000),
        ("~300 m", 200, 400),
        ("8 км", 7_500, 8_500),
        ("3-6 km", 3_000, 6_000),
        ("3–6 km", 3_000, 6_000),  # noqa: RUF001
        ("3 to 6 km", 3_000, 6_000),
        ("3km-6km", 3_000, 6_000),
        ("500-800 m", 500, 800),
        ("up to 5 km", 0, 5_000),
        ("within 300 m", 0, 300),
        ("over 5 km", 5_000, None),
        ("at least 5 km", 5_000, None),
    ],
)
def test_a_distance_is_read_as_what_its_digits_leave_open(
    text: str, min_m: float, max_m: float | None
) -> None:
    distance = read(text)
    assert isinstance(distance, Distance)
    assert (distance.min_m, distance.max_m) == (min_m, max_m)


def test_a_range_that_ends_nearer_than_it_begins_is_refused() -> None:
    refused = read("6-3 km")
    assert isinstance(refused, Unread)
    assert refused.trouble is Trouble.DISTANCE_REVERSED


def test_a_distance_of_over_a_thousand_kilometres_is_refused() -> None:
    refused = read("1001 km")
    assert isinstance(refused, Unread)
    assert refused.trouble is Trouble.OUT_OF_RANGE


@given(st.floats(0, 999_000), st.sampled_from([0, 1, 2, 3]))
def test_what_was_rounded_to_kilometres_lies_in_what_is_read(metres: float, decimals: int) -> None:
    distance = read(f"{metres / 1000:.{decimals}f} km")
    assert isinstance(distance, Distance)
    assert distance.max_m is not None
    assert distance.min_m - 0.051 <= metres <= distance.max_m + 0.051


@given(st.integers(0, 900_000), st.sampled_from([1, 10, 100, 1_000]))
def test_what_was_rounded_to_round_metres_lies_in_what_is_read(metres: int, unit: int) -> None:
    distance = read(f"{round(metres / unit) * unit} m")
    assert isinstance(distance, Distance)
    assert distance.max_m is not None
    assert distance.min_m <= metres <= distance.max_m
