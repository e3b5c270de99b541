"""Incoming: a record from Kafka, authenticated, decoded and keyed.

Place on the data's way: the first thing the worker does, once a record, outside of any transaction:
running a chunk again after a conflict does not decode it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Generic, TypeVar

from msgspec import Struct

from services.store.binary import storable
from streams.coalesce import Record
from streams.decode import Refusal, withheld
from streams.events import Event, NamelessEvent
from streams.instants import moment_of
from streams.keys import EventKind, Key, event_key
from streams.tags import ProducerKey, Signing, Tag, read_tag
from streams.vocabulary import Authentication

E = TypeVar("E", bound=Event)


class Incoming(Struct, Generic[E], frozen=True, gc=False):
    """An event that could be read, with everything that the store needs to know of it.

    A Struct, as is all that is made once a report: a tuple with names costs four times as much, a
    frozen dataclass sixteen times.
    """

    event: E
    key: Key
    raw: bytes
    content_hash: bytes
    authentication: Authentication
    key_id: str | None
    received_at: datetime
    record: Record
    hinted: bool = False
    """The record says that the gateway has stored the event; only the store knows."""
    stored: int = 0
    """Which version of the event the gateway has stored it as, found in the store; 0: it has not.
    Then authentication, key id and receipt are those of the stored version."""
    signing: Signing | None = None
    """The source's signature, from the record's headers; what it is worth the documents say
    (`vouch`)."""
    public_key: str | None = None
    """By which the signature was found good."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that is no event, with its reason; its bytes are kept, unless they are withheld."""

    refusal: Refusal
    raw: bytes
    received_at: datetime
    record: Record
    mission: str | None = None
    source: str | None = None
    event_id: str | None = None

    @property
    def content_hash(self) -> bytes:
        """SHA-256 of the bytes."""
        return sha256(self.raw).digest()

    @property
    def kept(self) -> bytes | None:
        """What the store keeps of the bytes; None: nothing (`streams.withhold`)."""
        return None if self.refusal.withheld else self.raw


def read_records(
    records: Iterable[Record],
    kind: EventKind,
    decode: Callable[[bytes], E | Refusal],
    keys: Mapping[str, ProducerKey],
) -> tuple[list[Incoming[E]], list[Refused]]:
    """Authenticate, decode and key a batch, in the order of the log."""
    incoming: list[Incoming[E]] = []
    refused: list[Refused] = []
    for record in records:
        raw = record.value or b""
        received_at = _instant(record.timestamp)
        event = decode(raw)
        if isinstance(event, Refusal):
            refused.append(Refused(event, raw, received_at, record))
            continue
        tag = read_tag(keys, record.headers, raw)
        mission, source = event.mission, event.source
        incoming.append(
            Incoming(
                event,
                event_key(kind, mission, source, event.id),
                raw,
                sha256(raw).digest(),
                tag.of(mission, source),
                _key_id(tag, event),
                received_at,
                record,
                tag.hinted,
                signing=tag.signing,
            )
        )
    return incoming, refused


def _key_id(tag: Tag, event: Event) -> str | None:
    """The key that the event names; what a stranger wrote there has to fit into a column.

    Beside an exchange or a movement a stranger writes nothing.
    """
    if tag.key is not None:
        return tag.key.id
    if tag.key_id is None or isinstance(event, NamelessEvent):
        return None
    return storable(tag.key_id)


def refuse(item: Incoming[E], refusal: Refusal) -> Refused:
    """Refuse an event that could be read, for what it says."""
    event = item.event
    if isinstance(event, NamelessEvent):
        return Refused(withheld(refusal), item.raw, item.received_at, item.record)
    return Refused(
        refusal, item.raw, item.received_at, item.record, event.mission, event.source, event.id
    )


def sift(
    incoming: Iterable[Incoming[E]], refusal_of: Callable[[E], Refusal | None]
) -> tuple[list[Incoming[E]], list[Refused]]:
    """Those that are taken in, and those that are refused for what they say."""
    accepted: list[Incoming[E]] = []
    refused: list[Refused] = []
    for item in incoming:
        refusal = refusal_of(item.event)
        if refusal is None:
            accepted.append(item)
        else:
            refused.append(refuse(item, refusal))
    return accepted, refused


@lru_cache(maxsize=1024)
def _instant(timestamp_ms: int) -> datetime:
    """LogAppendTime as an instant; many records of a batch share one.

    On a Kafka whose topics somebody else made it may be a producer's clock, and any number at all.
    """
    return moment_of(timestamp_ms * 1_000)
