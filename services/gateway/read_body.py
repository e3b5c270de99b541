"""Read a body: bytes as they were sent → the events in them, unpacked within limits.

Place on the data's way: HTTP → **read body** → `read_event`. Pure. What is packed may unpack to no
more than `UNPACKED_LIMIT`, whatever it says of its own size: a few kilobytes can hold gigabytes.
"""

from __future__ import annotations

import zlib
from typing import Final

import zstandard

from services.limits import HIGHEST_BODY_BYTES

UNPACKED_LIMIT: Final = 64 * 1024 * 1024
LINES_LIMIT: Final = 5_000
_PIECE: Final = 1024
"""Of zstd, read at once: 4 bytes may unpack to 128 KiB, so that this is at most 32 MiB."""
_GZIP: Final = 16 + zlib.MAX_WBITS


class BodyError(Exception):
    """A body that nothing can be read from; the message says what to do."""


class TooLargeError(BodyError):
    """It holds more than is taken at once."""


class UnknownCodingError(BodyError):
    """Its `Content-Encoding` is none of ours."""


def unpack(body: bytes, coding: str) -> bytes:
    """The body without its `Content-Encoding`: none, `identity`, `gzip` or `zstd`.

    Raises:
        TooLargeError: it unpacks to more than is taken at once.
        UnknownCodingError: another coding.
        BodyError: it is not what its coding says, or breaks off.
    """
    if len(body) > HIGHEST_BODY_BYTES:
        raise TooLargeError(
            f"a body holds at most {HIGHEST_BODY_BYTES} bytes: send fewer events at once"
        )
    match coding.strip().lower():
        case "" | "identity":
            return body
        case "gzip" | "x-gzip":
            return _gunzip(body)
        case "zstd":
            return _unzstd(body)
        case other:
            raise UnknownCodingError(f"Content-Encoding {other[:40]!r}: send gzip, zstd, or none")


def _gunzip(body: bytes) -> bytes:
    parts: list[bytes] = []
    room = UNPACKED_LIMIT
    while body:  # a gzip body may have several members, one after another (RFC 1952, 2.2)
        member = zlib.decompressobj(_GZIP)
        try:
            part = member.decompress(body, room + 1)
        except zlib.error as error:
            raise BodyError(f"the body is no gzip: {error}") from None
        room -= len(part)
        if room < 0:
            raise _too_much()
        if not member.eof:
            raise BodyError("the gzip body breaks off: send it whole")
        parts.append(part)
        body = member.unused_data
    return b"".join(parts)


def _unzstd(body: bytes) -> bytes:
    parts: list[bytes] = []
    room = UNPACKED_LIMIT
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    frame = None
    # Not by the library's reader: at the end of its input it cannot say whether a frame broke off.
    try:
        rest = memoryview(body)
        while rest:  # there may be several frames, one after another (RFC 8878, 3.1)
            frame = frame or unpacker.decompressobj()
            piece, rest = rest[:_PIECE], rest[_PIECE:]
            part = frame.decompress(piece)
            room -= len(part)
            if room < 0:
                raise _too_much()
            parts.append(part)
            if frame.eof:
                over = len(frame.unused_data)
                rest, frame = memoryview(body)[len(body) - len(rest) - over :], None
    except zstandard.ZstdError as error:
        raise BodyError(f"the body is no zstd: {error}") from None
    if frame is not None:
        raise BodyError("the zstd body breaks off: send it whole")
    return b"".join(parts)


def _too_much() -> TooLargeError:
    return TooLargeError(
        f"the body unpacks to more than {UNPACKED_LIMIT} bytes: send fewer events at once"
    )


def count_lines(body: bytes) -> int:
    """How many events `split_lines` finds in a body.

    Raises:
        TooLargeError: more than are taken at once.
    """
    lines = body.count(b"\n") + (not body.endswith(b"\n") and body != b"")
    if lines > LINES_LIMIT:
        raise TooLargeError(f"{lines} lines; a body holds at most {LINES_LIMIT}")
    return lines


def split_lines(body: bytes) -> list[bytes]:
    r"""The events of an NDJSON body, by line: ``\n`` ends one, all else is the event's."""
    lines = body.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines
