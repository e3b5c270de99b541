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
from hashlib import sha256
from typing import Final

import psycopg

from services.store.engine import Connection, connect
from services.tokens.stored import look_up
from services.tokens.token import Token, Validity, validity

FRESH_S: Final = 3.0
REMEMBERED: Final = 10_000


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

    def remembered(self, presented: str) -> tuple[Token | None, Validity] | None:
        """What was found a moment ago; None: ask the store (`find`)."""
        found = self._seen.get(_name(presented))
        if found is None or self._clock() - found[0] > FRESH_S:
            return None
        return found[1], validity(found[1], self._now())

    def known(self, presented: str) -> Token | None:
        """The token, if it counted when it was last looked up: it is no guess."""
        found = self._seen.get(_name(presented))
        if found is None or validity(found[1], self._now()) is not Validity.VALID:
            return None
        return found[1]

    def find(self, presented: str) -> tuple[Token | None, Validity]:
        """Ask the store; blocks.

        Raises:
            psycopg.Error: the database is away.
        """
        with self._asking:
            asked_at = self._clock()
            token = self._look_up(presented)
            if len(self._seen) >= REMEMBERED:
                self._seen.clear()
            self._seen[_name(presented)] = asked_at, token
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


def _name(presented: str) -> bytes:
    """Remembered by its hash: secrets do not lie about in memory."""
    return sha256(presented.encode("utf-8", "surrogatepass")).digest()
