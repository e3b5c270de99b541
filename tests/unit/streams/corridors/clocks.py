"""When the parties agreed that a corridor may be open, read off the clock on the wall.

Beside the simulator and the rule of safety, sharing no code with what they check. Every question is
of one moment: what does the clock show there, is this day one of those that were agreed? Ends are
found by looking at each minute until one is outside. A rule of RFC 5545 is counted day by day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from streams.agreement import AnnouncedWindow, Corridor, Daily, Recurring
from streams.vocabulary import Weekday

NEVER = datetime.max.replace(tzinfo=UTC)
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_WEEKDAYS = list(Weekday)
_TWO_LETTERS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
_LONGEST = 10_000
"""Minutes: no hours that `histories` draws go on for as long."""


@cache
def zone(name: str) -> ZoneInfo:
    with resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file)


def wall(name: str, now: datetime) -> datetime:
    """What the clock there shows, without an offset."""
    return now.astimezone(zone(name)).replace(tzinfo=None, fold=0)


def in_some_window(road: Corridor, now: datetime) -> bool:
    """Whether it may be open at a moment, by whatever was agreed."""
    return (
        any(it.from_ <= now < (it.to or NEVER) for it in road.windows)
        or any(said_by_all(it, now) for it in road.announced)
        or in_hours(road, now)
    )


def window_ends(road: Corridor, now: datetime) -> list[datetime]:
    """For each agreed window that a moment lies in, when it ends; empty: it lies in none."""
    ends = [it.to or NEVER for it in road.windows if it.from_ <= now < (it.to or NEVER)]
    ends += [_announced_end(it) for it in road.announced if said_by_all(it, now)]
    if in_hours(road, now):
        minutes = (now + number * _MINUTE for number in range(_LONGEST))
        ends.append(next(it for it in minutes if not in_hours(road, it)))
    return ends


def said_by_all(window: AnnouncedWindow, now: datetime) -> bool:
    """Whether everybody who announced it has said of a moment that it may be open then."""
    return all(it.from_ <= now < (it.to or NEVER) for it in window.by)


def _announced_end(window: AnnouncedWindow) -> datetime:
    return min(it.to or NEVER for it in window.by)


def in_hours(road: Corridor, now: datetime) -> bool:
    """Whether a moment lies in hours that come again."""
    if not road.hours:
        return False
    assert road.valid is not None
    assert road.valid.to is not None  # they are refused without an end
    within = road.valid.from_ <= now < road.valid.to
    return within and any(_hold(hours, now) for hours in road.hours)


@lru_cache(maxsize=50_000)
def _hold(hours: Daily | Recurring, now: datetime) -> bool:
    return _daily(hours, now) if isinstance(hours, Daily) else _recurring(hours, now)


def _daily(hours: Daily, now: datetime) -> bool:
    shown = wall(hours.time_zone, now)
    clock, day = f"{shown:%H:%M}", shown.date()
    if hours.from_ < hours.to:
        shows = hours.from_ <= clock < hours.to
    else:  # over midnight; the small hours belong to the day before
        shows = not hours.to <= clock < hours.from_
        day -= _DAY if clock < hours.to else 0 * _DAY
    return shows and (not hours.weekdays or _WEEKDAYS[day.weekday()] in hours.weekdays)


def _recurring(hours: Recurring, now: datetime) -> bool:
    length = timedelta(minutes=hours.minutes)
    return any(begins <= now < begins + length for begins in _beginnings(hours))


@cache
def _beginnings(hours: Recurring) -> list[datetime]:
    """When its windows begin, from the first to a month later."""
    parts = dict(part.split("=") for part in hours.rule.split(";"))
    start = datetime.fromisoformat(hours.start)
    found = [
        shown_first(hours.time_zone, datetime.combine(day, start.time()))
        for day in (start.date() + number * _DAY for number in range(31))
        if _fits(parts, start.date(), day)
    ]
    until = parts.get("UNTIL")
    if until is not None:
        last = datetime.strptime(until, "%Y%m%dT%H%M%S%z")
        found = [it for it in found if it <= last]
    return found[: int(parts["COUNT"])] if "COUNT" in parts else found


def _fits(parts: dict[str, str], start: date, day: date) -> bool:
    """Whether a rule has a window begin on a day."""
    every = int(parts.get("INTERVAL", "1"))
    if parts["FREQ"] == "DAILY":
        return (day - start).days % every == 0
    if parts["FREQ"] == "MONTHLY":
        return day.day in {int(it) for it in parts["BYMONTHDAY"].split(",")}
    weeks = (_monday(day) - _monday(start)).days // 7
    days = parts.get("BYDAY", _TWO_LETTERS[start.weekday()]).split(",")
    return weeks % every == 0 and _TWO_LETTERS[day.weekday()] in days


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


@cache
def shown_first(name: str, shown: datetime) -> datetime:
    """When a clock first shows a time; for one that it skips, when it would have shown it."""
    before = None
    for now in _minutes_around(shown.replace(tzinfo=UTC)):
        if wall(name, now) == shown:
            return now
        if wall(name, now) > shown and before is not None:
            break
        before = now
    assert before is not None
    return before + (shown - wall(name, before))


def _minutes_around(middle: datetime) -> Iterator[datetime]:
    """No clock is further from UTC."""
    return (middle + number * _MINUTE for number in range(-15 * 60, 15 * 60))
