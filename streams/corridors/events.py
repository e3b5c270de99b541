"""What the corridor fold is fed: status events and the reports that touch a route.

Place on the data's way: decode, judge → **CorridorEvent** → corridors. The store keeps them as
bytes (`encode_event`), the fold is a function of their set, `events_digest` names that set.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from streams.events import CorridorStatus, Instant, Sha256Hex, Slug, Wire
from streams.instants import micros
from streams.vocabulary import Hazard


class Effect(StrEnum):
    """What a report on the route does to the corridor, by the report's current reading."""

    SUSPENDS = "suspends"
    """A violation with its region on the route."""
    IMPEDES = "impedes"
    """A possible violation there, or one that cannot be determined."""
    UNSETTLES = "unsettles"
    """A report that suspended or impeded and was withdrawn: the corridor must be seen again."""


class StatusEvent(Wire, frozen=True, kw_only=True, tag_field="event", tag="status"):
    """A corridor status as it reached us."""

    status: CorridorStatus
    received_at: Instant
    vouched: bool
    """Whether it counts as said by the source that it names (architecture.md, decision 10)."""
    content_hash: Sha256Hex
    """SHA-256 of the raw bytes: two hashes under one id are two versions."""
    public_key: str | None = None
    """Of the signature by which it is vouched for; None: something else vouches for it."""


class RouteEvent(Wire, frozen=True, kw_only=True, tag_field="event", tag="route"):
    """A report whose region touches the corridor's strip, by its current reading."""

    source: str
    id: str
    effect: Effect
    observed_from: Instant
    observed_to: Instant
    received_at: Instant
    segments: tuple[Slug, ...] = ()
    """The segments and crossing points that its region touches, sorted; empty: all of them, or
    nobody can tell which."""
    hazard: Hazard | None = None
    """Why, where it is no violation."""


CorridorEvent = StatusEvent | RouteEvent

_DECODER: msgspec.json.Decoder[CorridorEvent] = msgspec.json.Decoder(CorridorEvent)
_Key = tuple[str, str, str, int, int, bool, str]


def encode_event(event: CorridorEvent) -> bytes:
    """The event as JSON bytes, for the store."""
    return msgspec.json.encode(event)


def decode_event(raw: bytes) -> CorridorEvent:
    """The event that `encode_event` wrote; raises msgspec.ValidationError for anything else."""
    return _DECODER.decode(raw)


def ref_of(source: str, event_id: str) -> str:
    """How an event is named in causes: ``source/id``; a source's slug has no slash."""
    return f"{source}/{event_id}"


def first_receipts(events: Iterable[CorridorEvent]) -> list[CorridorEvent]:
    """The set of `events`: each content once, as it was first received; sorted, so of one order."""
    first: dict[_Key, tuple[int, CorridorEvent]] = {}
    for event in events:
        key, received = _key(event), micros(event.received_at)
        if key not in first or received < first[key][0]:
            first[key] = (received, event)
    return [first[key][1] for key in sorted(first)]


def events_digest(events: Iterable[CorridorEvent]) -> bytes:
    """SHA-256 (32 bytes) of the set of `events`: order and repetition change nothing."""
    rows = [(*_named(event), micros(event.received_at)) for event in first_receipts(events)]
    return hashlib.sha256(msgspec.json.encode(rows)).digest()


def latest_believable(received_at: datetime, skew_us: int) -> int:
    """No observation and no word can be from later than this, whatever it claims."""
    return micros(received_at) + skew_us


def _key(event: CorridorEvent) -> _Key:
    """All of an event except when it was received; instants as numbers, so no offset matters."""
    if isinstance(event, StatusEvent):
        status = event.status
        key = event.public_key or ""
        return (status.source, status.id, event.content_hash, 0, 0, event.vouched, key)
    seen = (micros(event.observed_from), micros(event.observed_to))
    where = " ".join((*event.segments, *([f"/{event.hazard}"] if event.hazard else ())))
    return (event.source, event.id, event.effect.value, *seen, True, where)


def _named(event: CorridorEvent) -> tuple[str | int, ...]:
    """As it is hashed: the key, segments and hazard only where there are any."""
    key = _key(event)
    return key if key[-1] else key[:-1]
