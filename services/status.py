"""Status: engines, lag and figures in one value.

Place on the data's way: beside it, for operators. What needs an eye is said in words (`worries`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from services.client.address import DEFAULT_URL
from services.due import TimerLag, timer_lag
from services.lag import measure_lag
from services.probe_gateway import READY, ask_gateway
from services.settings import Settings
from services.spool.waiting import spool_waiting
from services.store.engine import connect
from services.store.instants import SINCE_EVER
from services.store.queries.intake import IntakeFigures, intake_figures
from services.store.queries.status import Figures, figures
from services.store.revision import check_version

LAG_WORRY = 100_000
AGE_WORRY_S = 300.0
UNASSESSED_WORRY_S = 60.0
OUTBOX_WORRY_S = 30.0
TIMER_WORRY_S = 60.0
NOT_HERE = "not set up here"


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
    lag_by_topic: Mapping[str, int]
    intake: IntakeFigures
    schema: str
    """Revision of the tables."""
    gateway: str
    """`ready`, or why not; `not set up here` where none is expected."""
    gateway_url: str
    timer: TimerLag
    spool_waiting: int | None
    """Events that this account's spool has yet to send; None: there is no spool here."""

    def plain(self) -> dict[str, object]:
        """By name, as deep as it goes."""
        ages = {
            "outbox_age_s": self.intake.outbox_age_s,
            "unassessed_age_s": self.intake.unassessed_age_s,
        }
        return {
            **asdict(self),
            "intake": {**self.intake._asdict(), **ages},
            "timer": self.timer._asdict(),
        }

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
        return [
            *found,
            *self._intake_worries(),
            *_timer_worries(self.timer),
            *_store_worries(self.figures),
        ]

    def _intake_worries(self) -> list[str]:
        found = []
        if self.intake.outbox_age_s > OUTBOX_WORRY_S:
            found.append(
                f"an event has waited in the outbox for {self.intake.outbox_age_s:.0f} s: does a"
                " relay run (`truceline relay`)? see its log"
            )
        if self.intake.unassessed_age_s > UNASSESSED_WORRY_S:
            found.append(
                f"a stored event is not judged after {self.intake.unassessed_age_s:.0f} s:"
                " corridors show unknown until it is"
            )
        if self.gateway not in (READY, NOT_HERE):
            found.append(f"the gateway at {self.gateway_url} {self.gateway}: see its log")
        return found


def _timer_worries(timer: TimerLag) -> list[str]:
    found = []
    if timer.oldest_s > TIMER_WORRY_S:
        found.append(
            f"{timer.unwritten} instants have fallen due and are not written, the first for"
            f" {timer.oldest_s:.0f} s: does a timer run (`truceline timer`)? It waits while events"
            " wait; see its log"
        )
    if timer.ahead:
        found.append(
            f"{timer.ahead} instants were written before they came: the clock was ahead; see that"
            " it is synchronised"
        )
    return found


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
        schema = conn.execute("SELECT version_num FROM alembic_version").fetchone()
        counted = figures(conn, datetime.now(UTC))
        intake = intake_figures(conn, SINCE_EVER)
        timer = timer_lag(conn, datetime.now(UTC))
    lag = measure_lag(bootstrap, settings.worker_group)
    return Status(
        postgres=str(row[0]) if row else "unknown",
        kafka=bootstrap,
        lag=lag.waiting,
        workers=lag.workers,
        oldest_waiting_s=lag.oldest_s,
        missing_topics=lag.missing,
        figures=counted,
        lag_by_topic=lag.by_topic,
        intake=intake,
        schema=str(schema[0]) if schema else "unknown",
        gateway=_gateway(settings),
        gateway_url=settings.gateway_url,
        timer=timer,
        spool_waiting=spool_waiting(settings.spool),
    )


def _gateway(settings: Settings) -> str:
    """How it is; where nobody has set one up, one that does not answer is no worry."""
    expected = settings.api_database_url is not None or settings.gateway_url != DEFAULT_URL
    found = ask_gateway(settings.gateway_url)
    return found if expected or found == READY else NOT_HERE
