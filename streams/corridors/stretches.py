"""Stretches: a corridor's availability where versions of the documents follow each other.

Place on the data's way: events and the register's timeline → **availability over all time** →
store. In each stretch the corridor is what the versions in force *in it* make of all the events,
also of those from before it: a closure stands across an amendment. Where no version names the
corridor, or there is none, it is `unknown`, whatever was said of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from streams.corridors.divided import Interval, append
from streams.corridors.effects import Cause
from streams.corridors.events import CorridorEvent
from streams.corridors.fold import availability
from streams.inforce import CorridorStretch
from streams.vocabulary import Availability


def availability_over(
    stretches: Sequence[CorridorStretch], events: Sequence[CorridorEvent]
) -> tuple[Interval, ...]:
    """The availability by all `events`, in each stretch as its own rules read them.

    `stretches` as `Register.stretches` has them: contiguous, the last without an end. So are the
    intervals, from the first stretch on, neighbours differing. One fold for each stretch.
    """
    joined: list[Interval] = []
    for stretch in stretches:
        for interval in _read(stretch, events):
            append(joined, interval)
    return tuple(joined)


def _read(stretch: CorridorStretch, events: Sequence[CorridorEvent]) -> list[Interval]:
    """The intervals of one stretch, clipped to it."""
    start, end, rules = stretch
    if rules is None:
        return [Interval(start, end, Availability.UNKNOWN, Cause.NOT_IN_FORCE, (), None)]
    return [
        _clipped(interval, start, end)
        for interval in availability(*rules, events)
        if (interval.end is None or interval.end > start) and (end is None or interval.start < end)
    ]


def _clipped(interval: Interval, start: datetime, end: datetime | None) -> Interval:
    """What of an interval lies in [start, end); its words vouch for nothing beyond."""
    if end is None and start <= interval.start:
        return interval  # nearly all: a copy of each would take as long as their fold's sweep
    ends = [moment for moment in (interval.end, end) if moment is not None]

    def within(reach: datetime | None) -> datetime | None:
        return reach if reach is None or end is None else min(reach, end)

    return replace(
        interval,
        start=max(interval.start, start),
        end=min(ends, default=None),
        not_valid_after=within(interval.not_valid_after),
        parts=tuple(
            msgspec.structs.replace(part, not_valid_after=within(part.not_valid_after))
            for part in interval.parts
        ),
    )
