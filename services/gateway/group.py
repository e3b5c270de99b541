"""Group: posts that wait at the same time share one transaction, and so one commit.

Place on the data's way: between the routes and `store_groups`. A commit waits for the disk; a
thousand posts a second cannot have one each. While a group is being committed the next one gathers,
and its size follows the load by itself. Whose turn it is says `fair_queue`.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Final, TypeAlias

import structlog
from msgspec import Struct

from services.gateway.fair_queue import ALONE_AFTER, TURN, Entry, FairQueue
from services.gateway.frames import LENGTH, Reply, frame_of, read_reply
from services.gateway.posts import Outcome, Post
from services.gateway.writing import Start, WritingProcess

log = structlog.get_logger(__name__)

AGAIN_S: Final = 0.2
"""Between two starts of the process that stores."""
AHEAD: Final = 64
"""Events that are worth a group of their own before the one under way has come back: what stores
then need not wait for the next one. A group costs as much as thirty or forty posts, so that half as
many made every post a quarter dearer to store (docs/benchmarks/gateway.md)."""


LONGEST_REST_S: Final = 0.05
"""After a group, however long it took: where the disk is slow a pause gives nobody anything."""
BEAT_S: Final = 0.008
"""Between two groups that are not worth one of their own. A group costs as much as thirty posts: at
a thousand a second, each stored at once, they took a whole core. What comes after a pause does not
wait."""


class BusyError(Exception):
    """More is waiting than will be stored soon: come again in a few seconds."""


class AwayError(Exception):
    """The database is away; nothing is known to be stored. Send the same again."""


Told: TypeAlias = Callable[[list[Outcome] | AwayError], None]
"""Is told what came of posts, once; raises nothing."""


class _Waiting(Struct, frozen=True, gc=False):
    posts: Sequence[Post]
    told: Told


class _Sent(Struct, frozen=True):
    group: Sequence[_Waiting]
    at: float


async def all_told(parts: Iterable[Awaitable[list[Outcome]]]) -> list[list[Outcome]]:
    """The outcomes of each part, or the first failure.

    Each is waited for, also after one that failed: what is told is told once.
    """
    told = []
    for result in await asyncio.gather(*parts, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
        told.append(result)
    return told


class GroupWriter:
    """Takes posts, has them stored in groups, and gives the outcomes back; on one event loop."""

    def __init__(
        self,
        start: Start = WritingProcess,
        *,
        took: Callable[[float], None] = lambda _: None,
        rests: Callable[[], bool] | None = None,
    ) -> None:
        """A writer that does not write yet.

        Args:
            start: starts what stores.
            took: is told how long each group took, in seconds.
            rests: of what stores large bodies alone: whether groups are small just now, and as
                long a pause follows each as it took.
        """
        self._start = start
        self._took = took
        self._rests = rests or (lambda: False)
        # Who waits beside bodies is another body, for which one group is nothing.
        self._queue = FairQueue[_Waiting](alone_after=ALONE_AFTER if rests is None else 0)
        self._sent = deque[_Sent]()
        """Groups that are under way, the oldest first."""
        self._due = 0.0
        """When a small group may go, by the loop's clock."""
        self._beat: asyncio.TimerHandle | None = None
        self._line: asyncio.StreamWriter | None = None
        self._stopping = False
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to store."""
        self._running = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Store what waits, then end."""
        self._stopping = True
        self._end_if_done()
        if self._running is not None:
            await self._running

    def reserve(self, token_id: str, events: int, size: int) -> bool:
        """Keep room for so many events and bytes of a token that are still being read."""
        return self._queue.reserve(token_id, events, size)

    def release(self, token_id: str, events: int, size: int) -> None:
        """Give back room that is not needed."""
        self._queue.release(token_id, events, size)

    async def store(self, token_id: str, posts: Sequence[Post]) -> list[Outcome]:
        """Store a token's posts; returns once they are committed.

        Raises:
            BusyError: too much of this token is waiting; nothing of these is stored.
            AwayError: the database is away. What is perhaps stored counts once when it is sent
                again.
        """
        if not posts:
            return []
        if not self.reserve(token_id, len(posts), bytes_of(posts)):
            raise BusyError
        told = await all_told(self.put_reserved(token_id, posts))
        return [outcome for part in told for outcome in part]

    def put_reserved(
        self, token_id: str, posts: Sequence[Post]
    ) -> list[asyncio.Future[list[Outcome]]]:
        """Have posts stored for which room is kept; their outcomes, in order, in parts."""
        loop = asyncio.get_running_loop()
        parts = [posts[at : at + TURN] for at in range(0, len(posts), TURN)]
        done: list[asyncio.Future[list[Outcome]]] = [loop.create_future() for _ in parts]
        entries = [
            Entry(_Waiting(part, partial(_settle, one)), len(part), bytes_of(part))
            for part, one in zip(parts, done, strict=True)
        ]
        self._queue.put_reserved(token_id, entries, len(posts))
        self._send()
        return done

    def put(self, token_id: str, post: Post, told: Told) -> None:
        """Have one post stored; without a task and a future, which cost as much as all else here.

        Raises:
            BusyError: too much of this token is waiting; it is not stored, and nobody told.
        """
        if not self._queue.put(token_id, (Entry(_Waiting((post,), told), 1, len(post.raw)),)):
            raise BusyError
        self._send()

    # --- the line to what stores ----------------------------------------------------------------

    def _send(self) -> None:
        """Send groups while one is worth it, or due."""
        while self._line is not None and self._queue and self._may_send():
            self._due = asyncio.get_running_loop().time() + BEAT_S
            group = self._queue.take(small=self._rests())
            self._sent.append(_Sent(group, time.monotonic()))
            self._line.write(frame_of([post for waiting in group for post in waiting.posts]))

    def _may_send(self) -> bool:
        if (self._queue.events >= AHEAD and not self._rests()) or self._stopping:
            return len(self._sent) < 2
        if self._sent:
            return False
        loop = asyncio.get_running_loop()
        if loop.time() >= self._due:
            return True
        if self._beat is None:
            self._beat = loop.call_at(self._due, self._send_at_beat)
        return False

    def _send_at_beat(self) -> None:
        self._beat = None
        self._send()

    async def _run(self) -> None:
        while not self._stopping or self._queue:
            writing = self._start()
            reader, self._line = await asyncio.open_connection(sock=writing.line)
            self._send()
            self._end_if_done()  # told to stop before there was a line
            try:
                await self._hear(reader)
            except (OSError, asyncio.IncompleteReadError) as error:
                if not self._stopping:
                    # Going on is safe: who waits is told that nothing is known to be stored.
                    log.warning("what stores has ended", error=repr(error))
                    await asyncio.sleep(AGAIN_S)
            finally:
                self._line.close()
                self._line = None
                self._give_up()
                await asyncio.to_thread(writing.wait)

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        """Give back what comes of groups, until the line ends."""
        while True:
            (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
            reply = read_reply(await reader.readexactly(length))
            sent = self._sent.popleft()
            seconds = time.monotonic() - sent.at
            if self._rests():
                self._due = asyncio.get_running_loop().time() + min(seconds, LONGEST_REST_S)
            self._send()  # before anything else: what stores has nothing to do
            _tell(sent.group, reply)
            self._took(seconds)
            self._end_if_done()

    def _end_if_done(self) -> None:
        if self._stopping and self._line is not None and not self._sent and not self._queue:
            self._line.close()

    def _give_up(self) -> None:
        while self._sent:
            _tell(self._sent.popleft().group, Reply(None, "what stores has ended"))


def bytes_of(posts: Sequence[Post]) -> int:
    """Of what was posted."""
    return sum([len(post.raw) for post in posts])


def _tell(group: Sequence[_Waiting], reply: Reply) -> None:
    """Give everybody of a group theirs."""
    at = 0
    for waiting in group:
        end = at + len(waiting.posts)
        outcomes = reply.outcomes
        waiting.told(AwayError(reply.error) if outcomes is None else outcomes[at:end])
        at = end


def _settle(done: asyncio.Future[list[Outcome]], told: list[Outcome] | AwayError) -> None:
    if done.done():
        return  # the caller hung up meanwhile; what is stored stays stored
    if isinstance(told, AwayError):
        done.set_exception(told)
    else:
        done.set_result(told)
