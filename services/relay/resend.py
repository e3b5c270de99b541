"""Resend: what the gateway has stored and nobody has judged after a while goes out again.

    look at new submissions → keep what is open → once its turn has passed: queue it again

Place on the data's way: beside the relay, in one of them, the leader. Kafka may lose what it has
acknowledged (a power cut), a person may reset offsets; the store knows what is missing. As long as
the outbox or the workers are behind, what they have yet to reach is not missing and is left alone,
so that an outage of hours is not answered by sending everything again and again.
"""

from __future__ import annotations

import os
import threading
from datetime import datetime, timedelta
from typing import Final

import psycopg
import structlog
from kafka.errors import KafkaError

from services.crash_points import Point, reached
from services.lag import Waiting
from services.relay.counts import Counts
from services.store.engine import Connection, connect
from services.store.errors import Fate, fate_of
from services.store.instants import SINCE_EVER
from services.store.outbox import oldest_queued, queue
from services.store.unjudged import Open, judged_before, look, note_judged_before, still_open
from streams.keys import Key

log = structlog.get_logger(__name__)

LEADER_LOCK: Final = 0x7472_6C65_6164_0001
"""Advisory lock of the one relay that resends."""

OPEN_AFTER: Final = timedelta(seconds=30)
"""Without an assessment for so long after it had its chance, a submission is sent again."""
LOOK_BACK: Final = timedelta(minutes=10)
"""How far a new leader looks back behind what is noted: nobody commits so late."""
TURN_S: Final = 5.0
BUSY_S: Final = 0.25
LOOK_ROWS: Final = 5_000
OPEN_LIMIT: Final = 10_000
RESEND_ROWS: Final = 500

Version = tuple[Key, datetime, int]


class Pursuit:
    """What the leader knows: how far it has looked, and what of that is open since when."""

    def __init__(self, looked_until: datetime) -> None:
        self._looked_until = looked_until
        self._open: dict[Version, Open] = {}
        self._sent_at: dict[Version, datetime] = {}
        self._noted = looked_until

    def turn(self, conn: Connection, waiting: Waiting, counts: Counts) -> bool:
        """Look on, and queue again what has had its chance; whether there is more to look at.

        Bounded: so many submissions looked at, so many kept, so many queued again.

        Raises:
            KafkaError: Kafka does not say what waits there.
        """
        now = _now(conn)
        is_all = self._look_on(conn, now)
        self._drop_judged(conn)
        due = self._due(conn, now, waiting) if self._open else []
        if due:
            self._queue_again(conn, due, now)
            counts.resent += len(due)
            log.warning("sending again what nobody has judged", count=len(due))
        self._note(conn)
        return not is_all

    def _look_on(self, conn: Connection, now: datetime) -> bool:
        until = now - OPEN_AFTER
        if len(self._open) >= OPEN_LIMIT or until <= self._looked_until:
            return True
        looked = look(conn, self._looked_until, until, LOOK_ROWS)
        self._looked_until = looked.until
        for item in looked.open:
            self._open[item[:3]] = item
        return looked.is_all

    def _drop_judged(self, conn: Connection) -> None:
        if self._open:
            self._open = {item[:3]: item for item in still_open(conn, self._open.values())}
            self._sent_at = {it: at for it, at in self._sent_at.items() if it in self._open}

    def _due(self, conn: Connection, now: datetime, waiting: Waiting) -> list[Open]:
        """What is open although everything that was under way with it has been judged."""
        instants = (now, oldest_queued(conn), waiting(now))
        passed = min(instant for instant in instants if instant is not None)
        if passed - SINCE_EVER <= OPEN_AFTER:
            return []  # nothing at all is known to have passed
        horizon = passed - OPEN_AFTER
        due = [
            item
            for version, item in self._open.items()
            if self._sent_at.get(version, item.received_at) <= horizon
        ]
        return due[:RESEND_ROWS]

    def _queue_again(self, conn: Connection, due: list[Open], now: datetime) -> None:
        reached(Point.RESEND_FOUND)
        with conn.transaction():
            queue(conn, [item.queued for item in due])
            reached(Point.RESEND_QUEUED)
            # What a crash here means: nothing is queued, the next leader finds them again.
        reached(Point.RESEND_COMMITTED)
        # What a crash here means: they are queued, and perhaps once more by the next leader; each
        # counts once.
        self._sent_at.update((item[:3], now) for item in due)

    def _note(self, conn: Connection) -> None:
        """Note how far everything is judged, once it has got on."""
        oldest = min((item.received_at for item in self._open.values()), default=None)
        reached_so_far = min(oldest or self._looked_until, self._looked_until)
        if reached_so_far - self._noted > LOOK_BACK:
            reached(Point.RESEND_NOTING)
            # What a crash here means: the next leader looks at a little more than it needs to.
            note_judged_before(conn, reached_so_far - LOOK_BACK)
            reached(Point.RESEND_NOTED)
            # What a crash here means: the next leader begins at what is noted.
            self._noted = reached_so_far


class Resender:
    """Tries to be the leader, and resends while it is; one thread, one session."""

    def __init__(
        self, database_url: str, waiting: Waiting, stopping: threading.Event, counts: Counts
    ) -> None:
        self._url = database_url
        self._waiting = waiting
        self._stopping = stopping
        self._counts = counts

    def run(self) -> None:
        """Resend until told to stop.

        Raises:
            psycopg.Error: an error that repetition does not mend.
        """
        while not self._stopping.is_set():
            try:
                name = f"truceline resend {os.getpid()}"
                with connect(self._url, name=name, planned_once=True) as conn:
                    conn.autocommit = True
                    self._lead(conn)
            except psycopg.Error as error:
                if fate_of(error) is Fate.STOP:
                    raise
                # Going on is safe: leadership went with the session; what was queued is queued.
                log.warning("the database is away, retrying", error=str(error), wait_s=TURN_S)
                self._stopping.wait(TURN_S)

    def _lead(self, conn: Connection) -> None:
        while not _leads(conn):
            if self._stopping.wait(TURN_S):
                return
        pursuit = Pursuit(judged_before(conn))
        while not self._stopping.is_set():
            try:
                more = pursuit.turn(conn, self._waiting, self._counts)
            except KafkaError as error:
                # Going on is safe: without knowing what waits in Kafka nothing is sent again.
                log.warning("Kafka does not say what waits, retrying", error=repr(error))
                more = False
            self._stopping.wait(BUSY_S if more else TURN_S)


def _leads(conn: Connection) -> bool:
    row = conn.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK]).fetchone()
    return row is not None and bool(row[0])


def _now(conn: Connection) -> datetime:
    """The database's clock: one for all relays."""
    row = conn.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    instant = row[0]
    assert isinstance(instant, datetime)
    return instant
