"""Relay: the loop that empties our lanes of the outbox into Kafka.

    claim lanes → read the oldest bundles → send → Kafka acknowledges → forget them

Place on the data's way: from the gateway's commit to the topics. A notification wakes it, once a
second it looks by itself. Kafka or PostgreSQL away: it retries in place, with growing pauses.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Final

import psycopg
import structlog

from services.crash_points import Point, reached
from services.relay.counts import Counts
from services.relay.lanes import Lanes
from services.relay.send import Sender
from services.store.engine import Connection, connect
from services.store.errors import Fate, fate_of
from services.store.outbox import CHANNEL, forget, waiting

log = structlog.get_logger(__name__)

POLL_S: Final = 1.0
"""How long a notification that got lost delays an event; how often lanes are claimed."""
FIRST_WAIT_S: Final = 0.1
LONGEST_WAIT_S: Final = 5.0
BEAT_S: Final = 0.02
"""Turns do not begin in quicker succession: one costs the same for a row as for twenty, and each is
a request to Kafka, a fetch and a transaction of every worker. What comes after a pause goes at
once. Longer than a worker's own beat, which so adds nothing to it."""
LANE_BUNDLES: Final = 32
"""Of a lane in a turn: up to two thousand messages, or 32 that came one by one."""
LANE_BYTES: Final = 4 * 1024 * 1024


class Relay:
    """One relay: one session with PostgreSQL, one producer, one thread."""

    def __init__(
        self, database_url: str, sender: Sender, stopping: threading.Event, counts: Counts
    ) -> None:
        self.counts = counts
        self._url = database_url
        self._sender = sender
        self._stopping = stopping
        self._wait_s = FIRST_WAIT_S

    def run(self) -> None:
        """Relay until told to stop.

        Raises:
            psycopg.Error: an error that repetition does not mend.
        """
        while not self._stopping.is_set():
            try:
                with open_session(self._url) as conn:
                    self._keep_relaying(conn)
            except psycopg.Error as error:
                if fate_of(error) is Fate.STOP:
                    raise
                # Going on is safe: the lanes went with the session, what was sent and not
                # forgotten is sent again by whoever takes them, and counts once.
                log.warning("the database is away, retrying", error=str(error), wait_s=self._wait_s)
                self._pause()
        self._sender.close()

    def _keep_relaying(self, conn: Connection) -> None:
        lanes = Lanes(conn)
        claim_at = 0.0
        while not self._stopping.is_set():
            if time.monotonic() >= claim_at:
                lanes.claim()
                claim_at = time.monotonic() + POLL_S
            begun = time.monotonic()
            found, sent = self._turn(conn, lanes)
            if sent:
                self._wait_s = FIRST_WAIT_S
                self._stopping.wait(max(0.0, begun + BEAT_S - time.monotonic()))
            elif found:
                self._pause()
            else:
                _sleep_until_notified(conn)

    def _turn(self, conn: Connection, lanes: Lanes) -> tuple[int, int]:
        """Send what waits in our lanes, once around: how many messages there were and went.

        Where nothing is left to send: how many were forgotten, twice.
        """
        rows = waiting(conn, lanes.held, bundles=LANE_BUNDLES, size_bytes=LANE_BYTES)
        if not rows:
            return 0, 0
        reached(Point.RELAY_READ)
        # What a crash here means: nothing is sent, the bundles wait for whoever takes the lanes.
        # Of what a worker has refused and withheld meanwhile nothing is left to send.
        there = [row for row in rows if row.raw]
        gone = [row for row in rows if not row.raw]
        sent = self._sender.send(there) if there else []
        if log.is_enabled_for(logging.DEBUG) and sent:
            log.debug("sent", events=len(sent), keys=[str(row.key) for row in sent])
        self.counts.turns += 1
        self.counts.sent += len(sent)
        self.counts.unsent += len(there) - len(sent)
        reached(Point.RELAY_SENT)
        # What a crash here means: Kafka has the messages and they are sent again; each counts once.
        forget(conn, rows, [*gone, *sent])
        reached(Point.RELAY_FORGOTTEN)
        # What a crash here means: they are in Kafka and not in the outbox; nothing is to be done.
        return len(there) or len(gone), len(sent) if there else len(gone)

    def _pause(self) -> None:
        self._stopping.wait(self._wait_s)
        self._wait_s = min(self._wait_s * 2, LONGEST_WAIT_S)


def open_session(url: str) -> Connection:
    """A connection that holds locks and hears notifications, each statement for itself.

    Raises:
        psycopg.OperationalError: nobody answers.
    """
    conn = connect(url, name=f"truceline relay {os.getpid()}", planned_once=True)
    conn.autocommit = True
    # A deletion that a crash of the server loses is a row that is sent again: no need to wait for
    # the disk. A peer that is gone must be noticed on both sides, so that its lanes are free.
    conn.execute(
        "SET synchronous_commit = off; SET tcp_keepalives_idle = 5;"
        " SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3",
        prepare=False,
    )
    conn.execute(f"LISTEN {CHANNEL}".encode())
    return conn


def _sleep_until_notified(conn: Connection) -> None:
    for _ in conn.notifies(timeout=POLL_S, stop_after=1):
        pass  # what was queued is looked for, not told
