"""Days that are counted from a phase's beginning: "from D+2, done by D+14".

Place on the data's way: agreement's `PhaseDays`, the phases that have begun → **span** → calendar.
D is the local day on which the phase begins. A midnight that the clock skips or shows twice is read
as RFC 5545, 3.3.5, says: with the offset before the gap, or as the first of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from streams.agreement import PhaseDays
from streams.context.facts import PhaseBegan
from streams.when.time_zones import time_zone

FOREVER = float("inf")


class Stretch(NamedTuple):
    """[start, end), seconds since 1970 in UTC."""

    start: float
    end: float


def phase_stretch(days: PhaseDays, phases: Sequence[PhaseBegan]) -> Stretch | None:
    """When the days are, by the phases that have begun; None where theirs has not."""
    begun = [it.at for it in phases if it.phase == days.phase]
    if not begun:
        return None
    ended = [it.at for it in phases if it.phase == days.until_phase]
    start, end = _counted(days, min(begun))
    return Stretch(start, min([end, *(at.timestamp() for at in ended)]))


@lru_cache(maxsize=1024)
def _counted(days: PhaseDays, at: datetime) -> Stretch:
    start = at.timestamp() if days.from_day == 0 else _day(days, at, days.from_day)
    return Stretch(start, FOREVER if days.to_day is None else _day(days, at, days.to_day))


def _day(days: PhaseDays, at: datetime, count: int) -> float:
    zone = time_zone(days.time_zone)
    first = at.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    midnight = (first + timedelta(days=count)).replace(tzinfo=zone, fold=0)
    return midnight.astimezone(UTC).timestamp()
