"""Present: the token in an `Authorization` header, read and hashed once. Pure."""

from __future__ import annotations

from hashlib import sha256
from typing import Final, NamedTuple

_BEARER: Final = b"bearer "


class Presented(NamedTuple):
    """What is presented as a bearer token."""

    raw: bytes
    name: bytes
    """What it is remembered by: its hash. Secrets do not lie about in memory."""

    @property
    def text(self) -> str:
        """As it was sent."""
        return self.raw.decode("latin-1")


def presented_token(header: bytes) -> Presented | None:
    """What is presented as a bearer token; None: nothing is."""
    if header[: len(_BEARER)].lower() != _BEARER:
        return None
    return present(header[len(_BEARER) :].strip())


def present(raw: bytes) -> Presented:
    """The token itself."""
    return Presented(raw, sha256(raw).digest())
