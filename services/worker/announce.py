"""Announce: every refused event on `truceline.rejected.v1`, for whoever sent it.

Place on the data's way: after the commit, before the acknowledgement; so at least once. The bytes
themselves stay in the store, whose row has the same key: an announcement may be read by many.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

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


class Announcer:
    """Sends rejections, waits for Kafka to have them, and retries for as long as it takes."""

    def __init__(self, bootstrap: str, alive: Callable[[], None]) -> None:
        self._bootstrap = bootstrap
        self._alive = alive
        self._producer: KafkaProducer | None = None

    def announce(self, refused: Iterable[Refused]) -> None:
        """Send all; returns when Kafka has acknowledged every one."""
        waiting = [_rejection(item) for item in refused]
        while waiting:
            try:
                waiting = self._send(waiting)
            except KafkaError as error:
                # Going on is safe: what was perhaps sent is sent again, under the same key.
                log.warning("cannot announce rejections, retrying", error=str(error))
                self._alive()
                time.sleep(WAIT_S)

    def _send(self, rejections: list[Rejection]) -> list[Rejection]:
        if self._producer is None:
            self._producer = KafkaProducer(bootstrap_servers=self._bootstrap, linger_ms=0)
        futures = [
            self._producer.send(TopicName.REJECTED, msgspec.json.encode(item), key=item.key.bytes)
            for item in rejections
        ]
        self._producer.flush(timeout=SEND_TIMEOUT_S)
        return [
            item for item, future in zip(rejections, futures, strict=True) if not future.succeeded()
        ]


def _rejection(item: Refused) -> Rejection:
    record = item.record
    return Rejection(
        key=rejected_key(record.topic, item.raw),
        reason=item.refusal.reason.value,
        message=item.refusal.message,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        size_bytes=len(item.raw),
        mission=item.mission,
        source=item.source,
        id=item.event_id,
    )
