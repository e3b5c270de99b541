"""Exchange windows: when each exchange takes place, by dates or by the days of a phase.

Place on the data's way: agreement, phases that have begun → **windows** → exchanges and their
truces. An exchange of a phase that has not begun has no window: nothing is agreed of its time yet,
and its truce does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite

from streams.agreement import Exchange, Window
from streams.context.facts import PhaseBegan
from streams.when.phase_days import phase_stretch

Windows = Mapping[int, Window]
"""By the exchange's number."""


def windows_of(exchanges: Iterable[Exchange], began: Sequence[PhaseBegan]) -> Windows:
    """The windows that are known, UTC."""
    found = ((one.id, _window(one, began)) for one in exchanges)
    return {number: window for number, window in found if window is not None}


def _window(one: Exchange, began: Sequence[PhaseBegan]) -> Window | None:
    if one.window is not None:
        return Window(from_=one.window.from_.astimezone(UTC), to=one.window.to.astimezone(UTC))
    days = None if one.during is None else phase_stretch(one.during, began)
    # A phase that ended before the exchange's first day leaves no moment for it.
    if days is None or not isfinite(days.end) or days.end <= days.start:
        return None
    return Window(from_=_instant(days.start), to=_instant(days.end))


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
