"""The bench's flood: one sender who sends a hundred times what he may, whatever is answered.

`python -m tests.bench.flooder PORT KIND RATE SECONDS CONNECTIONS`, the token on standard input; one
line of JSON at the end. A process of its own, so that its work is not the measured load's. Open
loop: a request goes out when it is due, on any connection that is free; where none is, the gateway
holds them all, and the flood is as slow as the gateway lets it be.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from tests.bench.load import encode, make_reports
from tests.bench.posting import END_OF_HEAD, LENGTH, make_request

PATH: Final = "/v1/reports"
LINES: Final = 5_000
KINDS: Final = ("single", "ndjson", "strangers")
_SEED: Final = 99
"""Another than the measured load's: their ids do not meet."""


def make_requests(kind: str, token: str) -> list[bytes]:
    """What the flood sends over and over; who has no token shows none that counts."""
    reports = map(encode, make_reports(LINES, seed=_SEED))
    match kind:
        case "ndjson":
            return [make_request(PATH, token, "application/x-ndjson", b"\n".join(reports))]
        case "strangers":
            token = "trc_tok-000000000000_" + "A" * 43
    return [make_request(PATH, token, "application/json", one) for one in islice(reports, 500)]


@dataclass
class Flood:
    """What was sent, and what came of it."""

    requests: list[bytes]
    statuses: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    without_time: int = 0
    """Refused with 429, and not told when to come again."""
    idle: deque[_Connection] = field(default_factory=deque)

    def answered(self, head: bytes) -> None:
        """An answer has come whole."""
        status = head[9:12].decode()
        self.statuses[status] += 1
        self.without_time += status == "429" and b"\r\nretry-after:" not in head.lower()


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self, flood: Flood) -> None:
        self._flood = flood
        self._got = b""
        self._busy = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._flood.idle.append(self)

    def connection_lost(self, _: Exception | None) -> None:
        self.transport = None
        if self._busy:
            self._flood.statuses["lost"] += 1

    def send(self, request: bytes) -> None:
        assert self.transport is not None
        self._busy = True
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head = self._got.find(END_OF_HEAD)
        if head < 0:
            return
        at = self._got[:head].lower().find(LENGTH) + len(LENGTH)
        length = int(self._got[at : self._got.find(b"\r", at)])
        if len(self._got) >= head + len(END_OF_HEAD) + length:
            self._flood.answered(self._got[:head])
            self._got, self._busy = b"", False
            self._flood.idle.append(self)


async def flood(port: int, rate: float, seconds: float, connections: int, sent: Flood) -> None:
    """Flood for so long."""
    loop = asyncio.get_running_loop()

    async def connect() -> None:
        await loop.create_connection(lambda: _Connection(sent), "127.0.0.1", port)

    for _ in range(connections):
        await connect()
    began = time.perf_counter()
    print("flooding", flush=True)
    while (passed := time.perf_counter() - began) < seconds:
        due = int(passed * rate)
        while sent.sent < due and sent.idle:
            one = sent.idle.popleft()
            if one.transport is None or one.transport.is_closing():
                await connect()  # the server has closed it; a flood comes back
                continue
            one.send(sent.requests[sent.sent % len(sent.requests)])
            sent.sent += 1
        await asyncio.sleep(0.002)


def main() -> None:
    """Flood, and tell what came of it."""
    port, kind, rate, seconds, connections = sys.argv[1:]
    sent = Flood(make_requests(kind, sys.stdin.readline().strip()))
    spent = time.process_time()
    asyncio.run(flood(int(port), float(rate), float(seconds), int(connections), sent))
    told = {
        "sent": sent.sent,
        "statuses": dict(sent.statuses),
        "without_time": sent.without_time,
        "cpu_s": time.process_time() - spent,
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
