"""The mission day by its cut-off, also where the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.incidents.mission_day import MissionDays
from streams.instants import micros
from tests.unit.streams.incidents.scenes import RULES


def day(begins: str, at: str) -> date:
    rules = replace(RULES, day_begins=begins)
    return MissionDays(rules).of(datetime.fromisoformat(at))


@pytest.mark.parametrize(
    ("begins", "at", "expected"),
    [
        ("19:30", "2018-02-04T19:29:59+02:00", date(2018, 2, 4)),
        ("19:30", "2018-02-04T19:30:00+02:00", date(2018, 2, 5)),
        ("19:30", "2018-02-05T17:29:59+00:00", date(2018, 2, 5)),
        ("19:30", "2018-07-05T16:30:00+00:00", date(2018, 7, 6)),  # summer: an hour earlier in UTC
        ("00:00", "2018-02-04T23:59:59+02:00", date(2018, 2, 4)),
        ("00:00", "2018-02-05T00:00:00+02:00", date(2018, 2, 5)),
        ("06:00", "2018-02-05T05:59:59+02:00", date(2018, 2, 4)),
        ("06:00", "2018-02-05T06:00:00+02:00", date(2018, 2, 5)),
        ("12:00", "2018-02-05T12:00:00+02:00", date(2018, 2, 6)),
        ("24:00", "2018-02-05T00:00:00+02:00", date(2018, 2, 5)),
    ],
)
def test_a_day_is_called_after_the_date_of_its_middle(begins: str, at: str, expected: date) -> None:
    assert day(begins, at) == expected


def test_the_hour_that_comes_twice_belongs_to_one_day() -> None:
    # 28 October 2018, 03:30 in Kyiv, first in summer time and then an hour later in winter time.
    assert day("03:30", "2018-10-28T00:29:00+00:00") == date(2018, 10, 27)
    assert day("03:30", "2018-10-28T01:31:00+00:00") == date(2018, 10, 28)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_ends_of_the_calendar_stop_nothing(at: str) -> None:
    moment = datetime.fromisoformat(at)
    assert MissionDays(RULES).of(moment) == moment.date()


around_a_change = st.builds(
    lambda change, seconds: change + timedelta(seconds=seconds),
    st.sampled_from(
        [
            datetime(2018, 3, 25, 1, tzinfo=UTC),
            datetime(2018, 10, 28, 1, tzinfo=UTC),
            datetime(2018, 9, 29, 15, 30, tzinfo=UTC),  # Lord Howe: half an hour
            datetime(1924, 5, 1, 22, tzinfo=UTC),  # Kyiv, from an offset with odd minutes
        ]
    ),
    st.floats(-90_000, 90_000),
)
any_moment = st.datetimes(timezones=st.just(UTC))


@given(
    st.lists(around_a_change | any_moment, max_size=20),
    st.sampled_from(["00:00", "03:00", "03:30", "04:00", "19:30", "24:00"]),
    st.sampled_from(["Europe/Kyiv", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_the_days_of_many_are_those_of_each(
    moments: list[datetime], begins: str, zone: str
) -> None:
    days = MissionDays(replace(RULES, day_begins=begins, time_zone=zone))
    at = np.array([*map(micros, moments)], dtype=np.int64)
    assert days.of_each(moments, at) == [days.of(moment) for moment in moments]
