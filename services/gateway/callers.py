"""Callers: who presents a token, looked up in the store and remembered for a few seconds.

Place on the data's way: HTTP → **who are you** → what may you. Remembered for `FRESH_S`, so that a
token that is revoked stops counting within five seconds, and a thousand posts a second do not ask
a thousand times.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple

import psycopg

from services.gateway.present import Presented
from services.store.engine import Connection, connect
from services.tokens.stored import look_up
from services.tokens.token import Token, Validity, validity

FRESH_S: Final = 3.0
REMEMBERED: Final = 10_000


class Recalled(NamedTuple):
    """What is remembered of a token that was presented."""

    token: Token | None
    validity: Validity
    """Of the token as it was, at this moment."""
    fresh: bool
    """Whether that may be relied on; else ask the store (`Callers.find`)."""


class Callers:
    """Looks tokens up; one connection, asked by one thread at a time."""

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._url = url
        self._clock = clock
        self._now = now
        self._conn: Connection | None = None
        self._asking = threading.Lock()
        self._seen: dict[bytes, tuple[float, Token | None]] = {}

    def recall(self, presented: Presented) -> Recalled | None:
        """What was found a moment ago, or longer ago; None: nothing is remembered."""
        found = self._seen.get(presented.name)
        if found is None:
            return None
        asked_at, token = found
        return Recalled(token, validity(token, self._now()), self._clock() - asked_at <= FRESH_S)

    def find(self, presented: Presented) -> tuple[Token | None, Validity]:
        """Ask the store; blocks. Who waited here while others asked has their answer.

        Raises:
            psycopg.Error: the database is away.
        """
        wanted_at = self._clock()
        with self._asking:
            found = self._seen.get(presented.name)
            if found is not None and found[0] > wanted_at:
                return found[1], validity(found[1], self._now())
            asked_at = self._clock()
            token = self._look_up(presented.text)
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            self._seen[presented.name] = asked_at, token
        return token, validity(token, self._now())

    def _look_up(self, presented: str) -> Token | None:
        try:
            if self._conn is None:
                self._conn = connect(self._url, name="truceline gateway callers", scoped=True)
                self._conn.autocommit = True
            return look_up(self._conn, presented)
        except psycopg.Error:
            if self._conn is not None:
                # A connection that is broken anyway may fail to close; it is forgotten either way.
                with contextlib.suppress(psycopg.Error):
                    self._conn.close()
                self._conn = None
            raise
