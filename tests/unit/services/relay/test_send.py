"""What Kafka has not acknowledged is not taken as sent, and a producer that gave up is replaced."""

from __future__ import annotations

from typing import cast

from kafka import KafkaProducer
from kafka.errors import KafkaTimeoutError

from services.relay.send import HEADERS, Sender
from services.store.outbox import Waiting
from streams.keys import Key

KEY = Key(bytes(16))
ROWS = [Waiting(1, number, KEY, "topic", b"m/s", b"%d" % number) for number in range(5)]


class FakeFuture:
    def __init__(self, *, kept: bool) -> None:
        self._kept = kept
        self.exception = None if kept else KafkaTimeoutError("lost")

    def succeeded(self) -> bool:
        return self._kept


class FakeKafka:
    """A Kafka that is away, gives up on producers, or loses some records."""

    def __init__(
        self, *, away: int = 0, gives_up: int = 0, loses: frozenset[bytes] = frozenset()
    ) -> None:
        self.away = away
        self.gives_up = gives_up
        self.loses = loses
        self.producers = 0
        self.kept: list[bytes] = []

    def producer(self, _bootstrap: str) -> KafkaProducer:
        if self.away:
            self.away -= 1
            raise KafkaTimeoutError("nobody there")
        self.producers += 1
        return cast("KafkaProducer", FakeProducer(self))


class FakeProducer:
    """A producer that, once it has given up, never sends again, as kafka-python's does."""

    def __init__(self, kafka: FakeKafka) -> None:
        self._kafka = kafka
        self._fatal = False

    def send(
        self, _topic: str, value: bytes, *, key: bytes, headers: list[tuple[str, bytes]]
    ) -> FakeFuture:
        assert (key, headers) == (b"m/s", HEADERS)
        if self._fatal or self._kafka.gives_up:
            self._kafka.gives_up -= not self._fatal
            self._fatal = True
            raise KafkaTimeoutError("in a fatal state")
        if value in self._kafka.loses:
            return FakeFuture(kept=False)
        self._kafka.kept.append(value)
        return FakeFuture(kept=True)

    def flush(self, timeout: float) -> None:
        assert timeout > 0

    def close(self, timeout: float) -> None:
        assert timeout == 0


def test_what_kafka_acknowledges_is_sent_in_order() -> None:
    kafka = FakeKafka()
    assert Sender("", make_producer=kafka.producer).send(ROWS) == ROWS
    assert kafka.kept == [row.raw for row in ROWS]


def test_while_kafka_is_away_nothing_is_sent_and_the_next_time_asks_again() -> None:
    kafka = FakeKafka(away=2)
    sender = Sender("", make_producer=kafka.producer)
    assert [len(sender.send(ROWS)) for _ in range(3)] == [0, 0, 5]


def test_a_producer_that_gave_up_is_replaced() -> None:
    kafka = FakeKafka(gives_up=2)
    sender = Sender("", make_producer=kafka.producer)
    assert [len(sender.send(ROWS)) for _ in range(4)] == [0, 0, 5, 5]
    assert kafka.producers == 3


def test_only_what_was_acknowledged_is_sent() -> None:
    kafka = FakeKafka(loses=frozenset({b"1", b"3"}))
    sender = Sender("", make_producer=kafka.producer)
    assert [row.id for row in sender.send(ROWS)] == [0, 2, 4]
    kafka.loses = frozenset()
    assert sender.send(ROWS[1:4:2]) == ROWS[1:4:2]
    assert kafka.producers == 2
