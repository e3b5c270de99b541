"""Daily hours by a wall clock: [from, to) on some weekdays, in a named time zone.

Place on the data's way: agreement's `Daily` → **spans** → calendar. What counts is what the clock
on the wall shows. Where it is set back and shows an hour twice, both hours count; an hour that it
skips never comes. Hours over midnight belong to the weekday on which they begin.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.agreement import Daily
from streams.vocabulary import Weekday
from streams.when.offsets import stretches
from streams.when.spans import Span
from streams.when.time_zones import time_zone

DAY_S = 86_400
_EPOCH_WEEKDAY = 3
"""1 January 1970 was a Thursday."""


def daily_spans(hours: Daily, start: int, end: int) -> Iterator[Span]:
    """Every span of the hours within [start, end), seconds since 1970 in UTC, in no order."""
    opens, closes = clock_s(hours.from_), clock_s(hours.to)
    if closes <= opens:
        closes += DAY_S
    weekdays = frozenset(hours.weekdays or Weekday)
    for begun, ended, offset_s in stretches(time_zone(hours.time_zone), start, end):
        first = (begun + offset_s) // DAY_S - 1
        last = (ended + offset_s) // DAY_S
        for day in range(first, last + 1):
            if _WEEKDAYS[(day + _EPOCH_WEEKDAY) % 7] in weekdays:
                midnight = day * DAY_S - offset_s
                yield max(midnight + opens, begun), min(midnight + closes, ended)


_WEEKDAYS = tuple(Weekday)


def clock_s(text: str) -> int:
    """Seconds since midnight of a time of day, ``HH:MM`` or ``HH:MM:SS``, 24:00 included."""
    hours, minutes, *seconds = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + sum(seconds)
