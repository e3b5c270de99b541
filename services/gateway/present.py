"""Present: the token in an `Authorization` header, read and hashed once. Pure."""

from __future__ import annotations

from hashlib import sha256
from typing import Final, NamedTuple

_BEARER: Final = "bearer "


class Presented(NamedTuple):
    """What is presented as a bearer token."""

    text: str
    name: bytes
    """What it is remembered by: its hash. Secrets do not lie about in memory."""


def presented_token(header: bytes) -> Presented | None:
    """What is presented as a bearer token; None: nothing is."""
    text = header.decode("latin-1")
    if text[: len(_BEARER)].lower() != _BEARER:
        return None
    return present(text[len(_BEARER) :].strip())


def present(text: str) -> Presented:
    """The token itself."""
    return Presented(text, sha256(text.encode("utf-8", "surrogatepass")).digest())
