"""Present: the token in an `Authorization` header, read and hashed once. Pure.

As a bearer token (RFC 6750); where a route says so (`AS_PASSWORD`) as a password as well, with any
user name (RFC 7617): a program that keeps calendars asks for these two and sends no header of its
own, and a secret in an address lies in every log on the way.
"""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha256
from typing import Final, NamedTuple

AS_PASSWORD: Final = "as_password"  # noqa: S105 (a word, no secret)
"""A route's option: its token may be a password."""
CHALLENGE: Final = 'Basic realm="truceline", charset="UTF-8", Bearer realm="truceline"'
"""What such a route answers who has presented none; programs ask for a password by the first."""
_BEARER: Final = b"bearer "
_BASIC: Final = b"basic "


class Presented(NamedTuple):
    """What is presented as a bearer token."""

    raw: bytes
    name: bytes
    """What it is remembered by: its hash. Secrets do not lie about in memory."""

    @property
    def text(self) -> str:
        """As it was sent."""
        return self.raw.decode("latin-1")


def presented_token(header: bytes, *, as_password: bool = False) -> Presented | None:
    """What is presented as a bearer token, or as a password where it may; None: nothing is."""
    if header[: len(_BEARER)].lower() == _BEARER:
        return present(header[len(_BEARER) :].strip())
    if as_password and header[: len(_BASIC)].lower() == _BASIC:
        return _password(header[len(_BASIC) :].strip())
    return None


def _password(encoded: bytes) -> Presented | None:
    try:
        pair = b64decode(encoded, validate=True)
    except ValueError:
        return None  # safe: who presents nothing that can be read is nobody
    _, colon, password = pair.partition(b":")
    return present(password) if colon else None


def present(raw: bytes) -> Presented:
    """The token itself."""
    return Presented(raw, sha256(raw).digest())
