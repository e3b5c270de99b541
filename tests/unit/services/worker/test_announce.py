"""Rejections are announced at least once, whatever the producer does."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from kafka import KafkaProducer
from kafka.errors import KafkaConnectionError, KafkaTimeoutError

from services.worker.announce import Announcer
from services.worker.incoming import Refused
from streams.decode import Reason, Refusal
from tests.unit.services.worker.incoming_events import RECEIVED, entry


class FakeFuture:
    """What became of one record."""

    def __init__(self, *, kept: bool) -> None:
        self._kept = kept
        self.exception = None if kept else KafkaTimeoutError("expired")

    def succeeded(self) -> bool:
        return self._kept


class FakeKafka:
    """Keeps what it is sent, after as many failures of each kind as it is told."""

    def __init__(self, *, away: int = 0, gives_up: int = 0, loses: int = 0) -> None:
        self.away, self.gives_up, self.loses = away, gives_up, loses
        self.kept: list[bytes] = []
        self.producers = 0

    def producer(self, _bootstrap: str) -> KafkaProducer:
        if self.away:
            self.away -= 1
            raise KafkaConnectionError("nobody there")
        self.producers += 1
        return cast("KafkaProducer", FakeProducer(self))


class FakeProducer:
    """A producer that, once it has given up, never sends again, as kafka-python's does."""

    def __init__(self, kafka: FakeKafka) -> None:
        self._kafka = kafka
        self._fatal = False

    def send(self, _topic: str, _value: bytes, *, key: bytes) -> FakeFuture:
        if self._fatal or self._kafka.gives_up:
            self._kafka.gives_up -= not self._fatal
            self._fatal = True
            raise KafkaTimeoutError("in a fatal state")
        if self._kafka.loses:
            self._kafka.loses -= 1
            return FakeFuture(kept=False)
        self._kafka.kept.append(key)
        return FakeFuture(kept=True)

    def flush(self, timeout: float) -> None:
        assert timeout > 0

    def close(self, timeout: float) -> None:
        assert timeout == 0


def refused(number: int) -> Refused:
    record = entry(b"%d" % number, number)
    return Refused(Refusal(Reason.MALFORMED_JSON, "no"), record.value or b"", RECEIVED, record)


def announced(kafka: FakeKafka, count: int, beat: Callable[[], None] = lambda: None) -> int:
    """Announce so many; how many different ones Kafka has."""
    announcer = Announcer("", beat, make_producer=kafka.producer, wait_s=0)
    announcer.announce([refused(number) for number in range(count)])
    return len(set(kafka.kept))


def test_nothing_refused_needs_no_kafka() -> None:
    kafka = FakeKafka(away=1)
    assert announced(kafka, 0) == 0
    assert kafka.producers == 0


def test_kafka_away_is_waited_for_with_signs_of_life() -> None:
    beats: list[int] = []
    assert announced(FakeKafka(away=3), 2, lambda: beats.append(1)) == 2
    assert len(beats) == 3


def test_a_producer_that_gave_up_is_replaced() -> None:
    kafka = FakeKafka(gives_up=2)
    assert announced(kafka, 3) == 3
    assert kafka.producers == 3


def test_only_what_kafka_did_not_keep_is_sent_again() -> None:
    kafka = FakeKafka(loses=2)
    assert announced(kafka, 5) == 5
    assert len(kafka.kept) == 5
