"""A topic, a consumer group of recorder processes, and what they wrote down."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from streams.topics import MAX_MESSAGE_BYTES, TOPICS


@dataclass(frozen=True, slots=True)
class Seen:
    """A record as a recorder saw it."""

    partition: int
    offset: int
    latency_ms: float
    size_bytes: int


@dataclass(slots=True)
class Group:
    """Recorder processes of one consumer group on one topic of its own."""

    bootstrap: str
    folder: Path
    partitions: int = 4
    topic: str = field(default_factory=lambda: f"reports-{uuid4().hex[:12]}")
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def create_topic(self) -> None:
        config = dict(TOPICS[0].config)
        with closing(KafkaAdminClient(bootstrap_servers=self.bootstrap)) as admin:
            admin.create_topics([NewTopic(self.topic, self.partitions, 1, topic_configs=config)])

    @contextmanager
    def producer(self) -> Iterator[KafkaProducer]:
        producer = KafkaProducer(
            bootstrap_servers=self.bootstrap, max_request_size=MAX_MESSAGE_BYTES
        )
        try:
            yield producer
            producer.flush(timeout=60)
        finally:
            producer.close()

    def produce(self, count: int, size_bytes: int = 408) -> None:
        with self.producer() as producer:
            for i in range(count):
                producer.send(self.topic, b"x" * size_bytes, key=str(i).encode())

    def start_worker(self, *options: str) -> subprocess.Popen[bytes]:
        number = len(self.workers)
        command = [sys.executable, "-m", "tests.integration.streams.recorder"]
        arguments = [self.bootstrap, self.topic, self.topic, str(self.folder / f"{number}.seen")]
        with (self.folder / f"{number}.log").open("wb") as log:
            worker = subprocess.Popen(
                [*command, *arguments, *options], stdout=log, stderr=subprocess.STDOUT
            )
        self.workers.append(worker)
        return worker

    def stop(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def seen(self) -> list[Seen]:
        lines = [
            line.split()
            for path in self.folder.glob("*.seen")
            for line in path.read_text().splitlines(keepends=True)
            if line.endswith("\n")  # a killed recorder leaves half a line
        ]
        return [Seen(int(p), int(o), float(ms), int(size)) for p, o, ms, size in lines]

    def has_seen_more_than(self, count: int) -> bool:
        return len(self.seen()) > count

    def offsets(self) -> tuple[dict[int, int], dict[int, int]]:
        """Return end and committed offset of each partition."""
        tps = [TopicPartition(self.topic, p) for p in range(self.partitions)]
        with closing(KafkaConsumer(bootstrap_servers=self.bootstrap, group_id=self.topic)) as asks:
            ends = asks.end_offsets(tps)
            committed = {tp: asks.committed(tp) or 0 for tp in tps}
        return (
            {tp.partition: ends[tp] for tp in tps},
            {tp.partition: committed[tp] for tp in tps},
        )

    def everything_is_committed(self) -> bool:
        ends, committed = self.offsets()
        return ends == committed

    def until(self, done: Callable[[], bool], timeout_s: float = 60) -> None:
        deadline = time.monotonic() + timeout_s
        while not done():
            assert time.monotonic() < deadline, (len(self.seen()), self.offsets(), self.logs())
            time.sleep(0.1)
