"""Periods: the hours or mission days by which coverage is counted.

Place on the data's way: methodology, what is asked for → **periods** → count.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from streams.incidents.mission_day import MissionDays
from streams.instants import micros
from streams.methodology import IncidentRules
from streams.when.spans import Span

HOUR = 3_600_000_000
"""Microseconds."""
_ONE_DAY = timedelta(days=1)


class By(StrEnum):
    """How finely coverage is counted."""

    DAY = "day"
    """By the mission's day."""
    HOUR = "hour"
    """By the whole hour, UTC; the first and the last of a day as much as is of the day."""


class Period(NamedTuple):
    """A day, or an hour of it."""

    day: date
    span: Span


def periods(rules: IncidentRules | None, first: date, last: date, by: By) -> list[Period]:
    """The periods from the mission day `first` to `last`, both included, in order.

    `rules` say when a day begins; None: at midnight, UTC.
    """
    days = [first + _ONE_DAY * number for number in range((last - first).days + 2)]
    begins = [micros(_begins(rules, day)) for day in days]
    whole = [
        Period(day, (start, end))
        for day, start, end in zip(days[:-1], begins[:-1], begins[1:], strict=True)
    ]
    return whole if by is By.DAY else [hour for day in whole for hour in _hours(day)]


def _begins(rules: IncidentRules | None, day: date) -> datetime:
    return MissionDays(rules).begins(day) if rules else datetime.combine(day, time(), UTC)


def _hours(day: Period) -> list[Period]:
    start, end = day.span
    cuts = [start, *range((start // HOUR + 1) * HOUR, end, HOUR), end]
    return [Period(day.day, pair) for pair in pairwise(cuts)]
