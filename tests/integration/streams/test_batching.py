"""The chunked transport and the coalescing writer on a real Kafka, in processes of their own."""

import random
import signal
import statistics
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from streams.batching import EXIT_STALLED
from streams.coalesce import EXIT_PROCESS_FAILED
from tests.integration.streams.group import Group


@pytest.fixture
def group(kafka_bootstrap: str, tmp_path: Path) -> Iterator[Group]:
    group = Group(kafka_bootstrap, tmp_path)
    group.create_topic()
    yield group
    group.stop()


def test_every_record_arrives_though_workers_are_killed(group: Group) -> None:
    rng = random.Random(20150212)
    slow = ("--cost-us", "500")
    alive = [group.start_worker(*slow), group.start_worker(*slow)]
    group.produce(40_000)
    group.until(lambda: len(group.seen()) > 1_000)
    for victims in ((0,), (0, 1), (1,)):
        time.sleep(rng.uniform(0.2, 1.5))
        before = len(group.seen())
        assert before < 40_000, "the kills came too late to prove anything"
        for victim in victims:
            alive[victim].kill()
            alive[victim].wait()
            alive[victim] = group.start_worker(*slow)
        group.until(partial(group.has_seen_more_than, before))
    group.until(group.everything_is_committed, timeout_s=90)
    seen = group.seen()
    once = {(record.partition, record.offset) for record in seen}
    ends, _ = group.offsets()
    assert once == {(p, offset) for p, end in ends.items() for offset in range(end)}
    assert len(once) == 40_000
    assert len(seen) < 1.5 * len(once)


def test_at_low_load_a_record_is_processed_at_once(group: Group) -> None:
    group.start_worker()
    with group.producer() as producer:
        producer.send(group.topic, b"first")
        producer.flush()
        group.until(lambda: len(group.seen()) == 1)
        for _ in range(600):
            producer.send(group.topic, b"x" * 408)
            producer.flush()
            time.sleep(0.005)
    group.until(lambda: len(group.seen()) == 601)
    latencies = [record.latency_ms for record in group.seen()[1:]]
    assert statistics.median(latencies) < 50


def test_ten_megabytes_pass_between_small_records(group: Group) -> None:
    with group.producer() as producer:
        for size in (400, 10_000_000, 400):
            producer.send(group.topic, b"x" * size, partition=0)
    group.start_worker()
    group.until(lambda: len(group.seen()) == 3)
    in_order = sorted(group.seen(), key=lambda record: record.offset)
    assert [record.size_bytes for record in in_order] == [400, 10_000_000, 400]


def test_on_sigterm_the_batch_in_hand_is_finished_and_committed(group: Group) -> None:
    worker = group.start_worker("--cost-us", "20000")
    group.produce(100)
    group.until(lambda: bool(group.seen()))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    _, committed = group.offsets()
    assert sum(committed.values()) == len(group.seen())


def test_processing_that_raises_ends_the_process_and_commits_nothing(group: Group) -> None:
    group.produce(10)
    worker = group.start_worker("--does", "refuse")
    assert worker.wait(timeout=30) == EXIT_PROCESS_FAILED
    assert "a mistake in the program" in group.logs()
    _, committed = group.offsets()
    assert sum(committed.values()) == 0


def test_processing_that_hangs_is_ended_by_the_watchdog(group: Group) -> None:
    group.produce(10)
    worker = group.start_worker("--does", "hang", "--stall-after-s", "3")
    assert worker.wait(timeout=30) == EXIT_STALLED
    assert "consuming stands still" in group.logs()


def test_processing_that_retries_and_says_so_is_left_alone(group: Group) -> None:
    group.produce(10)
    worker = group.start_worker("--does", "retry", "--retry-s", "3", "--stall-after-s", "1")
    group.until(group.everything_is_committed)
    assert worker.poll() is None
    assert len(group.seen()) == 10
