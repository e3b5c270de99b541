"""Behind: what is told of a corridor where events wait, or waited, that the store does not know.

    who looks in time notes it → stretches in which nothing waited too long → laid over what is told

Place on the data's way: between the store and whoever asks what can be used, or could. While
something waits unassessed for longer than the methodology allows, nobody is told that a corridor
can be used: it may be about that corridor (domain.md, "Corridor"). What is closed stays closed.
Every corridor of the mission is affected, wherever the waiting report says that it happened: a
place is known once it is judged, and the news of the next road stands in the same queue.

What was received before some instant was judged when somebody looked: so nothing waits for too long
until what is allowed has passed from then on. Until then the store has a stretch (`kept_up`), and
whoever asks as of an instant outside of all stretches is told that the system was behind: at once,
or in ten years, the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from kafka.errors import KafkaError
from msgspec.structs import replace

from services.lag import Lag, measure_lag
from services.settings import Settings
from services.store.engine import Connection
from services.store.generations import StoredInterval
from services.store.shown import seen_as_of
from streams.corridors.divided import PartState
from streams.vocabulary import Availability

SYSTEM_BEHIND = "system_behind"
"""The cause that everybody sees then."""
USABLE = frozenset({Availability.OPEN, Availability.IMPEDED})
"""The states that somebody might travel on."""


def is_usable(interval: StoredInterval) -> bool:
    """Whether somebody might travel on the corridor, or on a part of it."""
    return interval.state in USABLE or any(part.state in USABLE for part in interval.parts)


AskLag = Callable[[], Lag | None]
"""Tells what waits in Kafka; None: nobody knows."""


def ask_lag(settings: Settings) -> Lag | None:
    """What waits in Kafka; None: nobody knows, for want of an address or of an answer."""
    if settings.kafka_bootstrap is None:
        return None
    try:
        return measure_lag(settings.kafka_bootstrap, settings.worker_group)
    except KafkaError:
        return None  # safe: who does not know notes nothing, and what is noted ends by itself


def as_of(conn: Connection, ask_lag: AskLag, mission: str) -> datetime:
    """The instant as of which a question about the mission's corridors is answered: now.

    Whether the system is behind is found out first, where that is not known already.

    Args:
        conn: between transactions, and one that may write; each statement is committed.
        ask_lag: asked only where need be.
        mission: the corridors'.
    """
    now = _committed(conn, seen_as_of, mission)
    if not is_behind(conn, mission, now):
        _end(conn)
        return now
    _end(conn)
    note_kept_up(conn, ask_lag(), [mission])
    return _committed(conn, seen_as_of, mission)


def note_kept_up(conn: Connection, lag: Lag | None, missions: Iterable[str]) -> None:
    """Note until when nothing of these missions waits too long, by what waits now.

    Each is committed by itself: who asks about it waits until then. Whoever does not know what
    waits notes nothing.
    """
    judged = judged_in_kafka(lag, datetime.now(UTC))
    if judged is None:
        return
    for mission in missions:
        conn.execute("SELECT note_kept_up(%s, %s)", [mission, judged])
        _end(conn)


def missions_to_keep_up(conn: Connection) -> list[str]:
    """All that have a methodology, whoever asks."""
    return [mission for (mission,) in conn.execute("SELECT missions_to_keep_up()")]


def judged_in_kafka(lag: Lag | None, now: datetime) -> datetime | None:
    """All that came into Kafka before that is judged; None: nobody knows."""
    if lag is None or lag.missing:
        return None
    began = lag.began_at or now
    if not lag.waiting:
        return began
    return None if lag.oldest_s is None else began - timedelta(seconds=lag.oldest_s)


def is_behind(conn: Connection, mission: str, known_at: datetime) -> bool:
    """Whether something waited longer than the mission's methodology allowed, or nobody knew.

    Of an instant that `as_of` gave, or an earlier one; the answer is the same at any time.
    """
    row = conn.execute("SELECT is_kept_up(%s, %s)", [mission, known_at]).fetchone()
    return row is None or not row[0]


def _committed(conn: Connection, ask: Callable[[Connection, str], datetime], of: str) -> datetime:
    found = ask(conn, of)
    _end(conn)
    return found


def _end(conn: Connection) -> None:
    """Let go of the mission's lock, where the connection does not by itself."""
    if not conn.autocommit:
        conn.commit()


def overlay(intervals: Sequence[StoredInterval], now: datetime) -> list[StoredInterval]:
    """The intervals with everything usable from `now` on made unknown; the past stays as it was."""
    shown: list[StoredInterval] = []
    for interval in intervals:
        ends_later = interval.ends_at is None or interval.ends_at > now
        if not ends_later or not is_usable(interval):
            shown.append(interval)
            continue
        if interval.starts_at < now:
            shown.append(interval._replace(ends_at=now))
        later = interval._replace(
            starts_at=max(interval.starts_at, now), parts=tuple(map(_behind, interval.parts))
        )
        if interval.state in USABLE:
            later = later._replace(**_UNKNOWN, cause_events=(), parts=())
        shown.append(later)
    return shown


_UNKNOWN: Final[dict[str, Any]] = {
    "state": Availability.UNKNOWN,
    "cause": SYSTEM_BEHIND,
    "not_valid_after": None,
}


def _behind(part: PartState) -> PartState:
    return replace(part, **_UNKNOWN, causes=()) if part.state in USABLE else part
