"""The bench's load on the gateway: prebuilt requests over sockets that stay open.

One post at a time on each connection, written as bytes that were made beforehand; an answer is
taken for whole when its Content-Length is there. That is all it does, since it shares the cores
with what it measures; what it costs itself is stated (`Load.cpu_us`).
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LENGTH = b"content-length:"
END_OF_HEAD = b"\r\n\r\n"


@dataclass(slots=True)
class Load:
    """What came of it."""

    seconds: float
    cpu_us: float
    """Of the load's own, a request."""
    statuses: Counter[int] = field(default_factory=Counter)
    latencies_s: list[float] = field(default_factory=list)
    """From when a request was due, which is when it was sent where nobody waits for a schedule."""

    def at(self, share: float) -> float:
        """The latency that this share of the requests stays below, in milliseconds."""
        return sorted(self.latencies_s)[int(share * (len(self.latencies_s) - 1))] * 1e3


def make_request(path: str, token: str, media_type: str, body: bytes) -> bytes:
    """A request's bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Run:
    """What the connections share: requests not sent yet, and what came of the others."""

    def __init__(self, requests: Sequence[bytes], rate: float | None) -> None:
        self.left: Iterator[bytes] = iter(requests)
        self.rate = rate
        self.due: deque[tuple[float, bytes]] = deque()
        self.idle: deque[_Connection] = deque()
        self.missing = len(requests)
        self.statuses: Counter[int] = Counter()
        self.latencies_s: list[float] = []
        self.done = asyncio.get_running_loop().create_future()

    def answered(self, connection: _Connection, status: int, due: float) -> None:
        now = time.perf_counter()
        self.statuses[status] += 1
        self.latencies_s.append(now - due)
        self.missing -= 1
        if not self.missing:
            self.done.set_result(None)
        elif self.rate is None:
            request = next(self.left, None)
            if request is not None:
                connection.send(request, now)
        elif self.due:
            at, request = self.due.popleft()
            connection.send(request, at)
        else:
            self.idle.append(connection)

    async def keep_schedule(self) -> None:
        """Send each request when it is due, or as soon as a connection is free after that."""
        assert self.rate is not None
        began = time.perf_counter()
        for number, request in enumerate(self.left):
            at = began + number / self.rate
            if (wait := at - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            if self.idle:
                self.idle.popleft().send(request, at)
            else:
                self.due.append((at, request))
                if not number % 64:
                    await asyncio.sleep(0)  # answers are read however late the schedule is


class _Connection(asyncio.Protocol):
    """One connection, with one request under way at most."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._buffer = b""
        self._due = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._run.done.done():
            self._run.done.set_exception(exc or ConnectionError("the server hung up"))

    def send(self, request: bytes, due: float) -> None:
        assert self._transport is not None
        self._due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer = self._buffer + data if self._buffer else data
        head = buffer.find(END_OF_HEAD)
        if head < 0:
            return
        at = buffer[:head].lower().find(LENGTH) + len(LENGTH)
        length = int(buffer[at : buffer.find(b"\r", at)])
        if len(buffer) >= head + len(END_OF_HEAD) + length:
            self._buffer = b""
            self._run.answered(self, int(buffer[9:12]), self._due)


async def post_all(
    port: int, requests: Sequence[bytes], connections: int, rate: float | None = None
) -> Load:
    """Post everything: as fast as it is answered, or at so many a second whatever happens."""
    run = _Run(requests, rate)
    loop = asyncio.get_running_loop()
    opened = []
    for _ in range(connections):
        _, one = await loop.create_connection(lambda: _Connection(run), "127.0.0.1", port)
        opened.append(one)
    began, spent = time.perf_counter(), time.process_time()
    if rate is None:
        for one in opened:
            request = next(run.left, None)
            if request is not None:
                one.send(request, began)
        await run.done
    else:
        run.idle.extend(opened)
        await asyncio.gather(run.keep_schedule(), run.done)
    seconds, spent = time.perf_counter() - began, time.process_time() - spent
    return Load(seconds, spent / len(requests) * 1e6, run.statuses, run.latencies_s)
