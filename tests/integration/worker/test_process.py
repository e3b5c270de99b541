"""The whole processor, bytes to committed and announced, with a real Kafka to announce on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest
from kafka import KafkaConsumer, TopicPartition

from services.make_topics import make_topics
from services.store.engine import connect
from services.worker.process import make_processors
from services.worker.record import Record, make_tally
from streams.keys import rejected_key
from streams.rejection import Rejection
from streams.topics import TopicName
from tests.integration.worker.ground import opened, report
from tests.integration.worker.records import KEYS, Entry, log_of, message, said
from tests.integration.worker.stored import one, rows, states, verdicts
from tests.integration.worker.test_rejections import POISON

RECORD = Record(make_tally())


class Announced:
    """What is announced from now on."""

    def __init__(self, bootstrap: str) -> None:
        self._consumer = KafkaConsumer(bootstrap_servers=bootstrap)
        deadline = time.monotonic() + 30
        while TopicName.REJECTED not in self._consumer.topics():  # made a moment ago
            assert time.monotonic() < deadline, "the topic is not there"
            time.sleep(0.05)
        partition = TopicPartition(TopicName.REJECTED, 0)
        self._consumer.assign([partition])
        self._consumer.seek_to_end(partition)
        self._consumer.position(partition)

    def take(self, count: int) -> list[tuple[bytes, Rejection]]:
        """Wait for so many; then there must be no more."""
        found: list[tuple[bytes, Rejection]] = []
        while len(found) < count:
            polled = self._consumer.poll(timeout_ms=10_000)
            assert polled, f"{len(found)} of {count} were announced"
            for records in polled.values():
                found += [(r.key, msgspec.json.decode(r.value, type=Rejection)) for r in records]
        assert not self._consumer.poll(timeout_ms=200)
        return found

    def close(self) -> None:
        """Close the consumer."""
        self._consumer.close()


@pytest.fixture
def announced(kafka_bootstrap: str) -> Iterator[Announced]:
    make_topics(kafka_bootstrap)
    with closing(Announced(kafka_bootstrap)) as made:
        yield made


def mixed_log() -> list[Entry]:
    """Every poison between sound reports."""
    messages = [said(report("first"))]
    for number, (raw, _) in enumerate(POISON.values()):
        messages += [message(raw), said(report(f"r-{number}"))]
    return log_of([*messages, message(b""), said(report("lost", mission="nowhere"))])


def test_a_batch_of_poison_is_stored_announced_and_left_behind(
    fresh_url: str, kafka_bootstrap: str, announced: Announced
) -> None:
    (reports, *_), _, _ = make_processors(fresh_url, kafka_bootstrap, KEYS, lambda: None, RECORD)
    log = mixed_log()
    reports(list(log))
    told = announced.take(len(POISON) + 2)
    with connect(fresh_url) as conn:
        stored = rows(conn, "SELECT key, reason, length(raw) FROM rejected ORDER BY record_offset")
        assert [(it.key.bytes, it.reason, it.size_bytes) for _, it in told] == stored
        assert len(verdicts(conn)) == len(POISON) + 1
    assert [key for key, _ in told] == [row[0] for row in stored]
    lost = told[-1][1]
    assert (lost.mission, lost.source, lost.id) == ("nowhere", "patrol-1", "lost")
    assert lost.key.bytes == rejected_key(TopicName.REPORTS, log[-1].value or b"")


def test_a_batch_that_comes_again_is_announced_again_and_stored_once(
    fresh_url: str, kafka_bootstrap: str, announced: Announced
) -> None:
    # A crash between the commit and the announcement must not lose it: at least once.
    (reports, *_), _, _ = make_processors(fresh_url, kafka_bootstrap, KEYS, lambda: None, RECORD)
    log = log_of([message(b"no json"), said(report("r"))])
    for _ in range(2):
        reports(list(log))
    assert len({it.key for _, it in announced.take(2)}) == 1
    with connect(fresh_url) as conn:
        assert one(conn, "SELECT count(*) FROM rejected") == 1


def test_statuses_have_a_processor_of_their_own(
    fresh_url: str, kafka_bootstrap: str, announced: Announced
) -> None:
    _, statuses, _ = make_processors(fresh_url, kafka_bootstrap, KEYS, lambda: None, RECORD)
    statuses(list(log_of([message(b"no", topic=TopicName.CORRIDOR_STATUS), said(opened("s", 1))])))
    assert announced.take(1)[0][1].topic == TopicName.CORRIDOR_STATUS
    with connect(fresh_url) as conn:
        assert ("open", "open_by_status") in states(conn)
