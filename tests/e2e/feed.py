"""Feed: the load into Kafka, slice by slice, whatever happens to Kafka meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from kafka import KafkaProducer
from kafka.errors import KafkaError

from tests.e2e.load import Sending

FLUSH_S = 150.0
"""Longer than the client's own limit for one delivery."""


class Feed:
    """Sends slices as they are released; each is sent whole until Kafka has all of it.

    The client's producer is idempotent: within a source the order is kept. Where it gives up, the
    slice is sent again from its beginning, as a producer would that does not know what arrived.
    """

    def __init__(self, bootstrap: str, sendings: Sequence[Sending], slices: int) -> None:
        self._bootstrap = bootstrap
        size = -(-len(sendings) // slices)
        self._slices = [sendings[at : at + size] for at in range(0, len(sendings), size)]
        self._released = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self.slices_sent_again = 0
        self.failure: BaseException | None = None

    def start(self) -> None:
        """Start; nothing is sent before it is released."""
        self._thread.start()

    def release(self, slices: int = 1) -> None:
        """Let one more slice go, or some more."""
        self._released.release(slices)

    def finish(self, timeout_s: float) -> None:
        """Wait until Kafka has everything."""
        self._thread.join(timeout_s)
        if self.failure is not None:
            raise self.failure
        assert not self._thread.is_alive(), "Kafka did not take everything in time"

    def _run(self) -> None:
        try:
            producer = self._producer()
            for sendings in self._slices:
                self._released.acquire()
                while not _sent(producer, sendings):
                    self.slices_sent_again += 1
                    producer.close(timeout=1)
                    producer = self._producer()
            producer.close()
        except BaseException as error:  # noqa: BLE001 - told to whoever waits in `finish`
            self.failure = error

    def _producer(self) -> KafkaProducer:
        while True:
            try:
                return KafkaProducer(bootstrap_servers=self._bootstrap, acks="all", linger_ms=5)
            except KafkaError:  # it was killed just now: it comes back
                continue


def _sent(producer: KafkaProducer, sendings: Sequence[Sending]) -> bool:
    try:
        futures = [
            producer.send(it.topic, it.raw, key=it.key, headers=list(it.headers)) for it in sendings
        ]
        producer.flush(timeout=FLUSH_S)
    except KafkaError:  # it does not say what arrived: all of it goes again
        return False
    return all(future.succeeded() for future in futures)
