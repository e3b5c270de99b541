"""Compress: an answer's bytes in the coding that its asker takes (RFC 9110, 12.5.3). Pure.

Place on the data's way: representation → **fewer bytes** → a bad line. No answer that is compressed
holds a secret beside words of its asker's choosing.
"""

from __future__ import annotations

import gzip
from enum import StrEnum
from typing import Final

import zstandard

from services.gateway.represent import weigh

_LEVEL: Final = 12


class Coding(StrEnum):
    """The content codings that answers come in, the smallest first."""

    ZSTD = "zstd"
    GZIP = "gzip"
    IDENTITY = "identity"


def choose_coding(accepted: str) -> Coding:
    """The coding that `Accept-Encoding` likes best; none where it names none of ours."""
    liked: dict[str, float] = {}
    for part in accepted.split(","):
        name, *options = (word.strip().lower() for word in part.split(";"))
        liked[name] = weigh(options)
    rest = liked.get("*", 0.0)
    best = max(Coding, key=lambda coding: liked.get(coding, rest))
    return best if liked.get(best, rest) > 0 else Coding.IDENTITY


def compress(body: bytes, coding: Coding) -> bytes:
    """The bytes in that coding; the same for the same."""
    match coding:
        case Coding.ZSTD:
            return zstandard.ZstdCompressor(level=_LEVEL).compress(body)
        case Coding.GZIP:
            return gzip.compress(body, mtime=0)
        case Coding.IDENTITY:
            return body
