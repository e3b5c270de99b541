"""Timeline: what is shown of a corridor, to people and to programs.

    what is known → what waits is laid over it → shown

Place on the data's way: store → **timeline** → `truceline corridor`, GET /v1/corridors. Nobody is
told that a corridor can be used from now on while word of it may wait (`behind`). What could be
seen at an earlier instant is shown as it was seen then: now is but the last of such instants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Final, NamedTuple

from services.behind import SYSTEM_BEHIND, USABLE, is_behind, is_usable, overlay
from services.store.engine import Connection
from services.store.generations import NOTHING_KNOWN, StoredInterval, joined
from services.store.instants import SINCE_EVER, WITHOUT_END
from services.store.queries.corridor_period import told_between
from services.store.queries.corridors import CorridorName, availabilities
from streams.corridors.divided import PartState
from streams.corridors.effects import CAUTION, Cause
from streams.corridors.parts import ALL, Part
from streams.corridors.ways import State


def narrowed(interval: StoredInterval, asked: Part) -> StoredInterval:
    """What it says of the parts that are asked for; of a part that it does not know, as of all."""
    if asked == ALL:
        return interval
    parts = [part for part in interval.parts if _is_of(part, asked)]
    if not parts:
        return interval._replace(parts=())
    worst = most_cautious(
        [State(it.state, it.cause, it.causes, it.not_valid_after) for it in parts]
    )
    return interval._replace(
        state=worst.state.value,
        cause=worst.cause,
        cause_events=worst.cause_events,
        not_valid_after=worst.not_valid_after,
        parts=tuple(parts) if len(parts) > 1 else (),
    )


def most_cautious(states: Sequence[State]) -> State:
    """What all of them together are: by the most cautious cause, with all events behind it."""
    worst = min(states, key=lambda it: _caution(it.cause))
    alike = [it for it in states if it.cause == worst.cause]
    reaches = [it.not_valid_after for it in states if it.not_valid_after is not None]
    return State(
        worst.state,
        worst.cause,
        tuple(sorted({event for it in alike for event in it.cause_events})),
        min(reaches) if worst.state in USABLE else None,
    )


def _caution(cause: str) -> int:
    """How cautious a cause is; that the system is behind is as any other reason not to know."""
    return CAUTION[Cause.UNKNOWN_BY_STATUS if cause == SYSTEM_BEHIND else Cause(cause)]


def _is_of(part: PartState, asked: Part) -> bool:
    told = (part.segment, part.direction, part.traveller)
    return all(
        theirs is None or mine is None or theirs == mine
        for theirs, mine in zip(told, asked, strict=True)
    )


def state_now(
    conn: Connection, name: CorridorName, now: datetime, part: Part = ALL
) -> StoredInterval:
    """The corridor's state now, or that of a part of it."""
    (found,) = states_now(conn, [name], now, part)
    return found


def states_now(
    conn: Connection,
    names: Iterable[CorridorName],
    now: datetime,
    part: Part = ALL,
) -> list[StoredInterval]:
    """Their states as of `now`, in this order."""
    lags = cache(lambda mission: is_behind(conn, mission, now))
    asked = list(names)
    known = availabilities(conn, asked, now, now)
    return [
        _laid_over(narrowed(known.get(name, NOTHING_KNOWN), part), now, partial(lags, name.mission))
        for name in asked
    ]


def _laid_over(found: StoredInterval, now: datetime, lags: Callable[[], bool]) -> StoredInterval:
    """What waits laid over a state of now; what is closed has been so since it was closed."""
    if not is_usable(found) or not lags():
        return found
    shown = overlay([found], now)[-1]
    return shown._replace(starts_at=found.starts_at) if shown.state == found.state else shown


class TimelineAsked(NamedTuple):
    """Whose timeline, by what could be seen when, over which time; None: now, and all of it."""

    name: CorridorName
    known_at: datetime | None = None
    part: Part = ALL
    since: datetime | None = None
    until: datetime | None = None


def timeline(conn: Connection, asked: TimelineAsked, now: datetime) -> list[StoredInterval]:
    """The intervals with a moment in [since, until], as seen at `known_at`, or now.

    What will be known later nobody knows.
    """
    known_at = min(asked.known_at or now, now)
    intervals = _known(conn, asked, known_at)
    if _usable_later(intervals, known_at) and is_behind(conn, asked.name.mission, known_at):
        intervals = overlay(intervals, known_at)
    return [it for it in intervals if within(it, asked.since, asked.until)]


def _known(conn: Connection, asked: TimelineAsked, known_at: datetime) -> list[StoredInterval]:
    """Each interval whole, of all parts or of those that are asked for."""
    since, until = asked.since or SINCE_EVER, asked.until or WITHOUT_END
    first, last = since, until
    while True:
        told = told_between(conn, asked.name, first, last, known_at)
        found = [it.interval for it in told]
        if asked.part == ALL or not found:
            return found
        parts = list(joined(narrowed(it, asked.part) for it in found))
        # A part may have been the same for longer than the whole: look on until it was not.
        inside = [it for it in parts if within(it, since, until)]
        begin, end = found[0].starts_at, found[-1].ends_at
        goes_back = inside[0].starts_at == begin <= first and first > SINCE_EVER
        goes_on = end is not None and inside[-1].ends_at == end and last < WITHOUT_END
        if not goes_back and not goes_on:
            return parts
        more = max((end or last) - begin, _LOOK_ON)
        first = begin - min(more, begin - SINCE_EVER) if goes_back else first
        last = end + min(more, WITHOUT_END - end) if goes_on and end else last


_LOOK_ON: Final = timedelta(days=1)


def _usable_later(intervals: Sequence[StoredInterval], now: datetime) -> bool:
    """Whether it is shown usable at some time from now on; the past needs no look at what waits."""
    return any(
        is_usable(interval) and (interval.ends_at is None or interval.ends_at > now)
        for interval in intervals
    )


def within(interval: StoredInterval, since: datetime | None, until: datetime | None) -> bool:
    """Whether the interval has a moment in [since, until]."""
    begins_in_time = until is None or interval.starts_at <= until
    return begins_in_time and (
        since is None or interval.ends_at is None or interval.ends_at > since
    )
