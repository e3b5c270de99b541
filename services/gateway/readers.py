"""Readers: a few threads, each with a connection of its own, that ask the store.

Place on the data's way: GET routes → **a reader** → `services.store.queries`. Never on the event
loop, and apart from the threads that look up tokens: slow questions do not keep posts waiting. What
is asked of corridors is asked as of an instant, and can be asked again as of it (`behind.as_of`).
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import ClassVar, Final, TypeVar

import psycopg

from services.behind import AskLag, as_of
from services.gateway.disclosure import movements_of
from services.gateway.problems import RETRY_AFTER_S, Code, ProblemError
from services.store.engine import Connection, connect
from services.store.scope import set_scope
from services.tokens.token import Token

READERS: Final = 4
WAITING_LIMIT: Final = 64
"""Questions that may wait or be under way: beyond it one is told to come again."""
STATEMENT_S: Final = 10

Found = TypeVar("Found")


class Readers:
    """Answers questions in threads; each is one read-only transaction within the token's scope."""

    threads: ClassVar = READERS
    name: ClassVar = "reader"

    def __init__(self, url: str, ask_lag: AskLag) -> None:
        self._url = url
        self._ask_lag = ask_lag
        self._threads = ThreadPoolExecutor(self.threads, thread_name_prefix=self.name)
        self._own = threading.local()
        self._under_way = 0

    async def ask(self, token: Token, question: Callable[[Connection], Found]) -> Found:
        """The answer to a question, asked within the scope of a token.

        Raises:
            ProblemError: the store is away, too much is being asked, or it took too long.
        """
        return await self._answer(lambda conn: _in_scope(conn, token, question))

    async def ask_as_of(
        self, token: Token, question: Callable[[Connection, datetime], Found]
    ) -> Found:
        """The answer to a question about corridors as of now, and of nothing later.

        Raises:
            ProblemError: as `ask` does.
        """

        def ask(conn: Connection) -> Found:
            now = as_of(conn, self._ask_lag, token.mission)
            return _in_scope(conn, token, lambda conn: question(conn, now))

        return await self._answer(ask)

    async def _answer(self, question: Callable[[Connection], Found]) -> Found:
        if self._under_way >= WAITING_LIMIT:
            raise ProblemError(Code.TOO_MUCH_ASKED, retry_after_s=RETRY_AFTER_S)
        self._under_way += 1  # on the event loop alone
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._ask, question)
        except psycopg.errors.QueryCanceled:
            raise ProblemError(Code.TOOK_TOO_LONG, retry_after_s=RETRY_AFTER_S) from None
        except psycopg.OperationalError:
            raise ProblemError(Code.STORE_AWAY, retry_after_s=RETRY_AFTER_S) from None
        finally:
            self._under_way -= 1

    def stop(self) -> None:
        """End once what is under way is answered; the connections end with their threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    # --- in a thread ----------------------------------------------------------------------------

    def _ask(self, question: Callable[[Connection], Found]) -> Found:
        try:
            return self._once(question)
        except psycopg.errors.QueryCanceled:
            raise
        except psycopg.OperationalError:
            # Reading twice is safe, and so is what a `Recorders` writes. A connection that idled
            # while the database was restarted is found broken only now; a new one tells whether
            # the database is away.
            return self._once(question)

    def _once(self, question: Callable[[Connection], Found]) -> Found:
        conn = self._connection()
        try:
            return question(conn)
        except psycopg.errors.QueryCanceled:
            raise
        except psycopg.OperationalError:
            # A connection that is broken anyway may fail to close; it is forgotten either way.
            with contextlib.suppress(psycopg.Error):
                conn.close()
            self._own.conn = None
            raise

    def _connection(self) -> Connection:
        """This thread's connection."""
        conn: Connection | None = getattr(self._own, "conn", None)
        if conn is None or conn.closed:
            conn = connect(self._url, name=f"truceline gateway {self.name}", scoped=True)
            conn.execute(f"SET statement_timeout = '{STATEMENT_S}s'".encode())
            conn.commit()
            conn.autocommit = True
            self.prepare(conn)
            self._own.conn = conn
        return conn

    def prepare(self, conn: Connection) -> None:
        """Have a new connection read only, each transaction one look at the store."""
        conn.read_only = True
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ


def _in_scope(conn: Connection, token: Token, question: Callable[[Connection], Found]) -> Found:
    with conn.transaction():
        named = None if token.agreement is None else [token.agreement]
        set_scope(conn, [token.mission], named, movements_of(token))
        return question(conn)
