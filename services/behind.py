"""Behind: what the store says of a corridor, where events wait that it does not know yet.

Place on the data's way: between the store and whoever asks about now or later. While something
waits unassessed for longer than the methodology allows, nobody is told that a corridor can be used:
it may be about that corridor (domain.md, "Corridor"). What is closed stays closed. Every corridor
of the mission is affected, wherever the waiting report says that it happened: a place is known once
it is judged, and the news of the next road stands in the same queue.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from kafka.errors import KafkaError
from msgspec.structs import replace

from services.lag import Lag, measure_lag
from services.settings import Settings
from services.store.documents import methodologies
from services.store.engine import Connection
from services.store.generations import StoredInterval
from services.store.unjudged import waits_unjudged
from streams.corridors.divided import PartState
from streams.vocabulary import Availability

SYSTEM_BEHIND = "system_behind"
"""The cause that everybody sees then."""
USABLE = frozenset({Availability.OPEN, Availability.IMPEDED})
"""The states that somebody might travel on."""


def is_usable(interval: StoredInterval) -> bool:
    """Whether somebody might travel on the corridor, or on a part of it."""
    return interval.state in USABLE or any(part.state in USABLE for part in interval.parts)


def ask_lag(settings: Settings) -> Lag | None:
    """What waits in Kafka; None: nobody knows, for want of an address or of an answer."""
    if settings.kafka_bootstrap is None:
        return None
    try:
        return measure_lag(settings.kafka_bootstrap, settings.worker_group)
    except KafkaError:
        return None  # safe: who does not know is behind


def is_behind(conn: Connection, lag: Lag | None, mission: str, now: datetime) -> bool:
    """Whether something waits longer than the mission's methodology allows, as far as we can tell.

    In Kafka, or stored by the gateway and not judged. What nobody knows is behind as well, never a
    reason to show a corridor open.
    """
    allowed_s = _allowed_s(conn, mission)
    return _waits_in_kafka(lag, allowed_s) or waits_unjudged(
        conn, mission, now - timedelta(seconds=allowed_s)
    )


def _waits_in_kafka(lag: Lag | None, allowed_s: float) -> bool:
    if lag is None:
        return True
    if not lag.waiting:
        return bool(lag.missing)
    return lag.oldest_s is None or lag.oldest_s > allowed_s


def _allowed_s(conn: Connection, mission: str) -> float:
    newest = methodologies(conn, mission)[-1:]
    return newest[0].corridor.unassessed_after_s if newest else 0.0


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
