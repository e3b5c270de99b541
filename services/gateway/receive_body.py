"""Receive a body: within its size, and what all bodies together may hold. Pure.

Place on the data's way: HTTP → **bytes** → `read_body`. How long it may take is the connection's
(`wire`).
"""

from __future__ import annotations

from typing import Final

from services.gateway.problems import RETRY_AFTER_S, Code, ProblemError
from services.gateway.room import Room
from services.limits import Limits

HELD_LIMIT: Final = 256 * 1024 * 1024
"""Bytes of all bodies that were not answered yet."""


class Bodies:
    """The bodies that are on their way in."""

    def __init__(self, limits: Limits, held_limit: int = HELD_LIMIT) -> None:
        self._most = limits.body_bytes
        self._room = Room(held_limit)

    @property
    def held(self) -> int:
        """Bytes that are held now."""
        return self._room.held

    def check(self, name: str, length: bytes) -> None:
        """Ask before a body is read.

        Args:
            name: whose it is.
            length: what `Content-Length` says; empty: nothing.

        Raises:
            ProblemError: it is too large, or there is no room for it now.
        """
        if length.isdigit():
            self._check(name, 0, int(length[:12]))

    def hold(self, name: str, size: int, more: int) -> None:
        """Hold so much more of a body that has `size` already, until it is given back (`release`).

        Raises:
            ProblemError: it is too large, or there is no room for it now.
        """
        self._check(name, size, more)
        self._room.take(name, more)

    def release(self, name: str, size: int) -> None:
        """What was received is answered."""
        if size:
            self._room.give(name, size)

    def _check(self, name: str, size: int, more: int) -> None:
        if size + more > self._most:
            raise ProblemError(Code.BODY_TOO_LARGE, f"A body holds at most {self._most} bytes.")
        if not self._room.has(name, more):
            raise ProblemError(Code.TOO_MUCH_WAITING, retry_after_s=RETRY_AFTER_S)
