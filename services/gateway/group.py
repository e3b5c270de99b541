"""Group: posts that wait at the same time share one transaction, and so one commit.

Place on the data's way: between the routes and `store_groups`. A commit waits for the disk; a
thousand posts a second cannot have one each. While a group is being committed the next one gathers,
and its size follows the load by itself. Whose turn it is says `fair_queue`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from msgspec import Struct

from services.gateway.fair_queue import TURN, Entry, FairQueue
from services.gateway.frames import LENGTH, Reply, frame_of, read_reply
from services.gateway.posts import Outcome, Post
from services.gateway.writing import Start, Writing, WritingProcess

log = structlog.get_logger(__name__)

AGAIN_S: Final = 0.2
"""Between two starts of the process that stores."""


class BusyError(Exception):
    """More is waiting than will be stored soon: come again in a few seconds."""


class AwayError(Exception):
    """The database is away; nothing is known to be stored. Send the same again."""


class _Waiting(Struct, frozen=True, gc=False):
    posts: Sequence[Post]
    done: asyncio.Future[list[Outcome]]


class GroupWriter:
    """Takes posts, has them stored in groups, and gives the outcomes back; on one event loop."""

    def __init__(
        self, start: Start = WritingProcess, *, took: Callable[[float], None] = lambda _: None
    ) -> None:
        self._start = start
        self._took = took
        self._queue = FairQueue[_Waiting]()
        self._put_some = asyncio.Event()
        self._stopping = False
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to store."""
        self._running = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Store what waits, then end."""
        self._stopping = True
        self._put_some.set()
        if self._running is not None:
            await self._running

    async def store(self, token_id: str, posts: Sequence[Post]) -> list[Outcome]:
        """Store a token's posts; returns once they are committed.

        Raises:
            BusyError: too much of this token is waiting; nothing of these is stored.
            AwayError: the database is away. What is perhaps stored counts once when it is sent
                again.
        """
        if not posts:
            return []
        if len(posts) <= TURN:
            return await self._put(token_id, [posts])[0]
        parts = [posts[at : at + TURN] for at in range(0, len(posts), TURN)]
        # Each is waited for, also after one that failed: what is told is told once.
        told = await asyncio.gather(*self._put(token_id, parts), return_exceptions=True)
        outcomes: list[Outcome] = []
        for result in told:
            if isinstance(result, BaseException):
                raise result
            outcomes += result
        return outcomes

    def _put(
        self, token_id: str, parts: Sequence[Sequence[Post]]
    ) -> list[asyncio.Future[list[Outcome]]]:
        loop = asyncio.get_running_loop()
        waiting = [_Waiting(part, loop.create_future()) for part in parts]
        entries = [
            Entry(one, len(one.posts), sum([len(post.raw) for post in one.posts]))
            for one in waiting
        ]
        if not self._queue.put(token_id, entries):
            raise BusyError
        self._put_some.set()
        return [one.done for one in waiting]

    # --- the task -------------------------------------------------------------------------------

    async def _run(self) -> None:
        while not self._stopping or self._queue:
            writing = self._start()
            try:
                await self._serve(writing)
            except (OSError, asyncio.IncompleteReadError) as error:
                # Going on is safe: who waited was told that nothing is known to be stored.
                log.warning("what stores has ended", error=repr(error))
                await asyncio.sleep(AGAIN_S)
            finally:
                writing.line.close()
                await asyncio.to_thread(writing.wait)

    async def _serve(self, writing: Writing) -> None:
        """Have groups stored until there is nothing more to do, or nobody who does it."""
        reader, writer = await asyncio.open_connection(sock=writing.line)
        try:
            while group := await self._next_group():
                begun = time.monotonic()
                try:
                    posts = [post for waiting in group for post in waiting.posts]
                    writer.write(frame_of(posts))
                    (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
                    reply = read_reply(await reader.readexactly(length))
                except BaseException:
                    _tell(group, Reply(None, "what stores has ended"))
                    raise
                _tell(group, reply)
                self._took(time.monotonic() - begun)
        finally:
            writer.close()

    async def _next_group(self) -> list[_Waiting]:
        """Wait for posts, then take all that fit into one transaction; none: stopping."""
        while not self._queue and not self._stopping:
            self._put_some.clear()
            await self._put_some.wait()
        return self._queue.take()


def _tell(group: Sequence[_Waiting], reply: Reply) -> None:
    """Give everybody of a group theirs."""
    at = 0
    for waiting in group:
        end = at + len(waiting.posts)
        if waiting.done.done():
            pass  # the caller hung up meanwhile; what is stored stays stored
        elif reply.outcomes is None:
            waiting.done.set_exception(AwayError(reply.error))
        else:
            waiting.done.set_result(reply.outcomes[at:end])
        at = end
