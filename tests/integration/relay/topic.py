"""The tail of the topics: what comes in after a test has begun."""

from __future__ import annotations

import time

import msgspec
from kafka import KafkaConsumer, TopicPartition

from streams.topics import TopicName
from tests.integration.worker.records import Entry

TOPICS = (TopicName.REPORTS, TopicName.CORRIDOR_STATUS, TopicName.CONTEXT)
PATIENCE_S = 30.0


def id_of(record: Entry) -> str:
    """The id that the event of a record names."""
    assert record.value is not None
    return str(msgspec.json.decode(record.value)["id"])


class Tail:
    """Reads the topics of events from where they end now."""

    def __init__(self, bootstrap: str) -> None:
        self._consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
        partitions = [
            TopicPartition(topic, number)
            for topic in TOPICS
            for number in self._consumer.partitions_for_topic(topic) or ()
        ]
        self._consumer.assign(partitions)
        self._consumer.seek_to_end(*partitions)
        for partition in partitions:
            self._consumer.position(partition)
        self.arrived: list[Entry] = []

    def take(self, different: int, *, quiet_s: float = 0.5) -> list[Entry]:
        """Wait for so many different records, then until none comes any more; all of them."""
        deadline = time.monotonic() + PATIENCE_S
        while len({record.value for record in self.arrived}) < different:
            assert time.monotonic() < deadline, f"{len(self.arrived)} of {different} came"
            self._poll(0.2)
        while self._poll(quiet_s):
            pass
        return self.arrived

    def _poll(self, patience_s: float) -> int:
        polled = self._consumer.poll(timeout_ms=int(patience_s * 1000))
        records = [record for batch in polled.values() for record in batch]
        self.arrived += [
            Entry(
                r.topic, r.partition, r.offset, r.timestamp, r.key, r.value, tuple(r.headers or ())
            )
            for r in records
        ]
        return len(records)

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()


def firsts(arrived: list[Entry]) -> dict[bytes | None, list[str]]:
    """Of each Kafka key, the ids in the order in which each first came."""
    order: dict[bytes | None, dict[str, None]] = {}
    for record in sorted(arrived, key=lambda it: (it.topic, it.partition, it.offset)):
        order.setdefault(record.key, {}).setdefault(id_of(record))
    return {key: list(ids) for key, ids in order.items()}
