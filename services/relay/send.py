"""Send: messages of the outbox into Kafka; which of them Kafka has acknowledged.

Place on the data's way: the relay's middle. Records carry no tag but the hint that the gateway has
stored them; who vouches for them is read from the store, by the worker.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError

from services.relay.partition import RememberingPartitioner
from services.store.outbox import Waiting
from streams.tags import STORED_HEADER
from streams.topics import MAX_MESSAGE_BYTES

log = structlog.get_logger(__name__)

HEADERS: Final = [(STORED_HEADER, b"1")]
BATCH_BYTES: Final = 256 * 1024
"""Of one request and partition; a backlog goes in few requests, a single event still at once."""
LINGER_MS: Final = 100
"""Longer than handing a turn over takes: what it has goes out together, when it is flushed. Without
it the producer's own thread sends the first record of each partition in a request of its own."""
RECONNECT_MS: Final = 500
"""How often at least it is tried to reach a Kafka that was away; kafka-python's own pauses grow to
half a minute, which its return would have to wait for."""
REQUEST_TIMEOUT_MS: Final = 15_000
DELIVERY_TIMEOUT_MS: Final = 25_000
"""When the producer drops a record: before nobody waits for it any more."""
ANSWER_TIMEOUT_S: Final = 30.0
"""How long acknowledgements may take before the rows are sent again by another producer."""


def make_producer(bootstrap: str) -> KafkaProducer:
    """A producer that sends when it is flushed, in order, and hears of all replicas.

    Raises `KafkaError` when Kafka is away.
    """
    return KafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        linger_ms=LINGER_MS,
        batch_size=BATCH_BYTES,
        max_request_size=MAX_MESSAGE_BYTES,
        partitioner=RememberingPartitioner(),  # type: ignore[arg-type]  # stubs of an older one
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        delivery_timeout_ms=DELIVERY_TIMEOUT_MS,
        reconnect_backoff_max_ms=RECONNECT_MS,
        max_block_ms=int(ANSWER_TIMEOUT_S * 1000),
        metrics_enabled=False,  # nobody reads them, and each record and request is entered
    )


class Sender:
    """Sends with one idempotent producer, and makes another one when that has given up."""

    def __init__(
        self,
        bootstrap: str,
        *,
        make_producer: Callable[[str], KafkaProducer] = make_producer,
    ) -> None:
        self._bootstrap = bootstrap
        self._make_producer = make_producer
        self._producer: KafkaProducer | None = None

    def send(self, rows: Sequence[Waiting]) -> list[Waiting]:
        """Send rows in their order; those that Kafka has acknowledged, all of them if it is well.

        The others may have arrived or not. They stay in the outbox and are sent again: an event
        counts once however often it comes.
        """
        try:
            if self._producer is None:
                self._producer = self._make_producer(self._bootstrap)
            send = self._producer.send
            futures = [
                send(row.topic, row.raw, key=row.partition_key, headers=HEADERS) for row in rows
            ]
            self._producer.flush(timeout=ANSWER_TIMEOUT_S)
        except KafkaError as error:
            # Going on is safe: nothing is forgotten, all of it is sent again.
            self._give_up(len(rows), error)
            return []
        sent = [row for row, future in zip(rows, futures, strict=True) if future.succeeded()]
        if len(sent) < len(rows):
            failed = next(future for future in futures if not future.succeeded())
            self._give_up(len(rows) - len(sent), failed.exception)
        return sent

    def close(self) -> None:
        """Close the producer; what it has not sent stays in the outbox."""
        producer, self._producer = self._producer, None
        if producer is not None:
            # Going on is safe: what it still holds it drops when its time is over, or sends once
            # more, which counts once. It says so by an error where Kafka was away for long.
            with contextlib.suppress(KafkaError):
                producer.close(timeout=0)

    def _give_up(self, rows: int, error: BaseException | None) -> None:
        """An idempotent producer that gave up once refuses everything after: forget it."""
        log.warning("cannot send, retrying", rows=rows, error=repr(error))
        self.close()
