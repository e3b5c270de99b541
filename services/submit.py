"""Submit: events into Kafka, tagged, in order within a source.

Place on the data's way: where a producer on our side begins. What Kafka has acknowledged is kept
there on all replicas; a crash before that means the file is submitted again, and counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, NamedTuple, Self

import msgspec
from kafka import KafkaProducer
from kafka.producer.future import FutureRecordMetadata
from msgspec import UNSET, Struct, UnsetType

from streams.decode import Refusal, decode_context, decode_report, decode_status
from streams.events import Event
from streams.topics import MAX_MESSAGE_BYTES, TopicName, partition_key

FLUSH_TIMEOUT_S = 60.0
ANSWER_TIMEOUT_S = 10
"""How long Kafka may say nothing before we say so."""
IN_FLIGHT = 20_000
"""Sent and not yet acknowledged, at most: what a file may hold is not what memory may hold."""


class Outcome(NamedTuple):
    """What became of one event."""

    sent: bool
    refusal: Refusal | None


class Decision(NamedTuple):
    """Where an event goes, and what would be said of it there."""

    topic: TopicName
    key: bytes
    """One source, one partition: a correction never overtakes what it corrects."""
    refusal: Refusal | None


def decision_of(raw: bytes) -> Decision:
    """Look at an event as a worker would; its topic is that of what it is meant as."""
    shape = shape_of(raw)
    event = _DECODE[shape.topic](raw)
    return Decision(
        topic=shape.topic,
        key=partition_key(str(shape.mission), str(shape.source)),
        refusal=event if isinstance(event, Refusal) else None,
    )


class Shape(Struct):
    """The little that tells a status or a context event from a report, and whose it is."""

    event: msgspec.Raw | UnsetType = UNSET
    kind: msgspec.Raw | UnsetType = UNSET
    corridor: msgspec.Raw | UnsetType = UNSET
    status: msgspec.Raw | UnsetType = UNSET
    mission: object = ""
    source: object = ""

    @property
    def topic(self) -> TopicName:
        """The topic of what it is meant as: a report always says its kind.

        A report may carry fields that we do not know, `corridor` and `event` among them.
        """
        if self.kind is not UNSET:
            return TopicName.REPORTS
        if self.event is not UNSET:
            return TopicName.CONTEXT
        is_status = self.corridor is not UNSET or self.status is not UNSET
        return TopicName.CORRIDOR_STATUS if is_status else TopicName.REPORTS


_DECODE: Final[Mapping[TopicName, Callable[[bytes], Event | Refusal]]] = {
    TopicName.REPORTS: decode_report,
    TopicName.CORRIDOR_STATUS: decode_status,
    TopicName.CONTEXT: decode_context,
}


Vouch = Callable[[bytes], list[tuple[str, bytes]]]
"""The headers that vouch for an event's bytes."""


class Submitter:
    """Sends events; `flush` says how many Kafka has. A context manager."""

    def __init__(self, bootstrap: str, vouch: Vouch | None, *, unchecked: bool = False) -> None:
        self._vouch = vouch
        self._unchecked = unchecked
        self._waiting: list[FutureRecordMetadata] = []
        self._sent = 0
        self._producer = KafkaProducer(
            bootstrap_servers=bootstrap,
            acks="all",
            linger_ms=20,
            max_request_size=MAX_MESSAGE_BYTES,
            bootstrap_timeout_ms=ANSWER_TIMEOUT_S * 1000,
            max_block_ms=ANSWER_TIMEOUT_S * 1000,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # After an error nobody waits for the rest: the file is submitted again, and counts once.
        self._producer.close(timeout=FLUSH_TIMEOUT_S if error is None else 0)

    def submit(self, raw: bytes) -> Outcome:
        """Send one event unless it would be refused; of what is withheld Kafka gets nothing.

        Raises:
            kafka.errors.KafkaError: Kafka does not answer.
        """
        decision = decision_of(raw)
        refusal = decision.refusal
        if refusal is not None and (refusal.withheld or not self._unchecked):
            return Outcome(sent=False, refusal=refusal)
        headers = self._vouch(raw) if self._vouch else []
        self._waiting.append(
            self._producer.send(decision.topic, raw, key=decision.key, headers=headers)
        )
        if len(self._waiting) >= IN_FLIGHT:
            self.flush()
        return Outcome(sent=True, refusal=refusal)

    def flush(self) -> int:
        """Wait until Kafka has everything; how many events it has.

        Raises:
            kafka.errors.KafkaError: one of them could not be sent.
        """
        self._producer.flush(timeout=FLUSH_TIMEOUT_S)
        for future in self._waiting:
            future.get(timeout=FLUSH_TIMEOUT_S)  # type: ignore[no-untyped-call]  # no types there
        self._sent += len(self._waiting)
        self._waiting.clear()
        return self._sent


_SHAPE = msgspec.json.Decoder(Shape)


def shape_of(raw: bytes) -> Shape:
    """What an event is meant as; bytes that are no JSON object have no shape."""
    try:
        return _SHAPE.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Shape()  # it is nothing we can read: sent unchecked, it is refused as a report
