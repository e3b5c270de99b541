"""Dates and local times of a SMM row → the interval in which it happened.

Place on the data's way: inside `smm`. SMM reports in local Kyiv time; the offset is that of the
instant (summer or winter). A row without hours is the whole of its local day or days: "night" or
"evening" are no hours, and are not turned into any.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from streams.decode import EARLIEST, LATEST
from streams.smm.fields import Row, RowError

KYIV = ZoneInfo("Europe/Kyiv")
DAY_BEGINS = time(0, 0)
DAY_ENDS = time(23, 59, 59)
"""The last whole second: a day does not touch the next one."""


def interval(row: Row) -> tuple[datetime, datetime | None]:
    """[from, to] with UTC offsets; `to` is None where one instant was reported."""
    first, last = _date(row, "date_from"), _date(row, "date_to")
    if last < first:
        raise RowError("interval_reversed", "date_to", "lies before date_from; correct one of them")
    begins, ends = _time(row, "time_from"), _time(row, "time_to")
    if begins is None and ends is not None:
        raise RowError(
            "missing", "time_from", "is empty beside a time_to; fill it in or empty both"
        )
    if begins is not None and ends is not None and first == last and ends < begins:
        # "23:45 to 00:10" under one date went on past midnight.
        last += timedelta(days=1)
    # A begin without an end: some time in the rest of the day. Clocks that went back make an hour
    # twice: the first of the two begins, the second ends, so the interval never gets too short.
    start = _instant(first, begins or DAY_BEGINS, 0, "time_from")
    end = _instant(last, ends or DAY_ENDS, 1, "time_to")
    if end < start:
        raise RowError("interval_reversed", "time_to", "lies before time_from; correct one of them")
    return start, None if end == start else end


def _date(row: Row, column: str) -> date:
    found = row.required(column)
    try:
        day = date.fromisoformat(found)
    except ValueError:
        day = date.max
    if not EARLIEST.year <= day.year < LATEST.year:
        raise RowError("bad_date", column, f"{found!r} is no date; write 2016-08-15")
    return day


def _time(row: Row, column: str) -> time | None:
    found = row.text(column)
    if not found:
        return None
    try:
        return datetime.strptime(found, "%H:%M").time()  # noqa: DTZ007 (a local time; the zone is added below)
    except ValueError:
        raise RowError("bad_time", column, f"{found!r} is no time; write 09:34") from None


def _instant(day: date, at: time, fold: int, column: str) -> datetime:
    """A local time with the offset in force then, as a fixed offset."""
    local = datetime.combine(day, at, tzinfo=KYIV).replace(fold=fold)
    if local.astimezone(UTC).astimezone(KYIV).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise RowError(
            "no_such_time", column, f"{day} {at} was skipped when clocks went forward; correct it"
        )
    offset = local.utcoffset()
    assert offset is not None  # a zone was given
    return local.replace(tzinfo=timezone(offset), fold=0)
