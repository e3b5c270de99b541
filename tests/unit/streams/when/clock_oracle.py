"""Local clocks read another way: every minute is asked, nothing is computed ahead.

Shares only the types of the documents with what it checks. `shows` asks what the wall clock shows
at one instant; a recurring window's start is found by trying every minute of UTC around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from streams.agreement import Daily, Recurring

MINUTE = timedelta(minutes=1)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@lru_cache
def zone_of(name: str) -> ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file)


def shows(hours: Daily, instant: datetime) -> bool:
    """Whether the wall clock shows one of the hours at this instant."""
    now = instant.astimezone(zone_of(hours.time_zone)).replace(tzinfo=None, fold=0)
    for day in (now.date(), now.date() - timedelta(days=1)):
        if hours.weekdays and DAYS[day.weekday()] not in hours.weekdays:
            continue
        opens, closes = _on(day, hours.from_), _on(day, hours.to)
        if closes <= opens:
            closes = _on(day + timedelta(days=1), hours.to)
        if opens <= now < closes:
            return True
    return False


def _on(day: date, clock: str) -> datetime:
    if clock.startswith("24"):
        return datetime.combine(day + timedelta(days=1), time())
    return datetime.combine(day, time.fromisoformat(clock))


def runs(window: Recurring, fits: Callable[[date], bool], instant: datetime) -> bool:
    """Whether a window is open at this instant; `fits` says on which days one begins."""
    length = timedelta(minutes=window.minutes)
    return any(begins <= instant < begins + length for begins in _begun(window, fits, instant))


def rule_fits(window: Recurring, day: date) -> bool:
    """Whether the rule, one of a day's, some weekdays' or some days' of the month, names the day.

    By the day alone: its distance from the first one, its weekday, its place in its month.
    """
    parts = dict(part.split("=") for part in window.rule.split(";"))
    first = datetime.fromisoformat(window.start).date()
    step = int(parts.get("INTERVAL", "1"))
    apart = (day - first).days
    if parts["FREQ"] == "DAILY":
        number, off = divmod(apart, step)
        return off == 0 and number < int(parts.get("COUNT", "1000000"))
    if parts["FREQ"] == "WEEKLY":
        weeks = (apart + first.weekday()) // 7
        named = parts.get("BYDAY", DAYS[first.weekday()][:2].upper()).split(",")
        return weeks % step == 0 and DAYS[day.weekday()][:2].upper() in named
    assert parts["FREQ"] == "MONTHLY"
    next_month = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return bool(
        {day.day, (day - next_month).days}
        & {int(named) for named in parts["BYMONTHDAY"].split(",")}
    )


def _begun(
    window: Recurring, fits: Callable[[date], bool], instant: datetime
) -> Iterator[datetime]:
    first = datetime.fromisoformat(window.start)
    back = window.minutes // 1440 + 3
    today = instant.date()
    for day in (today - timedelta(days=n) for n in range(-2, back)):
        if day >= first.date() and fits(day):
            yield begins_at(window.time_zone, datetime.combine(day, first.time()))


@lru_cache(maxsize=4096)
def begins_at(name: str, local: datetime) -> datetime:
    """RFC 5545, 3.3.5: the first instant of that local time; in a gap, by the offset before it."""
    zone = zone_of(name)
    around = [local.replace(tzinfo=UTC) + MINUTE * n for n in range(-16 * 60, 16 * 60)]
    for instant in around:
        if instant.astimezone(zone).replace(tzinfo=None, fold=0) == local:
            return instant
    before = [t for t in around if t.astimezone(zone).replace(tzinfo=None) < local][-1]
    offset = before.astimezone(zone).utcoffset()
    assert offset is not None
    return (local - offset).replace(tzinfo=UTC)
