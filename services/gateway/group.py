"""Group: posts that wait at the same time share one transaction, and so one commit.

Place on the data's way: between the routes and `take_in`. A commit waits for the disk; a thousand
posts a second cannot have one each. One thread, one connection: while a group is being committed
the next one gathers, and its size follows the load by itself. Whose turn it is says `fair_queue`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import psycopg
import structlog
from msgspec import Struct

from services.crash_points import Point, reached
from services.gateway.fair_queue import TURN, Entry, FairQueue
from services.gateway.posts import Outcome, Post
from services.gateway.take_in import take_in
from services.receipts.key_folder import Signers
from services.store.engine import Connection, connect
from services.store.errors import Fate, fate_of

log = structlog.get_logger(__name__)

STATEMENT_S: Final = 10
ATTEMPTS: Final = 3
"""A conflict ends after a run or two; a database that went away may be back at once."""


class BusyError(Exception):
    """More is waiting than will be stored soon: come again in a few seconds."""


class AwayError(Exception):
    """The database is away; nothing is known to be stored. Send the same again."""


class _Waiting(Struct, frozen=True, gc=False):
    posts: Sequence[Post]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[list[Outcome]]


def _piece(posts: Sequence[Post], loop: asyncio.AbstractEventLoop) -> _Waiting:
    return _Waiting(posts, loop, loop.create_future())


class GroupWriter:
    """Takes posts from the event loop, stores them in groups, and gives the outcomes back."""

    def __init__(
        self,
        url: str,
        signers: Signers,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        took: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._url = url
        self._signers = signers
        self._now = now
        self._took = took
        self._conn: Connection | None = None
        self._waiting = FairQueue[_Waiting]()
        self._changed = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="group writer", daemon=True)

    def start(self) -> None:
        """Begin to store."""
        self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Store what waits, then end."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join(timeout_s)

    async def store(self, token_id: str, posts: Sequence[Post]) -> list[Outcome]:
        """Store a token's posts; returns once they are committed.

        Raises:
            BusyError: too much of this token is waiting; nothing of these is stored.
            AwayError: the database is away. What is perhaps stored counts once when it is sent
                again.
        """
        if not posts:
            return []
        loop = asyncio.get_running_loop()
        if len(posts) <= TURN:
            return await self._put(token_id, [_piece(posts, loop)])[0].done
        parts = [posts[at : at + TURN] for at in range(0, len(posts), TURN)]
        pieces = self._put(token_id, [_piece(part, loop) for part in parts])
        # Each is waited for, also after one that failed: what is told is told once.
        told = await asyncio.gather(*(one.done for one in pieces), return_exceptions=True)
        outcomes: list[Outcome] = []
        for result in told:
            if isinstance(result, BaseException):
                raise result
            outcomes += result
        return outcomes

    def _put(self, token_id: str, pieces: list[_Waiting]) -> list[_Waiting]:
        entries = [
            Entry(one, len(one.posts), sum([len(post.raw) for post in one.posts])) for one in pieces
        ]
        with self._changed:
            if not self._waiting.put(token_id, entries):
                raise BusyError
            self._changed.notify()
        return pieces

    # --- the thread -----------------------------------------------------------------------------

    def _work(self) -> None:
        while group := self._next_group():
            posts = [post for waiting in group for post in waiting.posts]
            begun = time.monotonic()
            try:
                outcomes = self._store(posts)
            except Exception as error:  # whoever waits must be told, whatever it was
                log.exception("storing failed", events=len(posts))
                _tell(group, AwayError(str(error)))
                continue
            _tell(group, outcomes)
            self._took(time.monotonic() - begun)

    def _next_group(self) -> list[_Waiting]:
        """Wait for posts, then take all that fit into one transaction; none: stopping."""
        with self._changed:
            while not self._waiting and not self._stopping:
                self._changed.wait()
            return self._waiting.take()

    def _store(self, posts: Sequence[Post]) -> list[Outcome]:
        for attempt in range(ATTEMPTS):
            try:
                return self._once(posts)
            except psycopg.Error as error:
                # Going on is safe: nothing of the attempt is committed, or all of it is and the
                # next attempt finds it known, with the receipts it has.
                self._close()
                if fate_of(error) is Fate.STOP or attempt == ATTEMPTS - 1:
                    raise
                log.warning("storing again", error=str(error), attempt=attempt + 1)
                time.sleep(0.1 * attempt)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, posts: Sequence[Post]) -> list[Outcome]:
        if self._conn is None:
            # Shown in pg_stat_activity: which process a transaction belongs to.
            name = f"truceline gateway {os.getpid()}"
            self._conn = connect(self._url, name=name, scoped=True)
            # What is committed long after its instant of receipt could be taken for lost.
            self._conn.autocommit = True  # `take_in` begins its transactions
            self._conn.execute(f"SET statement_timeout = '{STATEMENT_S}s'".encode())
        received_at = self._now()
        outcomes = take_in(self._conn, posts, self._signers.at(received_at), received_at)
        reached(Point.GATEWAY_WRITTEN)
        # What a crash here means: nothing is stored, nobody holds a receipt; sent again it is new.
        self._conn.commit()
        reached(Point.GATEWAY_COMMITTED)
        # What a crash here means: all is stored, receipts are lost; sent again they are the same.
        return outcomes

    def _close(self) -> None:
        if self._conn is not None:
            # A connection that is broken anyway may fail to close; it is forgotten either way.
            with contextlib.suppress(psycopg.Error):
                self._conn.close()
            self._conn = None


def _tell(group: Sequence[_Waiting], result: list[Outcome] | Exception) -> None:
    """Give everybody of a group theirs, each loop woken once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Waiting, list[Outcome] | Exception]]] = {}
    at = 0
    for waiting in group:
        part = result if isinstance(result, Exception) else result[at : at + len(waiting.posts)]
        at += len(waiting.posts)
        by_loop.setdefault(waiting.loop, []).append((waiting, part))
    for loop, told in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle, told)


def _settle(told: Sequence[tuple[_Waiting, list[Outcome] | Exception]]) -> None:
    for waiting, result in told:
        if waiting.done.done():
            continue  # the caller hung up meanwhile; what is stored stays stored
        if isinstance(result, Exception):
            waiting.done.set_exception(result)
        else:
            waiting.done.set_result(result)
