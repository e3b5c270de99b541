"""Boards: for who asks now, and for who waits until something on the board changes.

Place on the data's way: `answer_board` → **now, or when it changes** → a reader. A corridor grows
stale without any event, so that there is nothing to be woken by: while somebody waits, one look at
the states is taken every `LOOK_S` for all who see the same.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Final, NamedTuple

from services.gateway.ask_board import Glance, Seen, ask_board, ask_glance
from services.gateway.problems import RETRY_AFTER_S, Code, ProblemError
from services.gateway.readers import Readers
from services.gateway.room import Room
from services.tokens.token import Token

LOOK_S: Final = 0.5
"""What has changed is told within a second."""
LONGEST_S: Final = 30
"""That somebody may wait: what is silent for longer some telephone networks drop."""
MOST_WAITING: Final = 512
"""Clients that wait; of one token at most what is then left free (`room`)."""


class _View(NamedTuple):
    """Who waits for the same: what is shown depends on nothing else of a token."""

    mission: str
    agreement: str | None
    ids: tuple[str, ...]


class Boards:
    """Shows boards; on the event loop alone, but for `end`."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        self._room = Room(MOST_WAITING)
        self._looks: dict[_View, asyncio.Task[Glance]] = {}
        self._ends = False

    async def now(self, token: Token) -> Seen:
        """The board as it is.

        Raises:
            ProblemError: as a reader does.
        """
        return await self._readers.ask_as_of(token, lambda conn, now: ask_board(conn, token, now))

    async def changed(self, token: Token, seen: Seen, wait_s: int) -> Seen:
        """The board as soon as it is another one, or as it is after `wait_s`.

        Raises:
            ProblemError: too many wait already; or as a reader does.
        """
        if not self._room.has(token.id, 1):
            raise ProblemError(
                Code.TOO_MUCH_ASKED, "Too many wait already.", retry_after_s=RETRY_AFTER_S
            )
        self._room.take(token.id, 1)
        try:
            return await self._wait(token, seen, wait_s)
        finally:
            self._room.give(token.id, 1)

    def end(self) -> None:
        """Let nobody wait any longer: the gateway ends. Any thread may say so."""
        self._ends = True

    async def _wait(self, token: Token, seen: Seen, wait_s: int) -> Seen:
        first, clock = seen.board, asyncio.get_running_loop().time
        until = clock() + wait_s - LOOK_S
        while not self._ends and clock() < until:
            if await self._look(token, seen.ids) == seen.glance and not _has_turned(seen):
                continue
            seen = await self.now(token)
            if seen.board != first:
                return seen
        return await self.now(token)

    async def _look(self, token: Token, ids: tuple[str, ...]) -> Glance:
        """The next glance, taken once for all who wait for it."""
        view = _View(token.mission, token.agreement, ids)
        look = self._looks.get(view)
        if look is None:
            look = asyncio.get_running_loop().create_task(self._glance(token, view))
            self._looks[view] = look
        return await asyncio.shield(look)  # who hangs up ends nobody else's

    async def _glance(self, token: Token, view: _View) -> Glance:
        try:
            await asyncio.sleep(LOOK_S)
            return await self._readers.ask_as_of(
                token, lambda conn, now: ask_glance(conn, token, now, view.ids)
            )
        finally:
            del self._looks[view]


def _has_turned(seen: Seen) -> bool:
    """Whether time has come to what the clock alone may change."""
    return seen.turns_at is not None and datetime.now(UTC) >= seen.turns_at
