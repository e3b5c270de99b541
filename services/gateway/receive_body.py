"""Receive a body: within its size, its time, and what all bodies together may hold.

Place on the data's way: HTTP → **bytes** → `read_body`. Who sends a byte now and then holds a
connection and nothing else, and not for long.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from litestar import Request

from services.gateway.problems import RETRY_AFTER_S, Code, ProblemError
from services.gateway.room import Room
from services.limits import Limits

HELD_LIMIT: Final = 256 * 1024 * 1024
"""Bytes of all bodies that were not answered yet."""


class Bodies:
    """The bodies that are on their way in."""

    def __init__(self, limits: Limits, held_limit: int = HELD_LIMIT) -> None:
        self._limits = limits
        self._room = Room(held_limit)

    @asynccontextmanager
    async def receive(self, request: Request[Any, Any, Any], name: str) -> AsyncIterator[bytes]:
        """The whole body; it counts as held until the caller is done with it.

        Raises:
            ProblemError: it is too large, too slow, or there is no room for it now.
        """
        length = request.headers.get("content-length", "")
        if length.isdecimal():
            self._check(name, 0, int(length[:12]))
        parts: list[bytes] = []
        size = 0
        try:
            try:
                async with asyncio.timeout(self._limits.body_seconds):
                    async for part in request.stream():
                        self._check(name, size, len(part))
                        self._room.take(name, len(part))
                        size += len(part)
                        parts.append(part)
            except TimeoutError:
                # Nothing of it was stored; the one who sent it is told, if anybody is still there.
                raise ProblemError(
                    Code.BODY_TOO_SLOW, f"It has {self._limits.body_seconds} s."
                ) from None
            yield b"".join(parts)  # not within: a timeout of the caller's is none of the body's
        finally:
            if size:
                self._room.give(name, size)

    def _check(self, name: str, size: int, more: int) -> None:
        if size + more > self._limits.body_bytes:
            most = self._limits.body_bytes
            raise ProblemError(Code.BODY_TOO_LARGE, f"A body holds at most {most} bytes.")
        if not self._room.has(name, more):
            raise ProblemError(Code.TOO_MUCH_WAITING, retry_after_s=RETRY_AFTER_S)
