"""Writers: which process stores what. Small posts share the groups of one; bodies have the others.

Place on the data's way: `intake` → **here** → `group`. The cost of a group is the same for any
number of events: small posts are stored together, and never wait behind a thousand events of a
body. What stores waits for PostgreSQL half of its time: a large body is stored by several. In a
body a source's events go one way, and are stored in their order; posts that overlap have none.
While small posts come, what stores bodies rests as long as it works (`small_posts`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import chain

from services.gateway.group import BusyError, GroupWriter, Told, all_told, bytes_of
from services.gateway.posts import Outcome, Post
from services.gateway.small_posts import SmallPosts
from services.store.outbox import way_of


class Writers:
    """All that store, asked on one event loop."""

    def __init__(self, each: Sequence[GroupWriter], small: SmallPosts) -> None:
        self._each = tuple(each)
        self._of_bodies = self._each[1:] or self._each
        self._small = small

    def start(self) -> None:
        """Begin to store."""
        for one in self._each:
            one.start()

    async def stop(self) -> None:
        """Store what waits, then end."""
        await asyncio.gather(*(one.stop() for one in self._each))

    def put(self, token_id: str, post: Post, told: Told) -> None:
        """Have a single post stored; `told` hears what came of it.

        Raises:
            BusyError: too much of this token is waiting; it is not stored, and nobody told.
        """
        self._small.note()
        self._each[0].put(token_id, post, told)

    async def store(self, token_id: str, posts: Sequence[Post]) -> list[Outcome]:
        """Store a token's posts that came together, few of them, as single ones.

        Raises:
            BusyError: too much of this token is waiting; nothing of these is stored.
            AwayError: the database is away. What is perhaps stored counts once when it is sent
                again.
        """
        self._small.note()
        return await self._each[0].store(token_id, posts)

    def open_body(self, token_id: str, events: int, size: int) -> BodyWriter:
        """Keep room for a token's large body, to be stored while it is read; it has to be closed.

        Raises:
            BusyError: too much of this token is waiting; nothing of it is stored.
        """
        return BodyWriter(self._of_bodies, token_id, events, size)


class BodyWriter:
    """Has the events of a large body stored: the first ones while the last are read."""

    def __init__(
        self, writers: Sequence[GroupWriter], token_id: str, events: int, size: int
    ) -> None:
        self._token_id = token_id
        self._writers = writers
        self._kept: dict[GroupWriter, list[int]] = {}
        """Events and bytes there is still room for."""
        self._parts: list[tuple[Sequence[int], list[asyncio.Future[list[Outcome]]]]] = []
        """Posts by their places, and what comes of them."""
        self._posts = 0
        for writer in writers:  # which source stands in it is not known yet
            if not writer.reserve(token_id, events, size):
                self.close()
                raise BusyError
            self._kept[writer] = [events, size]

    def put(self, posts: Sequence[Post]) -> None:
        """Have these stored, which follow those before."""
        places: dict[GroupWriter, list[int]] = {}
        for place, post in enumerate(posts):
            places.setdefault(self._of(post), []).append(place)
        for writer, own in places.items():
            part = [posts[place] for place in own]
            kept = self._kept[writer]
            kept[0] -= len(part)
            kept[1] -= bytes_of(part)
            futures = writer.put_reserved(self._token_id, part)
            self._parts.append(([self._posts + place for place in own], futures))
        self._posts += len(posts)

    def close(self) -> None:
        """Give back the room that was not needed; what was put is stored."""
        for writer, (events, size) in self._kept.items():
            writer.release(self._token_id, events, size)
        self._kept.clear()

    async def outcomes(self) -> list[Outcome]:
        """What came of all that was put, in order, once it is committed.

        Raises:
            AwayError: the database is away. What is perhaps stored counts once when it is sent
                again.
        """
        told = await all_told([one for _, futures in self._parts for one in futures])
        places = chain.from_iterable([places for places, _ in self._parts])
        outcomes = dict(zip(places, chain.from_iterable(told), strict=True))
        return [outcomes[at] for at in range(self._posts)]

    def _of(self, post: Post) -> GroupWriter:
        lane = way_of(post.kind, post.mission, post.source).lane
        return self._writers[lane % len(self._writers)]
