"""Offsets: a stretch of UTC cut where the local clock of a time zone is set forward or back.

Place on the data's way: time_zones → **offsets** → daily.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

_STEP_S = 6 * 3600
"""No clock was ever set twice within six hours so that both cancel each other."""


class Stretch(NamedTuple):
    """From `start` until before `end`, seconds since 1970 in UTC, the clock is ahead by so much."""

    start: int
    end: int
    offset_s: int
    """Local time minus UTC."""


def stretches(zone: ZoneInfo, start: int, end: int) -> Iterator[Stretch]:
    """The stretches of one offset within [start, end), in order."""
    begun, offset = start, _offset_s(zone, start)
    for at in range(start + _STEP_S, end + _STEP_S, _STEP_S):
        step = min(at, end - 1)
        if _offset_s(zone, step) == offset:
            continue
        change = _change(zone, step - _STEP_S, step)
        yield Stretch(begun, change, offset)
        begun, offset = change, _offset_s(zone, change)
    yield Stretch(begun, end, offset)


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """The first second with another offset than `before` has."""
    offset = _offset_s(zone, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_s(zone, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset_s(zone: ZoneInfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return offset.days * 86_400 + offset.seconds
