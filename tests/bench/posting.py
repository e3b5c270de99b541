"""The bench's load on the gateway: prebuilt requests over sockets that stay open.

One post at a time on each connection, written as bytes that were made beforehand; an answer is
taken for whole when its Content-Length is there. Plain sockets and epoll, since it shares the cores
with what it measures; what it costs itself is stated (`Load.cpu_us`).
"""

from __future__ import annotations

import select
import socket
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LENGTH = b"content-length:"
END_OF_HEAD = b"\r\n\r\n"
SILENCE_S = 30.0
"""No answer on any connection for so long: the server hangs."""


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


class _Connection:
    """One connection, with one request under way at most."""

    __slots__ = ("due", "got", "left", "missing", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)  # noqa: FBT003 (the socket's own words)
        self.due = 0.0
        self.got = b""
        self.left = b""
        """Of the request, what the kernel did not take yet."""
        self.missing = -1
        """Of the answer; -1: its head is not whole."""

    def send(self, request: bytes, due: float) -> bool:
        """Begin a request; whether the kernel took all of it."""
        self.due, self.got, self.missing = due, b"", -1
        sent = self.socket.send(request)
        self.left = request[sent:]
        return not self.left

    def send_on(self) -> bool:
        """Go on with a request; whether the kernel took the rest."""
        self.left = self.left[self.socket.send(self.left) :]
        return not self.left

    def receive(self) -> int:
        """Take what is there of the answer; its status once it is whole, else 0."""
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("the server hung up")
        if self.missing < 0:
            self.got = data = self.got + data if self.got else data
            head = data.find(END_OF_HEAD)
            if head < 0:
                return 0
            at = data[:head].lower().find(LENGTH) + len(LENGTH)
            length = int(data[at : data.find(b"\r", at)])
            self.missing = head + len(END_OF_HEAD) + length
        self.missing -= len(data)
        return 0 if self.missing > 0 else int(self.got[9:12])


class _Run:
    """What the connections share: requests not sent yet, and what came of the others."""

    def __init__(self, requests: Sequence[bytes], opened: Sequence[_Connection]) -> None:
        self._left: Iterator[bytes] = iter(requests)
        self._missing = len(requests)
        self._by_fd = {one.socket.fileno(): one for one in opened}
        self._poll = select.epoll()
        for fd in self._by_fd:
            self._poll.register(fd, select.EPOLLIN)
        self.statuses: Counter[int] = Counter()
        self.latencies_s: list[float] = []

    def as_fast_as_answered(self) -> None:
        """Each connection sends its next request when the one before is answered."""
        for one in self._by_fd.values():
            self._next(one)
        while self._missing:
            for one in self._answered(SILENCE_S):
                self._next(one)

    def at_rate(self, rate: float) -> None:
        """Send each request when it is due, or as soon as a connection is free after that."""
        idle = deque(self._by_fd.values())
        began, number = time.perf_counter(), 0
        due = began
        request = next(self._left, None)
        while self._missing:
            while request is not None and idle and due <= time.perf_counter():
                self._send(idle.popleft(), request, due)
                number += 1
                due, request = began + number / rate, next(self._left, None)
            wait = due - time.perf_counter() if request is not None and idle else SILENCE_S
            idle.extend(self._answered(max(wait, 0.0)))

    def _next(self, one: _Connection) -> None:
        request = next(self._left, None)
        if request is not None:
            self._send(one, request, time.perf_counter())

    def _send(self, one: _Connection, request: bytes, due: float) -> None:
        if not one.send(request, due):
            self._poll.modify(one.socket.fileno(), select.EPOLLIN | select.EPOLLOUT)

    def _answered(self, wait_s: float) -> list[_Connection]:
        """The connections whose answer has become whole, within this time."""
        events = self._poll.poll(wait_s)
        if not events and wait_s >= SILENCE_S:
            raise TimeoutError(f"{self._missing} requests are not answered")
        answered = []
        for fd, event in events:
            one = self._by_fd[fd]
            if event & select.EPOLLOUT and one.send_on():
                self._poll.modify(fd, select.EPOLLIN)
            if event & ~select.EPOLLOUT and (status := one.receive()):
                self.statuses[status] += 1
                self.latencies_s.append(time.perf_counter() - one.due)
                self._missing -= 1
                answered.append(one)
        return answered


def post_all(
    port: int, requests: Sequence[bytes], connections: int, rate: float | None = None
) -> Load:
    """Post everything: as fast as it is answered, or at so many a second whatever happens."""
    opened = [_Connection(port) for _ in range(connections)]
    try:
        run = _Run(requests, opened)
        began, spent = time.perf_counter(), time.process_time()
        if rate is None:
            run.as_fast_as_answered()
        else:
            run.at_rate(rate)
        seconds, spent = time.perf_counter() - began, time.process_time() - spent
    finally:
        for one in opened:
            one.socket.close()
    return Load(seconds, spent / len(requests) * 1e6, run.statuses, run.latencies_s)
