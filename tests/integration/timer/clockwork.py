"""Clockwork: a mission with deadlines, truces and a road, and a clock that a test sets.

The mission is that of `said`, with the road of `ground`; times are hours after `NOON`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime

import psycopg
from psycopg import sql

from services.load import load_documents
from services.store.engine import Connection, connect
from services.store.models import Base
from services.timer.counts import Counts
from services.timer.passed import PassedByAll
from services.timer.timer import Timer, open_session
from services.worker.documents import load_register
from streams.agreement import Agreement, Source
from streams.events import Event
from streams.vocabulary import Right
from tests.integration.posted import post
from tests.integration.worker.ground import OPERATOR, road
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import log_of, relayed, said
from tests.unit.streams.builders import NOON, hours
from tests.unit.streams.context.said import METHODOLOGY, SOURCES, agreement, at

LOADED = at(-48)
RIGHTS = (Right.OPEN, Right.CLOSE, Right.SETTLE)
ALWAYS = [(8, "measure_overdue", "guns"), (10, "phase_begins", "dated")]
"""What falls due by the agreement alone."""

Told = tuple[float, str, str]


def document(**changes: object) -> Agreement:
    """The agreement of `said`, with a road that its operator may open."""
    sources = (*SOURCES, Source(id=OPERATOR, rights=RIGHTS))
    return agreement(**{"sources": sources, "corridors": (road(),), **changes})


def hour_of(instant: datetime) -> float:
    """Hours after `NOON`."""
    return (instant - NOON).total_seconds() / 3600


class Clockwork:
    """One timer, driven turn by turn."""

    def __init__(self, url: str, admin_url: str) -> None:
        self.url = url
        self._admin_url = admin_url
        self.now = LOADED
        self.in_kafka: datetime | None = None
        """Since when something waits there."""
        self.counts = Counts()
        self.timer = self.another()

    def empty(self) -> None:
        """Leave the mission's documents, and nothing else."""
        with psycopg.connect(self._admin_url) as admin:
            # Who owns the tables may not delete history; a superuser may leave its triggers out.
            admin.execute("SET session_replication_role = replica")
            for table in Base.metadata.tables:
                admin.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        with connect(self.url) as conn:
            load_documents(conn, [document(), METHODOLOGY], LOADED)

    def another(self) -> Timer:
        """A timer that has just started, by the same clock."""
        passed = PassedByAll(lambda _: self.in_kafka)
        stopping = threading.Event()
        return Timer(self.url, passed, stopping, self.counts, clock=lambda _: self.now)

    def turn(self, hour: float, timer: Timer | None = None) -> float:
        """Let the clock stand there, and the timer look until it has nothing left to do."""
        self.now = at(hour) + hours(1 / 3600) * 2
        with open_session(self.url) as conn:
            while not (pause_s := (timer or self.timer).turn(conn)):
                pass
        return pause_s

    def hear(self, *events: Event, hour: float) -> None:
        """Take events in that came straight from Kafka, each a second after the one before."""
        with connect(self.url) as conn:
            take_in_log(conn, load_register(conn), log_of([said(it) for it in events], at(hour)))

    def post(self, event: Event, hour: float) -> None:
        """Store an event as the gateway does; nobody has taken it in."""
        with connect(self.url) as conn:
            post(conn, event, at(hour))

    def relay(self, event: Event, hour: float) -> None:
        """Take in what was posted."""
        with connect(self.url) as conn:
            take_in_log(conn, load_register(conn), log_of([relayed(event)], at(hour)))

    def load(self, documents: Iterable[Agreement], hour: float) -> None:
        """Load versions."""
        with connect(self.url) as conn:
            load_documents(conn, list(documents), at(hour))

    def rows(self) -> list[tuple[float, str, str, int, bool]]:
        """(hour, rule, subject, revision, stands) of every row."""
        with connect(self.url) as conn:
            return all_rows(conn)

    def standing(self) -> list[Told]:
        """(hour, rule, subject) of what is written and stands; sorted."""
        last = {row[:3]: row[4] for row in self.rows()}
        return sorted(told for told, stands in last.items() if stands)


def all_rows(conn: Connection) -> list[tuple[float, str, str, int, bool]]:
    """(hour, rule, subject, revision, stands) of every row, sorted."""
    found = conn.execute(
        "SELECT due_at, rule, subject, revision, stands FROM due_instants ORDER BY 1, 2, 3, 4"
    )
    return [(hour_of(due_at), *rest) for due_at, *rest in found]
