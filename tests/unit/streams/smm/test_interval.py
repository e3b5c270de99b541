from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streams.smm.fields import Row, RowError
from streams.smm.interval import interval
from tests.unit.examples import example


def _row(day: str, begins: str = "", ends: str = "", last: str = "") -> Row:
    return Row({"date_from": day, "date_to": last or day, "time_from": begins, "time_to": ends})


def test_128_rows_without_hours_are_their_whole_local_days() -> None:
    timeless = {row for row, cells in example.rows().items() if not cells["time_from"]}
    assert len(timeless) == 128
    for row in timeless:
        report = example.reports()[row]
        assert report.observed_to is not None
        assert report.observed_from.time().isoformat() == "00:00:00"
        assert report.observed_to.time().isoformat() == "23:59:59"
        cells = example.rows()[row]
        assert report.observed_from.date().isoformat() == cells["date_from"]
        assert report.observed_to.date().isoformat() == cells["date_to"]


def test_54_of_them_have_not_even_a_part_of_the_day() -> None:
    bare = [c for c in example.rows().values() if not c["time_from"] and not c["part_of_day"]]
    assert len(bare) == 54


@pytest.mark.parametrize(
    ("row", "begins", "ends"),
    [
        ("A-1", "2015-10-06T09:34:00+03:00", "2015-10-06T12:02:00+03:00"),
        ("F-3", "2016-01-16T12:53:00+02:00", None),
        ("H-1", "2016-03-29T00:00:00+03:00", "2016-03-29T23:59:59+03:00"),
        ("S-1", "2017-03-14T00:00:00+02:00", "2017-03-14T23:59:59+02:00"),
        ("Y-1", "2018-09-14T00:00:00+03:00", "2018-09-15T23:59:59+03:00"),
        ("II-2", "2015-04-17T23:45:00+03:00", "2015-04-18T00:00:00+03:00"),
        ("JJ-2", "2015-07-27T11:25:00+03:00", "2015-07-27T23:59:59+03:00"),
    ],
)
def test_local_times_carry_the_offset_of_their_day(row: str, begins: str, ends: str | None) -> None:
    report = example.reports()[row]
    assert report.observed_from.isoformat() == begins
    assert (report.observed_to and report.observed_to.isoformat()) == ends


def test_hours_that_run_backwards_under_one_date_went_past_midnight() -> None:
    begins, ends = interval(_row("2016-08-30", "23:45", "00:10"))
    assert begins.isoformat() == "2016-08-30T23:45:00+03:00"
    assert ends is not None
    assert ends.isoformat() == "2016-08-31T00:10:00+03:00"


def test_the_day_on_which_clocks_go_back_has_25_hours() -> None:
    begins, ends = interval(_row("2017-10-29"))
    assert ends is not None
    assert ends - begins == timedelta(hours=25) - timedelta(seconds=1)


def test_an_hour_that_happens_twice_makes_the_interval_wide_enough_for_both() -> None:
    begins, ends = interval(_row("2017-10-29", "03:30", "03:30"))
    assert ends is not None
    assert ends - begins == timedelta(hours=1)


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (_row("2017-03-26", "03:30", "04:00"), "no_such_time", "time_from"),
        (_row("2017-03-26", last="2017-03-25"), "interval_reversed", "date_to"),
        (_row("2017-03-26", ends="12:00"), "missing", "time_from"),
        (_row("26.03.2017"), "bad_date", "date_from"),
        (_row(""), "missing", "date_from"),
        (_row("2017-03-26", "9h"), "bad_time", "time_from"),
        (_row("2017-03-26", "24:00"), "bad_time", "time_from"),
        (_row("9999-12-31", "23:45", "00:10"), "bad_date", "date_from"),
        (_row("0001-01-01"), "bad_date", "date_from"),
    ],
)
def test_a_time_that_can_not_be_is_a_mistake(row: Row, code: str, column: str) -> None:
    with pytest.raises(RowError) as caught:
        interval(row)
    assert (caught.value.code, caught.value.column) == (code, column)


@given(
    day=st.dates(date(2015, 1, 1), date(2021, 1, 1)),
    minute=st.integers(0, 24 * 60 - 1),
    lasts=st.integers(1, 24 * 60 - 1),
)
def test_an_interval_runs_forward_and_is_as_long_as_said(
    day: date, minute: int, lasts: int
) -> None:
    # In the night in which clocks go forward an hour is skipped: see the mistakes above.
    assume(not (day.month == 3 and day.day >= 24))
    ends_at = (minute + lasts) % (24 * 60)
    begins, ends = interval(_row(day.isoformat(), _clock(minute), _clock(ends_at)))
    assert ends is not None
    said = timedelta(minutes=lasts)
    # The night in which clocks go back adds its hour, never takes one away.
    assert ends - begins in {said, said + timedelta(hours=1)}


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
