"""Lag: what waits in Kafka for the workers, since when, and how many workers there are.

Place on the data's way: beside it, for `truceline status`, and for who must not run ahead of it:
the relays' leader and the timer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec

from services.store.instants import SINCE_EVER
from streams.topics import TopicName

CONSUMED: Final = (TopicName.REPORTS, TopicName.CORRIDOR_STATUS, TopicName.CONTEXT)
ANSWER_MS: Final = 10_000
"""How long Kafka may say nothing before we say so."""
LOOK_S: Final = 2.0
"""How long to look for the oldest waiting events; a figure is not worth more."""
FETCH_BYTES: Final = 1
"""Kafka gives one record at least, however large; more are not wanted."""


@dataclass(frozen=True, slots=True)
class Lag:
    """What waits, at one moment."""

    waiting: int
    """Events that no worker has committed yet."""
    workers: int
    """Members of the consumer group."""
    oldest_s: float | None
    """Seconds since the oldest of them came in; None: nothing waits, or it is not known."""
    missing: tuple[str, ...]
    """Topics that are not there."""
    by_topic: Mapping[str, int] = field(default_factory=dict)
    """What waits in each."""
    began_at: datetime | None = None
    """When asking began: what came in later may wait as well; None: just now."""


Waiting = Callable[[datetime], datetime | None]
"""Since when the oldest event waits in Kafka for a worker, given what the time is; None: none."""


def oldest_in_kafka(bootstrap: str, group: str) -> Waiting:
    """Ask Kafka since when its oldest unread event waits.

    The function raises `KafkaError` where Kafka does not answer.
    """

    def ask(now: datetime) -> datetime | None:
        lag = measure_lag(bootstrap, group)
        if not lag.waiting:
            return None
        return SINCE_EVER if lag.oldest_s is None else now - timedelta(seconds=lag.oldest_s)

    return ask


def measure_lag(bootstrap: str, group: str) -> Lag:
    """Ask Kafka.

    Raises:
        kafka.errors.KafkaError: it does not answer.
    """
    began_at = datetime.now(UTC)
    admin = KafkaAdminClient(bootstrap_servers=bootstrap, bootstrap_timeout_ms=ANSWER_MS)
    try:
        present = set(admin.list_topics())
        partitions = _partitions(admin, [topic for topic in CONSUMED if topic in present])
        ends = _offsets(admin, partitions, OffsetSpec.LATEST)
        begins = _offsets(admin, partitions, OffsetSpec.EARLIEST)
        read = admin.list_group_offsets(group).get(group, {})  # type: ignore[no-untyped-call]
        members = admin.describe_groups([group]).get(group, {}).get("members") or ()
    finally:
        admin.close()
    next_of = {tp: read[tp].offset if tp in read else begins[tp] for tp in partitions}
    late = {tp: offset for tp, offset in next_of.items() if offset < ends[tp]}
    return Lag(
        waiting=sum(ends[tp] - offset for tp, offset in late.items()),
        workers=len(members),
        oldest_s=_oldest_s(bootstrap, late),
        missing=tuple(topic for topic in CONSUMED if topic not in present),
        by_topic={
            topic.value: sum(ends[tp] - offset for tp, offset in late.items() if tp.topic == topic)
            for topic in CONSUMED
        },
        began_at=began_at,
    )


def _partitions(admin: KafkaAdminClient, topics: list[TopicName]) -> list[TopicPartition]:
    return [
        TopicPartition(topic["name"], partition["partition_index"])
        for topic in (admin.describe_topics(topics) if topics else ())
        for partition in topic["partitions"]
    ]


def _offsets(
    admin: KafkaAdminClient, partitions: Iterable[TopicPartition], spec: OffsetSpec
) -> dict[TopicPartition, int]:
    asked = dict.fromkeys(partitions, spec)
    if not asked:
        return {}
    return {tp: found.offset for tp, found in admin.list_partition_offsets(asked).items()}


def _oldest_s(bootstrap: str, late: dict[TopicPartition, int]) -> float | None:
    """Age of the oldest event that waits, by the broker's clock at its receipt and ours now."""
    if not late:
        return None
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    try:
        consumer.assign(list(late))
        for tp, offset in late.items():
            consumer.seek(tp, offset)
        received = _first_timestamps(consumer, set(late))
    finally:
        consumer.close()
    return max(0.0, time.time() - min(received) / 1000) if received else None


def _first_timestamps(consumer: KafkaConsumer, wanted: set[TopicPartition]) -> list[int]:
    """When the first unread record of each partition came in, in ms; those that came in time."""
    found: list[int] = []
    deadline = time.monotonic() + LOOK_S
    while wanted and time.monotonic() < deadline:
        for tp, records in consumer.poll(timeout_ms=200).items():
            found.append(records[0].timestamp)
            wanted.discard(tp)
            consumer.pause(tp)
    return found
