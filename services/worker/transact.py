"""Transact: run a chunk in one transaction until it is committed.

Place on the data's way: around all that the worker writes. Three fates (services/store/errors.py):
run the chunk again when somebody else was there first; retry in place when the database is away;
anything else is raised, ends the process, and the chunk comes again from Kafka.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg
import structlog

from services.store.engine import Connection, connect
from services.store.errors import Fate, fate_of

log = structlog.get_logger(__name__)

R = TypeVar("R")

FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0
RUN_AGAIN_LIMIT = 1_000
"""Conflicts with other writers end after a run or two; so many in a row are a mistake of ours."""


class Transactor:
    """One connection, used by one thread, made again whenever it breaks."""

    def __init__(self, url: str, alive: Callable[[], None], *, name: str) -> None:
        self._url = url
        self._alive = alive
        self._name = name
        self._conn: Connection | None = None

    def run(self, work: Callable[[Connection], R]) -> R:
        """Run `work` and commit; whatever it returns is true of what is committed.

        `work` may run several times and must have no effect outside of the connection.

        Raises:
            psycopg.Error: an error that repetition does not mend.
        """
        wait_s = FIRST_WAIT_S
        again = 0
        while True:
            try:
                return self._once(work)
            except psycopg.Error as error:
                fate = fate_of(error)
                if fate is Fate.STOP or again >= RUN_AGAIN_LIMIT:
                    raise
                # Going on is safe: nothing of the attempt is committed, or all of it is and the
                # next attempt finds it there. What a crash here means: the same.
                self._alive()
                if fate is Fate.RUN_AGAIN:
                    again += 1
                    self._roll_back()
                    continue
                log.warning("the database is away, retrying", wait_s=wait_s, error=str(error))
                self.close()
                time.sleep(wait_s)
                wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    def close(self) -> None:
        """Drop the connection; the next run makes a new one."""
        if self._conn is not None:
            # A connection that is broken anyway may fail to close; it is forgotten either way.
            with contextlib.suppress(psycopg.Error):
                self._conn.close()
            self._conn = None

    def _once(self, work: Callable[[Connection], R]) -> R:
        if self._conn is None:
            self._conn = connect(self._url, name=self._name, planned_once=True)
        result = work(self._conn)
        # What a crash here means: nothing is committed, the chunk comes again whole.
        self._conn.commit()
        # What a crash here means: all is committed, the chunk comes again and changes nothing.
        return result

    def _roll_back(self) -> None:
        if self._conn is None:
            return
        try:
            self._conn.rollback()
        except psycopg.Error:
            # Going on is safe: the server has gone meanwhile, and the transaction with it.
            self.close()
