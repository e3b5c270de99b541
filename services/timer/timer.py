"""Timer: the loop that writes what has fallen due.

    marks → what changed, or is due → reckon → compare with what is written → passed? → write

Place on the data's way: beside the workers, behind what they have folded. There is no list of
alarms: each turn compares what is reckoned with what is written, so an outage is caught up with as
an ordinary day is. Several timers need no lock: the row's key lets one of them write it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import psycopg
import structlog
from psycopg import sql

from services.crash_points import Point, reached
from services.local.postgres import TIMER_ROLE
from services.reckoning import Mark, Reckoning, Source, Sources, marks_of, reckon, sources_of
from services.store.documents import loaded_agreements
from services.store.due import add_due, last_written
from services.store.engine import Connection, connect
from services.store.errors import Fate, fate_of
from services.store.rows import DueRow
from services.timer.counts import Counts
from services.timer.passed import Passed
from services.timer.settle import settle

log = structlog.get_logger(__name__)

POLL_S: Final = 1.0
"""How often it is looked whether anything has changed."""
SETTLED: Final = timedelta(seconds=2)
"""How long after an instant it is written: what was received just before it is stored by then."""
HELD: Final = timedelta(seconds=5)
"""How long what had to wait for a word that is under way waits at least."""
MOST_ROWS: Final = 1_000
"""Of one transaction; what is left comes at once after it."""
FIRST_WAIT_S: Final = 0.1
LONGEST_WAIT_S: Final = 5.0

Clock = Callable[[Connection], datetime]


def both_clocks(conn: Connection) -> datetime:
    """What both the database's clock and this machine's have passed: one that is ahead is held."""
    row = conn.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    stored: datetime = row[0]
    return min(stored, datetime.now(UTC))


class Plan(NamedTuple):
    """What the timer remembers of a source, so that it need not reckon it again."""

    reckoning: Reckoning
    next_at: datetime | None = None
    """The next instant that falls due, as far as nothing changes."""
    again_at: datetime | None = None
    """When to look again at what could not all be written."""
    held: int = 0

    def pause(self, now: datetime) -> timedelta | None:
        """How long there is nothing to do; None: until something changes."""
        waits = [
            *([self.next_at - (now - SETTLED)] if self.next_at else ()),
            *([self.again_at - now] if self.again_at else ()),
        ]
        return min(waits, default=None)


class Timer:
    """One timer: one session with PostgreSQL, one thread."""

    def __init__(
        self,
        database_url: str,
        passed: Passed,
        stopping: threading.Event,
        counts: Counts,
        *,
        clock: Clock = both_clocks,
    ) -> None:
        self.counts = counts
        self._url = database_url
        self._passed = passed
        self._stopping = stopping
        self._clock = clock
        self._wait_s = FIRST_WAIT_S
        self._hashes: frozenset[bytes] = frozenset()
        self._sources: Sources = {}
        self._plans: dict[Source, Plan] = {}

    def run(self) -> None:
        """Write until told to stop.

        Raises:
            psycopg.Error: an error that repetition does not mend.
        """
        while not self._stopping.is_set():
            try:
                with open_session(self._url) as conn:
                    while not self._stopping.is_set():
                        self._stopping.wait(self.turn(conn))
                        self._wait_s = FIRST_WAIT_S
            except psycopg.Error as error:
                if fate_of(error) is Fate.STOP:
                    raise
                # Going on is safe: what was not written is found missing again.
                log.warning("the database is away, retrying", error=str(error), wait_s=self._wait_s)
                self._plans.clear()
                self._stopping.wait(self._wait_s)
                self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)

    def turn(self, conn: Connection) -> float:
        """Look at everything once; for how many seconds there is nothing to do."""
        self._read_documents(conn)
        now, marks = self._clock(conn), marks_of(conn, self._sources)
        for of, mark in marks.items():
            plan = self._plans.get(of)
            if plan is None or plan.reckoning.mark != mark or _is_due(plan, now):
                self._plans[of] = self._look_at(conn, of, mark, now)
        self.counts.held = sum(plan.held for plan in self._plans.values())
        now = self._clock(conn)
        pauses = [it for plan in self._plans.values() if (it := plan.pause(now)) is not None]
        return min(POLL_S, max(0.0, min(pauses, default=timedelta.max).total_seconds()))

    def _read_documents(self, conn: Connection) -> None:
        found = conn.execute("SELECT hash FROM agreements").fetchall()
        hashes = frozenset(bytes(address) for (address,) in found)
        if hashes != self._hashes:
            self._sources = sources_of(loaded_agreements(conn))
            self._hashes = hashes
            self._plans.clear()

    def _look_at(self, conn: Connection, of: Source, mark: Mark, now: datetime) -> Plan:
        # What is written is read before what is known: who has older knowledge than the last row
        # was written by must not contradict it.
        written = last_written(
            conn, of.mission, of.agreement_id, of.rules, subject=of.corridor_id or None
        )
        reckoning = self._reckon(conn, of, mark)
        found = settle(of, reckoning, written, now - SETTLED, now)
        self.counts.turns += 1
        may = self._passed(conn, of.mission, found.missing, now)
        # What came in since it was reckoned may say otherwise: then it is reckoned again.
        if marks_of(conn, {of: reckoning.versions})[of] != reckoning.mark:
            return Plan(reckoning, again_at=now)
        rows = [*found.wrong, *found.missing[:may]]
        self._write(conn, rows[:MOST_ROWS])
        held = len(found.missing) - may
        again_at = now if len(rows) > MOST_ROWS else (now + HELD if held else None)
        return Plan(reckoning, found.next_at, again_at, held)

    def _reckon(self, conn: Connection, of: Source, mark: Mark) -> Reckoning:
        plan = self._plans.get(of)
        if plan is not None and plan.reckoning.mark == mark:
            return plan.reckoning
        return reckon(conn, of, self._sources[of], mark)

    def _write(self, conn: Connection, rows: list[DueRow]) -> None:
        if not rows:
            return
        reached(Point.TIMER_FOUND)
        # What a crash here means: nothing is written, whoever looks next finds the same.
        with conn.transaction():
            added = add_due(conn, rows)
            reached(Point.TIMER_ADDED)
            # What a crash here means: the same.
        reached(Point.TIMER_COMMITTED)
        # What a crash here means: the rows are there and nothing is missing; nothing is to be done.
        stand = sum(row.stands for row in added)
        self.counts.written += stand
        self.counts.superseded += len(added) - stand
        for row in added:
            log.info(
                "fell due" if row.stands else "did not fall due after all",
                mission=row.mission,
                subject=row.subject,
                rule=row.rule,
                due_at=row.due_at.isoformat(),
            )


def _is_due(plan: Plan, now: datetime) -> bool:
    pause = plan.pause(now)
    return pause is not None and pause <= timedelta(0)


def open_session(url: str) -> Connection:
    """A session that may read what is reckoned from and add due instants, and nothing else.

    Raises:
        psycopg.OperationalError: nobody answers.
    """
    conn = connect(url, name=f"truceline timer {os.getpid()}", scoped=True)
    conn.autocommit = True
    conn.execute(
        "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"
    )
    conn.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(TIMER_ROLE)))
    return conn
