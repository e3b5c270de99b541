"""Large bodies on their way: stored while they are read, whole or not at all, in order."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Self

import pytest

from services.gateway import intake as reading
from services.gateway.admission import Admission
from services.gateway.fair_queue import EVENTS_LIMIT
from services.gateway.figures import make_tally
from services.gateway.frames import LENGTH, Reply, frame_of, read_posts
from services.gateway.group import GroupWriter
from services.gateway.intake import NDJSON, STORED_AT_ONCE, Intake, Taken
from services.gateway.posts import Outcome, Post, Status
from services.gateway.problems import Code, ProblemError
from services.gateway.read_event import read_events
from services.gateway.record import Record
from services.gateway.small_posts import SmallPosts
from services.gateway.writers import Writers
from services.limits import USUAL_LIMITS
from services.tokens.token import Role, Token
from streams.keys import EventKind
from tests.integration.gateway.test_posts import event

TOKEN = Token(
    id="tok-1",
    label="test",
    mission="smm",
    agreement=None,
    roles=frozenset({Role.REPORTER}),
    sources=frozenset(),
    created_at=datetime.now(UTC),
    expires_at=datetime.now(UTC),
)
"""Speaks for every source."""
LINES = 2 * STORED_AT_ONCE + 10
SOURCES = 7


class Store:
    """Stores nothing, and gives what was posted as its receipt: by that the order is seen."""

    def __init__(self) -> None:
        self.line, self._theirs = socket.socketpair()
        self.posts = 0
        self._thread = threading.Thread(target=self._store, name="store")
        self._thread.start()

    def start(self) -> Store:
        """As a process is started."""
        return self

    def wait(self) -> None:
        self._thread.join()

    def _store(self) -> None:
        with self._theirs as line, line.makefile("rb") as frames:
            while head := frames.read(LENGTH.size):
                posts = read_posts(frames.read(*LENGTH.unpack(head)))
                self.posts += len(posts)
                stored = [Outcome(Status.STORED, post.raw) for post in posts]
                line.sendall(frame_of(Reply(stored)))


class Gateway:
    """What takes in, over stores that store nothing: one for small posts, two for bodies."""

    def __init__(self) -> None:
        self.stores = [Store() for _ in range(3)]
        small = SmallPosts()
        self.each = [GroupWriter(store.start) for store in self.stores]
        self.writers = Writers(self.each, small)
        record = Record(make_tally())
        self.intake = Intake(self.writers, Admission(USUAL_LIMITS), record, small)

    async def __aenter__(self) -> Self:
        self.writers.start()
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.writers.stop()

    async def read(self, lines: Sequence[bytes]) -> Taken:
        return await self.intake.read(EventKind.REPORT, TOKEN, NDJSON, "", b"\n".join(lines))

    def free(self) -> list[bool]:
        """Of each that stores bodies, whether all of its room is free."""
        whole = EVENTS_LIMIT // 2
        found = [writer.reserve("probe", whole, 0) for writer in self.each[1:]]
        for writer, had in zip(self.each[1:], found, strict=True):
            if had:
                writer.release("probe", whole, 0)
        return found


async def until(holds: Callable[[], bool]) -> None:
    """Return once it does; the test's own time limit ends it otherwise."""
    while not holds():  # noqa: ASYNC110 (a thread changes it)
        await asyncio.sleep(0)


def lines_of(count: int) -> list[bytes]:
    return [event(source=f"patrol-{number % SOURCES}") for number in range(count)]


def test_the_first_lines_of_a_body_are_stored_before_its_last_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored_when_read: list[int] = []

    async def run() -> None:
        async with Gateway() as gateway:

            def read(kind: EventKind, raws: Sequence[bytes], token: Token) -> list[Post | Outcome]:
                stored_when_read.append(sum(store.posts for store in gateway.stores))
                return read_events(kind, raws, token)

            monkeypatch.setattr(reading, "read_events", read)
            taken = await gateway.read(lines_of(LINES))
            answer = await gateway.intake.store(TOKEN, NDJSON, taken, "request")
            assert answer.body.count(b"\n") == LINES
            assert gateway.stores[0].posts == 0
            assert gateway.free() == [True, True]

    asyncio.run(run())
    assert stored_when_read[-1] >= STORED_AT_ONCE
    assert max(stored_when_read[: STORED_AT_ONCE // reading.AT_ONCE]) == 0


def test_outcomes_stand_in_the_order_of_the_lines_whatever_way_they_went() -> None:
    lines = lines_of(LINES)
    lines[5] = lines[STORED_AT_ONCE + 5] = b"{"

    async def run() -> Taken:
        async with Gateway() as gateway:
            taken = await gateway.read(lines)
            assert taken.storing is not None
            outcomes = await taken.storing.outcomes()
            assert [it.receipt for it in outcomes] == [raw for raw in lines if raw != b"{"]
            assert [store.posts > 0 for store in gateway.stores] == [False, True, True]
            return taken

    taken = asyncio.run(run())
    refused = [at for at, one in enumerate(taken.read) if isinstance(one, Outcome)]
    assert refused == [5, STORED_AT_ONCE + 5]


def test_where_one_way_has_no_room_nothing_of_a_body_is_stored() -> None:
    async def run() -> None:
        async with Gateway() as gateway:
            assert gateway.each[2].reserve(TOKEN.id, EVENTS_LIMIT // 2, 0)
            with pytest.raises(ProblemError) as refused:
                await gateway.read(lines_of(60))
            assert refused.value.code is Code.TOO_MUCH_WAITING
            gateway.each[2].release(TOKEN.id, EVENTS_LIMIT // 2, 0)
            assert gateway.free() == [True, True]
            assert [store.posts for store in gateway.stores] == [0, 0, 0]

    asyncio.run(run())


def test_who_hangs_up_while_a_body_is_read_leaves_no_room_taken() -> None:
    async def run() -> None:
        async with Gateway() as gateway:
            reading_it = asyncio.ensure_future(gateway.read(lines_of(LINES)))
            await until(lambda: any(store.posts for store in gateway.stores))
            reading_it.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading_it
            await until(lambda: sum(it.posts for it in gateway.stores) == STORED_AT_ONCE)
            assert gateway.free() == [True, True]

    asyncio.run(run())


def test_few_lines_go_the_way_of_single_posts() -> None:
    async def run() -> None:
        async with Gateway() as gateway:
            taken = await gateway.read(lines_of(3))
            assert taken.storing is None
            await gateway.intake.store(TOKEN, NDJSON, taken, "request")
            assert [store.posts for store in gateway.stores] == [3, 0, 0]

    asyncio.run(run())
