"""Clients: several that post to the gateway at once and try again until they have an answer.

Two send as `truceline submit` does, through a spool; two speak HTTP by themselves, one event a
post, or NDJSON, plain or packed. They share one queue of slices: the same bytes sent again often
come from another client, and at the same time.
"""

from __future__ import annotations

import gzip
import itertools
import queue
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import urllib3
import zstandard

from services.client.answer import Answer
from services.client.backoff import wait_s
from services.client.batch import Batch
from services.client.deliver import Deliverer, Pace
from services.client.post import HttpGateway
from services.client.token import Token
from services.receipts.verify import verifier
from services.spool.entries import Event, Kind, State
from services.spool.spool import Spool
from streams.topics import TopicName
from tests.e2e.load import Sending

PATIENCE_S = 120.0
HAS_RECEIPT = (200, 201, 409)
KINDS = {TopicName.REPORTS: Kind.REPORT, TopicName.CORRIDOR_STATUS: Kind.CORRIDOR_STATUS}
PATHS = {TopicName.REPORTS: "/v1/reports", TopicName.CORRIDOR_STATUS: "/v1/corridor-status"}


class Held(NamedTuple):
    """A receipt in a client's hands."""

    receipt: bytes
    """Its JSON, the fields in the order of their names."""
    signature: str


class Books:
    """What the clients were told, and when; for all of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given: list[tuple[float, float]] = []
        self.receipts: defaultdict[bytes, set[Held]] = defaultdict(set)
        """By SHA-256 of the bytes that were sent."""
        self.refused: set[bytes] = set()
        self.told: Counter[str] = Counter()
        """Answers and losses, by what they were."""

    def note(self, begun: float) -> None:
        """A receipt came to a post that was begun then."""
        with self._lock:
            self._given.append((begun, time.monotonic()))

    def hold(self, raw: bytes, receipt: object, signature: str) -> None:
        """Keep a receipt, however the answer held it."""
        held = Held(msgspec.json.encode(receipt, order="sorted"), signature)
        with self._lock:
            self.receipts[sha256(raw).digest()].add(held)

    def refuse(self, raw: bytes) -> None:
        """Keep that the gateway refused it."""
        with self._lock:
            self.refused.add(sha256(raw).digest())

    def tell(self, what: str) -> None:
        """Count an answer or a loss."""
        with self._lock:
            self.told[what] += 1

    def first_receipt(self, since: float) -> float | None:
        """When the first receipt came of a post that was begun since."""
        with self._lock:
            return min((at for begun, at in self._given if begun >= since), default=None)


class Slices(NamedTuple):
    """What is sent, and in how many slices."""

    sendings: Sequence[Sending]
    slices: int
    kept: int
    """So many of them, the last ones, are kept for when all kills have been."""


class Clients:
    """The clients, and the queue that they take their slices from."""

    def __init__(self, url: str, token: str, cut: Slices, folder: Path) -> None:
        sendings = cut.sendings
        size = -(-len(sendings) // cut.slices)
        slices = [sendings[at : at + size] for at in range(0, len(sendings), size)]
        self._slices = iter(slices[: -cut.kept])
        self._kept = iter(slices[-cut.kept :])
        self._queue: queue.SimpleQueue[Sequence[Sending] | None] = queue.SimpleQueue()
        self.books = Books()
        self.failures: list[BaseException] = []
        send: list[Callable[[], None]] = [
            _Spooling(url, token, folder / f"spool-{number}", folder / "receipts", self).run
            for number in (1, 2)
        ]
        send += [_Posting(url, token, start, self).run for start in (0, 2)]
        self._threads = [threading.Thread(target=self._guarded, args=[it]) for it in send]

    def start(self) -> None:
        """Start; nothing is sent before it is released."""
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    def release(self, slices: int = 1) -> None:
        """Let so many more slices go."""
        for one in itertools.islice(self._slices, slices):
            self._queue.put(one)

    def release_kept(self) -> None:
        """Let one more go of those that were kept."""
        for one in itertools.islice(self._kept, 1):
            self._queue.put(one)

    def take(self) -> Sequence[Sending] | None:
        """The next slice; None: there is no more."""
        return self._queue.get()

    def finish(self, timeout_s: float) -> None:
        """Release what is left, and wait until every event has its answer."""
        for one in itertools.chain(self._slices, self._kept):
            self._queue.put(one)
        for _ in self._threads:
            self._queue.put(None)
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if self.failures:
            raise self.failures[0]
        assert not any(it.is_alive() for it in self._threads), "not all got its answer in time"

    def _guarded(self, run: Callable[[], None]) -> None:
        try:
            run()
        except BaseException as error:  # noqa: BLE001 - told to whoever waits in `finish`
            self.failures.append(error)


class _Spooling:
    """Sends as `truceline submit` does."""

    def __init__(self, url: str, token: str, folder: Path, keys: Path, clients: Clients) -> None:
        self._folder = folder
        self._http = HttpGateway(url, Token(token))
        self.address = url
        self._verify = verifier(keys / "keys.json")
        self._clients = clients
        self._begun = 0.0

    def post(self, batch: Batch, timeout_s: float) -> Answer:
        """As the gateway that the deliverer talks to: note when a post begins."""
        self._begun = time.monotonic()
        answer = self._http.post(batch, timeout_s)
        self._clients.books.tell(f"spool {answer.status}")
        return answer

    def run(self) -> None:
        books = self._clients.books
        with Spool(self._folder) as spool, closing(self._http):
            deliverer = Deliverer(
                spool, self, self._verify, Pace(PATIENCE_S), lambda _: books.note(self._begun)
            )
            while (sendings := self._clients.take()) is not None:
                events = [Event(it.raw, KINDS[it.topic]) for it in sendings]
                spool.put(events, datetime.now(UTC))
                delivery = deliverer.deliver()
                assert not delivery.trouble, delivery
            for entry in spool.entries([State.RECEIPTED, State.CONFLICT]):
                assert entry.receipt is not None
                receipt = msgspec.json.decode(entry.receipt.receipt)
                books.hold(entry.event.raw, receipt, entry.receipt.signature)
            for entry in spool.entries([State.REFUSED]):
                books.refuse(entry.event.raw)


class _Posting:
    """Speaks HTTP by itself; each slice goes another way."""

    def __init__(self, url: str, token: str, start: int, clients: Clients) -> None:
        self._url = url
        self._token = token
        self._clients = clients
        self._ways = itertools.islice(
            itertools.cycle([self._singly, self._plain, self._gzip, self._zstd]), start, None
        )
        self._pool = urllib3.PoolManager(retries=False, maxsize=1)

    def run(self) -> None:
        while (sendings := self._clients.take()) is not None:
            way = next(self._ways)
            for topic, path in PATHS.items():
                if raws := [it.raw for it in sendings if it.topic is topic]:
                    way(path, raws)

    def _singly(self, path: str, raws: Sequence[bytes]) -> None:
        for raw in raws:
            status, said = self._until_answered(path, raw, "application/json", "identity")
            self._settle(raw, status, msgspec.json.decode(said))

    def _plain(self, path: str, raws: Sequence[bytes]) -> None:
        self._lines(path, raws, b"\n".join(raws), "identity")

    def _gzip(self, path: str, raws: Sequence[bytes]) -> None:
        self._lines(path, raws, gzip.compress(b"\n".join(raws), 1), "gzip")

    def _zstd(self, path: str, raws: Sequence[bytes]) -> None:
        self._lines(path, raws, zstandard.compress(b"\n".join(raws) + b"\n"), "zstd")

    def _lines(self, path: str, raws: Sequence[bytes], body: bytes, coding: str) -> None:
        status, said = self._until_answered(path, body, "application/x-ndjson", coding)
        assert status == 200, (status, said)
        outcomes = [msgspec.json.decode(line) for line in said.splitlines()]
        assert [it["line"] for it in outcomes] == list(range(1, len(raws) + 1))
        for raw, outcome in zip(raws, outcomes, strict=True):
            self._settle(raw, outcome["status"], outcome)

    def _settle(self, raw: bytes, status: int, said: dict[str, Any]) -> None:
        if status in HAS_RECEIPT:
            self._clients.books.hold(raw, said["receipt"], said["signature"])
        else:
            assert status == 400, (status, said)
            self._clients.books.refuse(raw)

    def _until_answered(self, path: str, body: bytes, form: str, coding: str) -> tuple[int, bytes]:
        """Post the same bytes until the gateway answers; its status and its words."""
        deadline = time.monotonic() + PATIENCE_S
        for failures in itertools.count(1):
            begun = time.monotonic()
            status, said = self._once(path, body, form, coding)
            if status in {*HAS_RECEIPT, 400}:
                if status != 400:
                    self._clients.books.note(begun)
                return status, said
            assert status in {0, 408, 429} or status >= 500, (status, said)
            assert time.monotonic() < deadline, (status, said)
            time.sleep(wait_s(min(failures, 2), 0.5))
        raise AssertionError

    def _once(self, path: str, body: bytes, form: str, coding: str) -> tuple[int, bytes]:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": form,
            "Content-Encoding": coding,
        }
        try:
            answer = self._pool.request(
                "POST",
                self._url + path,
                body=body,
                headers=headers,
                timeout=urllib3.Timeout(connect=5, read=30),
            )
        except urllib3.exceptions.HTTPError as error:  # whether it is stored, the next try will say
            self._clients.books.tell(f"http {type(error).__name__}")
            return 0, b""
        self._clients.books.tell(f"http {answer.status}")
        return answer.status, answer.data
