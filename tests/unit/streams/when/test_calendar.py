"""A term's hours agree, second by second, with what the wall clock shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.agreement import Daily, Recurring
from streams.vocabulary import Weekday
from streams.when.calendar import Calendar
from streams.when.timing import Timing
from tests.unit.streams.when.clock_oracle import MINUTE, begins_at, runs, shows

CHANGES = (
    ("Europe/Kyiv", datetime(2024, 3, 31, 1, tzinfo=UTC)),
    ("Europe/Kyiv", datetime(2024, 10, 27, 1, tzinfo=UTC)),
    ("Europe/Moscow", datetime(2011, 3, 26, 23, tzinfo=UTC)),
    ("Europe/Moscow", datetime(2014, 10, 25, 22, tzinfo=UTC)),
    ("Asia/Beirut", datetime(2024, 3, 30, 22, tzinfo=UTC)),  # midnight is skipped
    ("Asia/Beirut", datetime(2024, 10, 26, 21, tzinfo=UTC)),  # 23:00 to midnight comes twice
    ("Australia/Lord_Howe", datetime(2024, 4, 6, 15, tzinfo=UTC)),  # by half an hour
    ("Australia/Lord_Howe", datetime(2024, 10, 5, 15, 30, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),  # a whole day is skipped
    ("Asia/Kathmandu", datetime(2024, 1, 1, tzinfo=UTC)),
)
"""Time zones with an instant at which their clocks are set."""
CLOCK = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))
NEAR = st.sampled_from(["00:00", "00:30", "01:30", "02:00", "02:30", "03:00", "03:30", "23:30"])


@st.composite
def daily(draw: st.DrawFn, time_zone: str) -> Daily:
    opens = draw(CLOCK | NEAR)
    closes = draw((CLOCK | NEAR | st.just("24:00")).filter(lambda to: to != opens))
    weekdays = draw(st.lists(st.sampled_from(Weekday), max_size=4, unique=True))
    return Daily(time_zone=time_zone, from_=opens, to=closes, weekdays=tuple(weekdays))


def at(calendar: Calendar, instant: datetime) -> Timing:
    return calendar.timing(instant.timestamp(), instant.timestamp())


@pytest.mark.parametrize(("time_zone", "change"), CHANGES)
@pytest.mark.parametrize(("opens", "closes"), [("22:00", "02:30"), ("02:15", "03:45")])
def test_every_second_around_a_change_of_clocks_is_as_the_wall_clock_shows(
    time_zone: str, change: datetime, opens: str, closes: str
) -> None:
    hours = Daily(time_zone=time_zone, from_=opens, to=closes)
    calendar = Calendar((hours,))
    for second in range(-2 * 3600, 2 * 3600):
        instant = change + timedelta(seconds=second)
        assert (at(calendar, instant) is Timing.WITHIN) == shows(hours, instant), instant


@given(data=st.data(), place=st.sampled_from(CHANGES))
@settings(max_examples=40, deadline=None)
def test_an_interval_lies_within_across_or_outside_as_its_minutes_do(
    data: st.DataObject, place: tuple[str, datetime]
) -> None:
    time_zone, change = place
    windows = tuple(data.draw(st.lists(daily(time_zone), min_size=1, max_size=3)))
    calendar = Calendar(windows)
    first = change + MINUTE * data.draw(st.integers(-1500, 1500))
    length = data.draw(st.sampled_from([0, 1, 29, 30, 60, 61, 600, 1500]))
    asked = [any(shows(w, first + MINUTE * n) for w in windows) for n in range(length + 1)]
    expected = Timing.WITHIN if all(asked) else Timing.ACROSS if any(asked) else Timing.OUTSIDE
    last = first + MINUTE * length
    assert calendar.timing(first.timestamp(), last.timestamp()) is expected


FIRSTS = {(3, 1), (10, 1), (12, 1)}
FITS: tuple[tuple[str, Callable[[date, date], bool]], ...] = (
    ("FREQ=DAILY", lambda first, day: day >= first),
    ("FREQ=DAILY;INTERVAL=3", lambda first, day: (day - first).days % 3 == 0),
    ("FREQ=WEEKLY;BYDAY=SA,SU", lambda _, day: day.weekday() in {5, 6}),
    ("FREQ=MONTHLY;BYMONTHDAY=27,31", lambda _, day: day.day in {27, 31}),
    ("FREQ=MONTHLY;BYDAY=-1SU", lambda _, day: day.weekday() == 6 and _is_last(day)),
    ("FREQ=YEARLY;BYMONTH=3,10,12;BYMONTHDAY=1", lambda _, day: (day.month, day.day) in FIRSTS),
)


def _is_last(day: date) -> bool:
    return (day + timedelta(days=7)).month != day.month


@pytest.mark.parametrize(("rule", "fits"), FITS, ids=[rule for rule, _ in FITS])
@given(
    place=st.sampled_from(CHANGES),
    clock=NEAR,
    shape=st.tuples(st.sampled_from([1, 45, 720, 3000]), st.integers(-3000, 3000)),
)
@settings(max_examples=20, deadline=None)
def test_a_recurring_window_is_open_as_rfc_5545_says(
    rule: str,
    fits: Callable[[date, date], bool],
    place: tuple[str, datetime],
    clock: str,
    shape: tuple[int, int],
) -> None:
    (time_zone, change), (minutes, offset) = place, shape
    first = date(change.year - 1, 1, 1)
    window = Recurring(time_zone=time_zone, start=f"{first}T{clock}", rule=rule, minutes=minutes)
    instant = change + MINUTE * offset
    expected = runs(window, lambda day: fits(first, day), instant)
    assert (at(Calendar((window,)), instant) is Timing.WITHIN) == expected


def test_a_window_at_a_time_that_the_clock_skips_begins_as_if_it_had_not_been_set() -> None:
    """02:30 in New York on 9 March 2025: RFC 5545 reads it as 03:30 EDT."""
    skipped = begins_at("America/New_York", datetime.fromisoformat("2025-03-09T02:30"))
    assert skipped == datetime(2025, 3, 9, 7, 30, tzinfo=UTC)
    window = Recurring(
        time_zone="America/New_York", start="2025-03-09T02:30", rule="FREQ=DAILY;COUNT=1", minutes=1
    )
    assert at(Calendar((window,)), skipped) is Timing.WITHIN
    assert at(Calendar((window,)), skipped - MINUTE) is Timing.OUTSIDE


def test_hours_over_midnight_belong_to_the_weekday_on_which_they_begin() -> None:
    calendar = Calendar(
        (Daily(time_zone="UTC", from_="22:00", to="06:00", weekdays=(Weekday.FRIDAY,)),)
    )
    friday = datetime(2024, 3, 1, tzinfo=UTC)
    for hour, expected in ((5, False), (22, True), (29, True), (30, False), (46, False)):
        instant = friday + timedelta(hours=hour)
        assert (at(calendar, instant) is Timing.WITHIN) is expected, hour


@pytest.mark.parametrize("end", ["UNTIL=20240103T060000Z", "COUNT=3"])
def test_until_and_count_end_a_recurrence(end: str) -> None:
    window = Recurring(
        time_zone="UTC", start="2024-01-01T06:00", minutes=60, rule=f"FREQ=DAILY;{end}"
    )
    days = [at(Calendar((window,)), datetime(2024, 1, day, 6, tzinfo=UTC)) for day in (1, 3, 4)]
    assert days == [Timing.WITHIN, Timing.WITHIN, Timing.OUTSIDE]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (datetime(2023, 12, 31, 23, tzinfo=UTC), datetime(2024, 1, 1, 1, tzinfo=UTC), "WITHIN"),
        (datetime(2023, 12, 31, 21, tzinfo=UTC), datetime(2024, 1, 1, 1, tzinfo=UTC), "ACROSS"),
        (datetime(2023, 12, 31, 23, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC), "WITHIN"),
        (datetime(2023, 12, 31, 23, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC), "ACROSS"),
        (datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC), "ACROSS"),
    ],
)
def test_an_interval_over_new_year_is_one_interval(
    start: datetime, end: datetime, expected: str
) -> None:
    calendar = Calendar((Daily(time_zone="UTC", from_="22:00", to="06:00"),))
    assert calendar.timing(start.timestamp(), end.timestamp()).name == expected


def test_an_edge_between_two_microseconds_is_seen() -> None:
    calendar = Calendar((Daily(time_zone="UTC", from_="06:00", to="22:00"),))
    edge = datetime(2024, 6, 1, 22, tzinfo=UTC)
    assert at(calendar, edge - timedelta(microseconds=1)) is Timing.WITHIN
    assert at(calendar, edge) is Timing.OUTSIDE
