"""Status: engines, lag and figures in one value.

Place on the data's way: beside it, for operators. What needs an eye is said in words (`worries`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from services.settings import Settings
from services.store.engine import connect
from services.store.migrate import check_version
from services.store.queries.status import Figures, figures
from streams.topics import WORKER_GROUP, TopicName

CONSUMED = (TopicName.REPORTS, TopicName.CORRIDOR_STATUS)
LAG_WORRY = 100_000


@dataclass(frozen=True, slots=True)
class Status:
    """How everything is at one moment."""

    postgres: str
    kafka: str
    lag: int
    """Events in Kafka that no worker has committed yet."""
    workers: int
    """Members of the consumer group."""
    figures: Figures

    def plain(self) -> dict[str, object]:
        """As plain JSON values."""
        return dict(msgspec.to_builtins(asdict(self)))

    def worries(self) -> list[str]:
        """What needs an operator's eye, each with what to do."""
        found = []
        if self.workers == 0:
            found.append("no worker runs: nothing is judged; start one with `truceline up`")
        if self.lag > LAG_WORRY:
            found.append(f"{self.lag} events wait: start more workers")
        if not self.figures.agreements or not self.figures.methodologies:
            found.append("nothing is loaded to judge by: `truceline agreement load FILES`")
        for table, rows in self.figures.partitions.strays:
            found.append(
                f"{rows} rows of {table} lie in its default partition: `truceline db upgrade`"
            )
        if self.figures.partitions.missing:
            found.append("months ahead have no partition: `truceline db upgrade`")
        return found


def look(settings: Settings) -> Status:
    """Ask both engines.

    Raises:
        StoreError: the database is of another version.
        psycopg.OperationalError: PostgreSQL does not answer.
        kafka.errors.KafkaError: Kafka does not.
    """
    database_url, bootstrap = settings.database(), settings.kafka()
    check_version(database_url)
    with connect(database_url, name="truceline status") as conn:
        row = conn.execute("SHOW server_version").fetchone()
        counted = figures(conn, datetime.now(UTC))
    lag, workers = _group(bootstrap)
    return Status(
        postgres=str(row[0]) if row else "unknown",
        kafka=bootstrap,
        lag=lag,
        workers=workers,
        figures=counted,
    )


def _group(bootstrap: str) -> tuple[int, int]:
    """Lag and members of the workers' consumer group."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap, group_id=WORKER_GROUP, enable_auto_commit=False
    )
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        partitions = [
            TopicPartition(topic, number)
            for topic in CONSUMED
            for number in consumer.partitions_for_topic(topic) or ()
        ]
        ends = consumer.end_offsets(partitions)
        committed = {tp: consumer.committed(tp) or 0 for tp in partitions}
        groups = admin.describe_groups([WORKER_GROUP])
        return sum(ends[tp] - committed[tp] for tp in partitions), _members(groups)
    finally:
        consumer.close()
        admin.close()


def _members(groups: object) -> int:
    described = groups if isinstance(groups, dict) else {}
    return sum(len(group.get("members", ())) for group in described.values())
