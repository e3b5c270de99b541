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

from services.gateway.fair_queue import TURN
from services.gateway.group import BusyError, GroupWriter, Told, all_told
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
        """Store a token's posts, all or none of them; returns once they are committed.

        Raises:
            BusyError: too much of this token is waiting; nothing of these is stored.
            AwayError: the database is away. What is perhaps stored counts once when it is sent
                again.
        """
        if len(posts) <= TURN:
            self._small.note()
            return await self._each[0].store(token_id, posts)
        parts: dict[GroupWriter, list[int]] = {}
        for place, post in enumerate(posts):
            parts.setdefault(self._of(post), []).append(place)
        given = [(writer, [posts[at] for at in places]) for writer, places in parts.items()]
        if not all(writer.has_room(token_id, part) for writer, part in given):
            raise BusyError
        told = await all_told(writer.store(token_id, part) for writer, part in given)
        outcomes = dict(zip(chain(*parts.values()), chain(*told), strict=True))
        return [outcomes[at] for at in range(len(posts))]

    def _of(self, post: Post) -> GroupWriter:
        lane = way_of(post.kind, post.mission, post.source).lane
        return self._of_bodies[lane % len(self._of_bodies)]
