"""Bytes as text: base64url without padding (RFC 4648, section 5), each value in one way only."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from binascii import b2a_base64
from typing import Final

_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


def text64(value: bytes) -> str:
    """The text of some bytes."""
    return b2a_base64(value, newline=False).translate(_URL_SAFE).rstrip(b"=").decode("ascii")


def bytes64(text: str) -> bytes | None:
    """The bytes of a text; None where it is not exactly what `text64` writes.

    Python's decoder lets other characters by and ignores bits that are left over: two texts would
    then be the same signature.
    """
    try:
        value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None  # the caller refuses it, whatever it is
    return value if text64(value) == text else None
