"""Timeline: what is shown of a corridor, to people and to programs.

    what is known → what waits is laid over it → shown

Place on the data's way: store → **timeline** → `truceline corridor`, GET /v1/corridors. Nobody is
told that a corridor can be used from now on while word of it may wait (`behind`). What was known at
an earlier instant is shown as it was known then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from services.behind import USABLE, is_behind, overlay
from services.lag import Lag
from services.store.engine import Connection
from services.store.generations import NOTHING_KNOWN, StoredInterval, known_intervals
from services.store.queries.corridors import CorridorName, availability

AskLag = Callable[[], Lag | None]
"""Tells what waits in Kafka; asked only where something would be shown usable."""


def state_now(
    conn: Connection, ask_lag: AskLag, name: CorridorName, now: datetime
) -> StoredInterval:
    """The corridor's state now."""
    found = availability(conn, name.mission, name.corridor_id, now, now) or NOTHING_KNOWN
    if found.state in USABLE and is_behind(conn, ask_lag(), name.mission, now):
        return overlay([found], now)[-1]
    return found


def timeline(
    conn: Connection,
    ask_lag: AskLag,
    name: CorridorName,
    now: datetime,
    known_at: datetime | None,
) -> list[StoredInterval]:
    """All intervals, as known at `known_at`, or now; what will be known later nobody knows."""
    known_at = min(known_at or now, now)
    intervals = known_intervals(conn, name.mission, name.corridor_id, known_at).intervals
    if (
        known_at == now
        and _usable_later(intervals, now)
        and is_behind(conn, ask_lag(), name.mission, now)
    ):
        return overlay(intervals, now)
    return intervals


def _usable_later(intervals: Sequence[StoredInterval], now: datetime) -> bool:
    """Whether it is shown usable at some time from now on; the past needs no look at what waits."""
    return any(
        interval.state in USABLE and (interval.ends_at is None or interval.ends_at > now)
        for interval in intervals
    )


def within(interval: StoredInterval, since: datetime | None, until: datetime | None) -> bool:
    """Whether the interval has a moment in [since, until]."""
    begins_in_time = until is None or interval.starts_at <= until
    return begins_in_time and (
        since is None or interval.ends_at is None or interval.ends_at > since
    )
