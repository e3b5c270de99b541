"""Keeper: looks now and then until when nothing waits too long, also while nobody asks.

Place on the data's way: beside the readers, who look for themselves where nobody has in time
(`behind.as_of`). What is asked later of an instant at which nobody asked has its answer by this.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Final

import psycopg
import structlog

from services.behind import AskLag, missions_to_keep_up, note_kept_up
from services.store.engine import Connection, connect

log = structlog.get_logger(__name__)

LOOK_S: Final = 10.0
"""What is allowed is a minute where nothing else is said, and half of it is left after a look."""


class Keeper:
    """A thread with a connection of its own; it ends with the process at the latest."""

    def __init__(self, url: str, ask_lag: AskLag) -> None:
        self._url = url
        self._ask_lag = ask_lag
        self._conn: Connection | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Look from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; returns at once."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(LOOK_S):
            try:
                self._look()
            except psycopg.Error as error:
                # Going on is safe: what is noted ends by itself, and then nothing is usable.
                log.warning("what waits cannot be noted", error=str(error))
                self._close()
        self._close()

    def _look(self) -> None:
        if self._conn is None:
            self._conn = connect(self._url, name="truceline gateway keeper", scoped=True)
            self._conn.autocommit = True
        note_kept_up(self._conn, self._ask_lag(), missions_to_keep_up(self._conn))

    def _close(self) -> None:
        if self._conn is not None:
            with contextlib.suppress(psycopg.Error):  # it may be broken anyway
                self._conn.close()
            self._conn = None
