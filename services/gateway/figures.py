"""Figures: what the gateway counts, and what only PostgreSQL knows, for `/metrics`.

Place on the data's way: beside it. Everything posted before `_judged_until` was found to be judged
once; it is not looked at again, so a scrape costs what has come since the last one.
"""

from __future__ import annotations

import contextlib
import math
import threading
from datetime import datetime, timedelta
from typing import Final

import psycopg
import structlog

from services.gateway.posts import Status
from services.gateway.problems import Code
from services.metrics import catalogue
from services.metrics.tally import Figures, Tally
from services.store.engine import Connection, connect
from services.store.instants import SINCE_EVER
from services.store.queries.intake import IntakeFigures, intake_figures

log = structlog.get_logger(__name__)

STATEMENT_S: Final = 3
LOOK_BACK: Final = timedelta(seconds=60)
"""Nobody commits a post so long after its instant of receipt."""


def make_tally() -> Tally:
    """Of a gateway."""
    return Tally(
        {
            catalogue.EVENTS: [(status.name.lower(),) for status in Status],
            catalogue.PROBLEMS: [(code.value,) for code in Code],
            catalogue.GROUP_SECONDS: [()],
        }
    )


class StoreFigures:
    """Asks PostgreSQL, one asker at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._conn: Connection | None = None
        self._asking = threading.Lock()
        self._judged_until: datetime = SINCE_EVER

    def figures(self) -> Figures:
        """What PostgreSQL knows; NaN where it does not say in time."""
        with self._asking:
            try:
                found = self._ask()
            except psycopg.Error as error:
                # Going on is safe: not known is said as such.
                log.warning("no figures of the store", error=str(error))
                self.close()
                return _said(None)
        return _said(found)

    def _ask(self) -> IntakeFigures:
        if self._conn is None:
            self._conn = connect(self._url, name="truceline figures")
            self._conn.autocommit = True
            self._conn.execute(f"SET statement_timeout = '{STATEMENT_S}s'".encode())
        found = intake_figures(self._conn, self._judged_until)
        self._judged_until = (found.unassessed_oldest or found.taken_at) - LOOK_BACK
        return found

    def close(self) -> None:
        """Drop the connection; the next scrape makes a new one."""
        if self._conn is not None:
            # A connection that is broken anyway may fail to close; it is forgotten either way.
            with contextlib.suppress(psycopg.Error):
                self._conn.close()
            self._conn = None


def _said(found: IntakeFigures | None) -> Figures:
    known = found is not None
    return {
        catalogue.FIGURES_KNOWN: {(): float(known)},
        catalogue.OUTBOX_ROWS: {(): float(found.outbox_rows) if found else math.nan},
        catalogue.OUTBOX_AGE: {(): found.outbox_age_s if found else math.nan},
        catalogue.UNASSESSED_AGE: {(): found.unassessed_age_s if found else math.nan},
    }
