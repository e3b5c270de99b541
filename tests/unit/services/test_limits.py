"""Limits from the environment."""

import pytest

from services.errors import SettingsError
from services.limits import (
    BODY_BYTES_VARIABLE,
    EVENTS_A_DAY_VARIABLE,
    EVENTS_VARIABLE,
    HIGHEST_BODY_BYTES,
    REQUESTS_VARIABLE,
    Limits,
    Rate,
    read_limits,
)


def test_nothing_set_or_set_to_nothing_is_the_usual() -> None:
    assert read_limits({}) == read_limits({REQUESTS_VARIABLE: ""}) == Limits()


def test_a_rate_without_a_burst_allows_a_second_at_once() -> None:
    found = read_limits({REQUESTS_VARIABLE: "5", EVENTS_VARIABLE: "10/300"})
    assert (found.requests, found.events) == (Rate(5, 5), Rate(10, 300))


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "5/", "/5", "5/0", "9" * 12, "\u0665"])
def test_a_rate_that_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsError, match=rf"{REQUESTS_VARIABLE}.*RATE/BURST"):
        read_limits({REQUESTS_VARIABLE: text})


def test_a_body_may_be_limited_to_less_and_never_to_more() -> None:
    assert read_limits({BODY_BYTES_VARIABLE: "1000"}).body_bytes == 1000
    with pytest.raises(SettingsError, match=BODY_BYTES_VARIABLE):
        read_limits({BODY_BYTES_VARIABLE: str(HIGHEST_BODY_BYTES + 1)})
    with pytest.raises(SettingsError, match=EVENTS_A_DAY_VARIABLE):
        read_limits({EVENTS_A_DAY_VARIABLE: "no end"})
