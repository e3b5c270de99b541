"""Callers: who presents a token, looked up in the store and remembered for a few seconds.

Place on the data's way: HTTP → **who are you** → what may you. Remembered for `FRESH_S`, so that a
token that is revoked stops counting within five seconds, and a thousand posts a second do not ask
a thousand times.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Final, NamedTuple

import psycopg

from services.gateway.present import Presented
from services.store.engine import Connection, connect
from services.tokens.stored import look_up
from services.tokens.token import Token, Validity, validity

FRESH_S: Final = 3.0
AGEING_S: Final = 1.5
"""From then on it is asked anew beside the requests, none of which waits for it."""
REMEMBERED: Final = 10_000


class Recalled(NamedTuple):
    """What is remembered of a token that was presented."""

    token: Token | None
    validity: Validity
    """Of the token as it was, at this moment."""
    fresh: bool
    """Whether that may be relied on; else ask the store (`Callers.ask`)."""
    ageing: bool
    """Whether it soon may not (`Callers.ask_anew`)."""


class _Desk:
    """A connection, and the one thread that asks on it."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._conn: Connection | None = None
        self.thread = ThreadPoolExecutor(1, thread_name_prefix=name)

    def look_up(self, presented: str) -> Token | None:
        try:
            if self._conn is None:
                self._conn = connect(self._url, name=f"truceline gateway {self._name}", scoped=True)
                self._conn.autocommit = True
            return look_up(self._conn, presented)
        except psycopg.Error:
            if self._conn is not None:
                # A connection that is broken anyway may fail to close; it is forgotten either way.
                with contextlib.suppress(psycopg.Error):
                    self._conn.close()
                self._conn = None
            raise


class Callers:
    """Looks tokens up: those that were known a moment ago do not wait behind strangers."""

    def __init__(
        self,
        url: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._clock = clock
        self._now = now
        self._known = _Desk(url, "callers")
        self._strangers = _Desk(url, "strangers")
        self._seen: dict[bytes, tuple[float, Token | None]] = {}
        self._asked_anew: dict[bytes, asyncio.Task[None]] = {}

    def recall(self, presented: Presented) -> Recalled | None:
        """What was found a moment ago, or longer ago; None: nothing is remembered."""
        found = self._seen.get(presented.name)
        if found is None:
            return None
        asked_at, token = found
        age = self._clock() - asked_at
        return Recalled(token, validity(token, self._now()), age <= FRESH_S, age > AGEING_S)

    async def ask(self, presented: Presented) -> tuple[Token | None, Validity]:
        """Ask the store. Who waited here while others asked the same has their answer.

        Raises:
            psycopg.Error: the database is away.
        """
        _, known = self._seen.get(presented.name, (0.0, None))
        desk = self._strangers if known is None else self._known
        loop, wanted_at = asyncio.get_running_loop(), self._clock()
        return await loop.run_in_executor(desk.thread, self._find, desk, presented, wanted_at)

    def ask_anew(self, presented: Presented) -> None:
        """Ask the store beside what goes on, unless somebody does already."""
        if presented.name in self._asked_anew:
            return
        asked = asyncio.get_running_loop().create_task(self._ask_quietly(presented))
        self._asked_anew[presented.name] = asked
        asked.add_done_callback(lambda _: self._asked_anew.pop(presented.name))

    async def _ask_quietly(self, presented: Presented) -> None:
        # Going on is safe: what is known holds until it is no longer fresh; then who asks is told.
        with contextlib.suppress(psycopg.Error):
            await self.ask(presented)

    def _find(
        self, desk: _Desk, presented: Presented, wanted_at: float
    ) -> tuple[Token | None, Validity]:
        found = self._seen.get(presented.name)
        if found is not None and found[0] > wanted_at:
            return found[1], validity(found[1], self._now())
        asked_at = self._clock()
        token = desk.look_up(presented.text)
        if len(self._seen) >= REMEMBERED:
            self._seen.clear()
        self._seen[presented.name] = asked_at, token
        return token, validity(token, self._now())
