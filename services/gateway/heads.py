"""Heads: the head of a post that was read before is not read again.

Place on the data's way: `wire` → **was it seen?** → `post_route`. Pure. Who keeps a connection
sends the same head over and over, but for its body's length, and the same bytes mean the same. Kept
is only what the parser has taken, of a caller who was let by; by its hash, since a token is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from services.gateway.present import Presented

if TYPE_CHECKING:
    from services.gateway.post_route import Posting

REMEMBERED: Final = 10_000
END: Final = b"\r\n\r\n"
OTHERWISE: Final = frozenset({b"connection", b"expect", b"transfer-encoding", b"x-request-id"})
"""Who says one of these has a head of its own each time, or is not read in one piece."""


class KnownHead(NamedTuple):
    """What is known of a post by its head: its body is one event as it is, the connection stays."""

    posting: Posting
    size: int
    """Of the whole request."""
    body_at: int
    token_at: int
    token_end: int
    token_name: bytes

    def presented(self, request: bytes) -> Presented:
        """The token that a request with this head presents."""
        return Presented(request[self.token_at : self.token_end], self.token_name)


class Heads:
    """The heads of one gateway; used on its event loop alone."""

    def __init__(self) -> None:
        self._known: dict[bytes, KnownHead] = {}

    def recall(self, request: bytes) -> KnownHead | None:
        """What is known of a request that is there whole; None: have it read."""
        body_at = request.find(END) + len(END)
        known = self._known.get(sha256(request[:body_at]).digest())
        return known if known is not None and known.size == len(request) else None

    def remember(
        self,
        request: bytes,
        posting: Posting,
        headers: Mapping[bytes, bytes],
        presented: Presented,
    ) -> None:
        """Remember the head that these bytes begin with, where that is worth it.

        Args:
            request: from its first byte on, with all of its head.
            posting: what its body is, as it is and whole.
            headers: all of them, as the parser read them.
            presented: the token among them.
        """
        body_at = request.find(END) + len(END)
        head = request[:body_at]
        length = headers.get(b"content-length", b"")
        # Of a line that ends otherwise the parser may see the head end elsewhere than we do.
        if head.count(b"\n") != head.count(b"\r\n") or not head.startswith(b"POST "):
            return
        if body_at < len(END) or not length.isdigit() or not OTHERWISE.isdisjoint(headers):
            return
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        at = head.find(presented.raw)
        place = at, at + len(presented.raw), presented.name
        known = KnownHead(posting, body_at + int(length[:12]), body_at, *place)
        self._known[sha256(head).digest()] = known
