"""Receive a body: within its size, its time, and what all bodies together may hold.

Place on the data's way: HTTP → **bytes** → `read_body`. Who sends a byte now and then holds a
connection and nothing else, and not for long.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from litestar.types import Receive

from services.gateway.problems import RETRY_AFTER_S, Code, ProblemError
from services.gateway.room import Room
from services.limits import Limits

HELD_LIMIT: Final = 256 * 1024 * 1024
"""Bytes of all bodies that were not answered yet."""


class _Late:
    """Ends the task that waits for a body, after a time: `asyncio.timeout`, at a fifth its cost."""

    __slots__ = ("_came", "_handle", "_task")

    def __init__(self, seconds: float) -> None:
        task = asyncio.current_task()
        assert task is not None, "a request has one"
        self._task = task
        self._came = False
        self._handle = asyncio.get_running_loop().call_later(seconds, self._come)

    def _come(self) -> None:
        self._came = True
        self._task.cancel()

    def ended_it(self) -> bool:
        """Whether this was the end, and nobody else wanted the task to end."""
        return self._came and self._task.uncancel() == 0

    def forget(self) -> None:
        """The body is there."""
        self._handle.cancel()


class Bodies:
    """The bodies that are on their way in."""

    def __init__(self, limits: Limits, held_limit: int = HELD_LIMIT) -> None:
        self._limits = limits
        self._room = Room(held_limit)

    async def receive(self, receive: Receive, length: bytes, name: str) -> bytes:
        """The whole body; it counts as held until it is given back (`release`).

        Args:
            receive: ASGI's.
            length: what `Content-Length` says; empty: nothing.
            name: whose body it is.

        Raises:
            ProblemError: it is too large, too slow, breaks off, or there is no room for it now.
                What was held of it is given back.
        """
        if length.isdigit():
            self._check(name, 0, int(length[:12]))
        parts: list[bytes] = []
        late = _Late(self._limits.body_seconds)
        try:
            await self._receive(receive, name, parts)
        except BaseException:
            self.release(name, sum(map(len, parts)))
            if late.ended_it():
                # Nothing of it was stored; the one who sent it is told, if anybody is still there.
                raise ProblemError(
                    Code.BODY_TOO_SLOW, f"It has {self._limits.body_seconds} s."
                ) from None
            raise
        finally:
            late.forget()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def release(self, name: str, size: int) -> None:
        """What was received is answered."""
        if size:
            self._room.give(name, size)

    async def _receive(self, receive: Receive, name: str, parts: list[bytes]) -> None:
        size, more = 0, True
        while more:
            message: Any = await receive()
            if message["type"] == "http.disconnect":
                # Half a body is none: nothing is stored, and nobody is there to be told.
                raise ProblemError(Code.BODY_UNREADABLE, "It breaks off.")
            part: bytes = message.get("body", b"")
            more = message.get("more_body", False)
            if part:
                self._check(name, size, len(part))
                self._room.take(name, len(part))
                size += len(part)
                parts.append(part)

    def _check(self, name: str, size: int, more: int) -> None:
        if size + more > self._limits.body_bytes:
            most = self._limits.body_bytes
            raise ProblemError(Code.BODY_TOO_LARGE, f"A body holds at most {most} bytes.")
        if not self._room.has(name, more):
            raise ProblemError(Code.TOO_MUCH_WAITING, retry_after_s=RETRY_AFTER_S)
