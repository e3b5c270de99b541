"""Records as Kafka hands them over, made by hand: no Kafka is needed to drive the worker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple

import msgspec

from streams.events import CorridorStatus, Event, Report
from streams.tags import STORED_HEADER, ProducerKey, make_tag
from streams.topics import TopicName

RECEIVED = datetime(2026, 3, 3, 12, tzinfo=UTC)
"""When the first record of a log was received; a day after everything was observed."""

LOCAL = ProducerKey("local", b"\1" * 32, None, frozenset())
ELSEWHERE = ProducerKey("elsewhere", b"\2" * 32, None, frozenset({"somebody-else"}))
FORGED = ProducerKey("local", b"\3" * 32, None, frozenset())
"""Says it is `local`, and does not know its secret."""
STRANGER = ProducerKey("stranger", b"\4" * 32, None, frozenset())
KEYS = {key.id: key for key in (LOCAL, ELSEWHERE)}


class Voucher(Enum):
    """Who vouches for an event."""

    LOCAL = LOCAL
    NOBODY = None
    FORGED = FORGED
    STRANGER = STRANGER
    ELSEWHERE = ELSEWHERE


class Message(NamedTuple):
    """What a producer sends."""

    topic: TopicName
    raw: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of a log."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


def topic_of(event: Event) -> TopicName:
    """The topic that an event goes to."""
    if isinstance(event, Report):
        return TopicName.REPORTS
    return TopicName.CORRIDOR_STATUS if isinstance(event, CorridorStatus) else TopicName.CONTEXT


def said(event: Event, by: Voucher = Voucher.LOCAL) -> Message:
    """An event as a message, vouched for by somebody."""
    return message(msgspec.json.encode(event), by, topic_of(event))


def message(
    raw: bytes, by: Voucher = Voucher.LOCAL, topic: TopicName = TopicName.REPORTS
) -> Message:
    """Any bytes as a message."""
    return Message(topic, raw, tuple(make_tag(by.value, raw)) if by.value else ())


def relayed(event: Event) -> Message:
    """An event as the relay sends it: no tag, and the hint that the gateway has stored it."""
    return said(event, Voucher.NOBODY)._replace(headers=((STORED_HEADER, b"1"),))


def log_of(messages: Iterable[Message], since: datetime = RECEIVED) -> list[Entry]:
    """The log that these messages make, one a second."""
    return [
        Entry(
            topic=item.topic,
            partition=0,
            offset=offset,
            timestamp=round((since + timedelta(seconds=offset)).timestamp() * 1000),
            key=None,
            value=item.raw,
            headers=item.headers,
        )
        for offset, item in enumerate(messages)
    ]
