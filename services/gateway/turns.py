"""Turns: of one name's tasks one at a time, beside those of the others.

Place on the data's way: `intake`, where packed bodies are unpacked. A body of some kilobytes may
unpack to `UNPACKED_LIMIT`: one token's bodies are unpacked one after another, so that however many
it sends at once, they take one thread and hold one such body of memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Who has the turn of each name. Names that nobody waits for are not kept."""

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._asking: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._locks)

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for the name's turn, and have it."""
        lock = self._locks.setdefault(name, asyncio.Lock())
        self._asking[name] = self._asking.get(name, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._asking[name] -= 1
            if not self._asking[name]:
                del self._asking[name], self._locks[name]
