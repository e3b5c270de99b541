"""Status: engines, lag and figures in one value.

Place on the data's way: beside it, for operators. What needs an eye is said in words (`worries`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from services.lag import measure_lag
from services.settings import Settings
from services.store.engine import connect
from services.store.migrate import check_version
from services.store.queries.status import Figures, figures

LAG_WORRY = 100_000
AGE_WORRY_S = 300.0


@dataclass(frozen=True, slots=True)
class Status:
    """How everything is at one moment."""

    postgres: str
    """Version of the server."""
    kafka: str
    """Address."""
    lag: int
    """Events in Kafka that no worker has committed yet."""
    workers: int
    """Members of the consumer group."""
    oldest_waiting_s: float | None
    """For how long the oldest of them has waited; None: nothing waits, or it is not known."""
    missing_topics: tuple[str, ...]
    figures: Figures

    def plain(self) -> dict[str, object]:
        """By name, as deep as it goes."""
        return asdict(self)

    def worries(self) -> list[str]:
        """What needs an operator's eye, each with what to do."""
        found = []
        if self.missing_topics:
            missing = ", ".join(self.missing_topics)
            found.append(f"Kafka has no topics {missing}: `truceline up` makes them")
        if self.workers == 0:
            found.append("no worker runs: nothing is judged; start one with `truceline worker`")
        if self.lag > LAG_WORRY:
            found.append(f"{self.lag} events wait: start more workers")
        elif (self.oldest_waiting_s or 0.0) > AGE_WORRY_S:
            found.append(
                f"an event has waited for {self.oldest_waiting_s:.0f} s: see the workers' logs"
            )
        return [*found, *_store_worries(self.figures)]


def _store_worries(figures: Figures) -> list[str]:
    found = []
    if not figures.agreements or not figures.methodologies:
        found.append("nothing is loaded to judge by: `truceline agreement load FILES`")
    for table, rows in figures.partitions.strays:
        found.append(f"{rows} rows of {table} lie in its default partition: `truceline db upgrade`")
    if figures.partitions.missing:
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
    lag = measure_lag(bootstrap, settings.worker_group)
    return Status(
        postgres=str(row[0]) if row else "unknown",
        kafka=bootstrap,
        lag=lag.waiting,
        workers=lag.workers,
        oldest_waiting_s=lag.oldest_s,
        missing_topics=lag.missing,
        figures=counted,
    )
