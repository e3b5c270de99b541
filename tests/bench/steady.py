"""The load of the latency bench: single posts at a steady rate, each receipt with its instant.

Open loop: a post is due when the schedule says so, whether or not earlier ones were answered; where
every connection is busy it waits, and its time runs. Cheap, since it shares the cores with what
is measured: bytes made beforehand, sockets that stay open.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.posting import END_OF_HEAD, LENGTH

STEP_S = 0.002
"""How often it is looked what is due."""


@dataclass(slots=True)
class Answered:
    """A post that has its answer; instants are Unix time."""

    due_at: float
    answered_at: float = 0.0
    status: int = 0


class _Connection(asyncio.Protocol):
    """One connection, with one post under way at most."""

    def __init__(self, idle: deque[_Connection]) -> None:
        self._idle = idle
        self._buffer = b""
        self._post = Answered(0.0)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._idle.append(self)

    def send(self, request: bytes, post: Answered) -> None:
        assert self._transport is not None
        self._post = post
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer = self._buffer + data if self._buffer else data
        head = buffer.find(END_OF_HEAD)
        if head < 0:
            return
        at = buffer[:head].lower().find(LENGTH) + len(LENGTH)
        length = int(buffer[at : buffer.find(b"\r", at)])
        if len(buffer) >= head + len(END_OF_HEAD) + length:
            self._post.answered_at = time.time()
            self._post.status = int(buffer[9:12])
            self._buffer = b""
            self._idle.append(self)


async def post_steadily(
    port: int, requests: Sequence[bytes], connections: int, rate: float
) -> list[Answered]:
    """Post all of them, so many a second; what came of each, in their order."""
    loop = asyncio.get_running_loop()
    idle: deque[_Connection] = deque()
    for _ in range(connections):
        await loop.create_connection(lambda: _Connection(idle), "127.0.0.1", port)
    began = time.time()
    posts = [Answered(began + number / rate) for number in range(len(requests))]
    number = 0
    while number < len(requests):
        if idle and posts[number].due_at <= time.time():
            idle.popleft().send(requests[number], posts[number])
            number += 1
        else:
            await asyncio.sleep(STEP_S)
    for post in posts:
        while not post.status:  # noqa: ASYNC110  an event for each post would be part of the load
            await asyncio.sleep(STEP_S)
    return posts
