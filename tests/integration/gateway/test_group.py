"""How groups follow each other on the line to what stores, beside small posts and without them."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from datetime import UTC, datetime
from itertools import pairwise
from typing import NamedTuple

import pytest

from services.gateway.fair_queue import GROUP_LIMIT, TURN
from services.gateway.frames import LENGTH, Reply, frame_of, read_posts
from services.gateway.group import GroupWriter
from services.gateway.posts import Outcome, Post, Status
from services.gateway.read_event import read_events
from services.tokens.token import Role, Token
from streams.keys import EventKind
from tests.integration.gateway.test_posts import event

GROUP_S = 0.02


class Took(NamedTuple):
    events: int
    from_s: float
    to_s: float


class SlowStore:
    """Stores nothing, and takes its time for it."""

    def __init__(self) -> None:
        self.line, self._theirs = socket.socketpair()
        self.groups: list[Took] = []
        self._thread = threading.Thread(target=self._store, name="slow store")
        self._thread.start()

    def wait(self) -> None:
        self._thread.join()

    def _store(self) -> None:
        with self._theirs as line, line.makefile("rb") as frames:
            while head := frames.read(LENGTH.size):
                began = time.monotonic()
                posts = read_posts(frames.read(*LENGTH.unpack(head)))
                time.sleep(GROUP_S)
                self.groups.append(Took(len(posts), began, time.monotonic()))
                line.sendall(frame_of(Reply([Outcome(Status.STORED)] * len(posts))))


@pytest.fixture
def posts() -> list[Post]:
    token = Token(
        id="tok-1",
        label="test",
        mission="smm",
        agreement=None,
        roles=frozenset({Role.REPORTER}),
        sources=frozenset(),
        created_at=datetime.now(UTC),
        expires_at=datetime.now(UTC),
    )
    read = read_events(EventKind.REPORT, [event() for _ in range(6 * TURN)], token)
    return [one for one in read if isinstance(one, Post)]


def stored(posts: list[Post], *, rests: bool) -> list[Took]:
    store = SlowStore()

    async def run() -> list[Outcome]:
        writer = GroupWriter(lambda: store, rests=lambda: rests)
        writer.start()
        outcomes = await writer.store("tok-1", posts)
        await writer.stop()
        return outcomes

    assert asyncio.run(run()) == [Outcome(Status.STORED)] * len(posts)
    return store.groups


def pauses_of(groups: list[Took]) -> list[float]:
    return [after.from_s - before.to_s for before, after in pairwise(groups)]


def test_beside_small_posts_groups_are_small_and_as_long_a_pause_follows_as_each_took(
    posts: list[Post],
) -> None:
    groups = stored(posts, rests=True)
    assert [group.events for group in groups] == [TURN] * 6
    assert min(pauses_of(groups)) >= GROUP_S


def test_without_them_the_next_group_is_there_when_one_is_stored(posts: list[Post]) -> None:
    many = posts * (2 * GROUP_LIMIT // len(posts))
    groups = stored(many, rests=False)
    assert [group.events for group in groups] == [GROUP_LIMIT, len(many) - GROUP_LIMIT]
    assert min(pauses_of(groups)) < 0.5 * GROUP_S
