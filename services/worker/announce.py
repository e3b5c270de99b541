"""Announce: every refused event on `truceline.rejected.v1`, for whoever sent it.

Place on the data's way: after the commit, before the acknowledgement; so at least once. The bytes
themselves stay in the store, whose row has the same key: an announcement may be read by many.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from uuid import UUID

import msgspec
import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError

from services.worker.incoming import Refused
from streams.keys import rejected_key
from streams.rejection import Rejection
from streams.topics import TopicName

log = structlog.get_logger(__name__)

SEND_TIMEOUT_S = 30.0
WAIT_S = 1.0


def make_producer(bootstrap: str) -> KafkaProducer:
    """A producer that sends at once. Raises `KafkaError` when Kafka is away."""
    return KafkaProducer(bootstrap_servers=bootstrap, linger_ms=0)


class Announcer:
    """Sends rejections, waits for Kafka to have them, and retries for as long as it takes."""

    def __init__(
        self,
        bootstrap: str,
        alive: Callable[[], None],
        *,
        make_producer: Callable[[str], KafkaProducer] = make_producer,
        wait_s: float = WAIT_S,
    ) -> None:
        self._bootstrap = bootstrap
        self._alive = alive
        self._make_producer = make_producer
        self._wait_s = wait_s
        self._producer: KafkaProducer | None = None

    def announce(self, refused: Iterable[Refused]) -> None:
        """Send all; returns when Kafka has acknowledged every one."""
        waiting = [_rejection(item) for item in refused]
        while waiting:
            waiting, error = self._send(waiting)
            if waiting:
                # Going on is safe: what was perhaps sent is sent again, under the same key.
                log.warning("cannot announce rejections, retrying", error=str(error))
                self._forget_producer()
                self._alive()
                time.sleep(self._wait_s)

    def _send(self, rejections: list[Rejection]) -> tuple[list[Rejection], BaseException | None]:
        """Send them; those that Kafka may not have, and why."""
        try:
            if self._producer is None:
                self._producer = self._make_producer(self._bootstrap)
            send = self._producer.send
            futures = [
                send(TopicName.REJECTED, msgspec.json.encode(item), key=item.key.bytes)
                for item in rejections
            ]
            self._producer.flush(timeout=SEND_TIMEOUT_S)
        except KafkaError as error:
            return rejections, error
        failed = [pair for pair in zip(rejections, futures, strict=True) if not pair[1].succeeded()]
        return [item for item, _ in failed], failed[0][1].exception if failed else None

    def _forget_producer(self) -> None:
        """An idempotent producer that gave up once refuses everything after: make a new one."""
        if self._producer is not None:
            self._producer.close(timeout=0)
            self._producer = None


def _rejection(item: Refused) -> Rejection:
    record = item.record
    return Rejection(
        key=UUID(bytes=rejected_key(record.topic, item.raw)),
        reason=item.refusal.reason.value,
        message=item.refusal.message,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        size_bytes=None if item.kept is None else len(item.kept),
        mission=item.mission,
        source=item.source,
        id=item.event_id,
    )
