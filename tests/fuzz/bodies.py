"""Malformed bodies: packings that break off, lie or burst, too many lines, wrong kinds."""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from functools import cache
from typing import Final

import zstandard

from tests.fuzz.case import (
    JSON,
    NDJSON,
    STATUSES,
    Case,
    Make,
    Sender,
    gzipped,
    refused,
    zstded,
)

UNREADABLE: Final = refused("body_unreadable")
TOO_LARGE: Final = refused("body_too_large", status=413)
KIND_UNKNOWN: Final = refused("media_type_unknown", status=415)
GIGABYTE: Final = 1 << 30


@cache
def gzip_bomb() -> bytes:
    """A gigabyte of blanks in about a megabyte: one megabyte's block, over and over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    blanks = b" " * (1 << 20)
    first, block = (packer.compress(blanks) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return first + block * (GIGABYTE >> 20)


@cache
def zstd_bomb() -> bytes:
    """A gigabyte of blanks in some tens of kilobytes."""
    packer = zstandard.ZstdCompressor(level=1).compressobj()
    piece = b" " * (1 << 20)
    return b"".join([*(packer.compress(piece) for _ in range(GIGABYTE >> 20)), packer.flush()])


@cache
def zstd_of_window(log: int) -> bytes:
    """A frame that asks for a window of 2**log bytes (RFC 8878, 3.1.1.1.2) and holds little."""
    descriptor = bytes([(log - 10) << 3])
    block = (2 << 3 | 1).to_bytes(3, "little") + b"{}"
    return struct.pack("<I", 0xFD2FB528) + b"\x00" + descriptor + block


def _truncated(sender: Sender) -> Case:
    coding, pack = sender.draw.choice((("gzip", gzipped), ("zstd", zstded)))
    body = pack(sender.raw(remark="x" * 300))
    cut = body[: sender.draw.randrange(1, len(body))]
    return Case(f"truncated {coding}", sender.post(cut, coding=coding), UNREADABLE)


def _bomb(sender: Sender) -> Case:
    coding, body = sender.draw.choice((("gzip", gzip_bomb()), ("zstd", zstd_bomb())))
    media = sender.draw.choice((JSON, NDJSON))
    return Case(f"{coding} bomb", sender.post(body, coding=coding, media=media), TOO_LARGE)


def _not_packed(sender: Sender) -> Case:
    coding = sender.draw.choice(("gzip", "zstd", "x-gzip", "GZIP"))
    return Case("not packed as it says", sender.post(sender.raw(), coding=coding), UNREADABLE)


def _wrongly_packed(sender: Sender) -> Case:
    coding, body = sender.draw.choice(
        (("gzip", zstded(sender.raw())), ("zstd", gzipped(sender.raw())))
    )
    return Case("packed another way", sender.post(body, coding=coding), UNREADABLE)


def _flipped(sender: Sender) -> Case:
    body = bytearray(gzipped(sender.raw()))
    body[-sender.draw.randrange(5, 9)] ^= 0xFF  # its CRC-32
    return Case("gzip with a wrong checksum", sender.post(bytes(body), coding="gzip"), UNREADABLE)


def _tail(sender: Sender) -> Case:
    body = gzipped(sender.raw()) + b"tail"
    return Case("gzip with a tail", sender.post(body, coding="gzip"), UNREADABLE)


def _twice_packed(sender: Sender) -> Case:
    coding, pack, code = sender.draw.choice(
        (("gzip", gzipped, "not_utf8"), ("zstd", zstded, "not_utf8"))
    )
    return Case("packed twice", sender.post(pack(pack(sender.raw())), coding=coding), refused(code))


def _window(sender: Sender) -> Case:
    log = sender.draw.choice((28, 31, 35, 41))
    return Case("zstd window", sender.post(zstd_of_window(log), coding="zstd"), UNREADABLE)


def _unknown_coding(sender: Sender) -> Case:
    coding = sender.draw.choice(("br", "deflate", "gzip, gzip", "zstd;q=1", "\xff\xfe", "aes"))
    return Case("unknown coding", sender.post(sender.raw(), coding=coding), KIND_UNKNOWN)


def _kind(sender: Sender) -> Case:
    media = sender.draw.choice(
        ("text/plain", "application/xml", "multipart/form-data; boundary=a", "*/*", "json", "/",
         "application/x-www-form-urlencoded", "\xff", None)
    )  # fmt: skip
    return Case("other kind of body", sender.post(sender.raw(), media=media), KIND_UNKNOWN)


def _lines_as_one(sender: Sender) -> Case:
    body = sender.raw() + b"\n" + sender.raw()
    return Case("lines sent as one event", sender.post(body), refused("malformed_json"))


def _pretty(sender: Sender) -> Case:
    raw = json.dumps(sender.report(), indent=1).encode()
    lines = tuple(refused("malformed_json", "wrong_type") for _ in raw.split(b"\n"))
    answer = refused("", status=200)
    return Case("one event sent as lines", sender.post(raw, media=NDJSON), answer, lines)


def _too_many_lines(sender: Sender) -> Case:
    body = b"{}\n" * sender.draw.choice((5_001, 60_000))
    return Case("5,001 lines", sender.post(body, media=NDJSON), TOO_LARGE)


def _empty_lines(sender: Sender) -> Case:
    count = sender.draw.randrange(1, 40)
    lines = (refused("empty"),) * count
    answer = refused("", status=200)
    return Case("empty lines", sender.post(b"\n" * count, media=NDJSON), answer, lines)


def _array(sender: Sender) -> Case:
    body = json.dumps([sender.report(), sender.report()]).encode()
    return Case("events in an array", sender.post(body), refused("wrong_type"))


def _swollen(sender: Sender) -> Case:
    """As much as may be unpacked, from some kilobytes; no line of it is an event."""
    line = b" " * (1 << 20) + b"\n"
    lines = (refused("too_large", "malformed_json"),) * 60
    answer = refused("", status=200)
    request = sender.post(zstded(line * 60), media=NDJSON, coding="zstd")
    return Case("60 MB of lines, packed", request, answer, lines)


def _too_large(sender: Sender) -> Case:
    body = b" " * (16 * 1024 * 1024 + 1)
    answers = TOO_LARGE
    return Case("17 MB", sender.post(body), answers, may_hang_up=True)


def _random(sender: Sender) -> Case:
    body = b"\xff" + sender.draw.randbytes(sender.draw.randrange(1, 2_000))
    return Case("random bytes", sender.post(body), refused("not_utf8"))


def _other_source(sender: Sender) -> Case:
    body = sender.raw(mission="another")
    return Case("another's mission", sender.post(body), refused("not_its_source", status=403))


def _other_route(sender: Sender) -> Case:
    body = sender.raw()
    return Case("a report as a status", sender.post(body, path=STATUSES), refused("missing_field"))


def _status_words(sender: Sender) -> Case:
    event, code = sender.draw.choice(
        (
            (sender.status(status="ajar"), "unknown_word"),
            (sender.status(effective_to="2026-03-01T08:00:00Z"), "interval_reversed"),
            (sender.status(settles=[{"source": "a"}]), "missing_field"),
            (sender.status(corridor="a b"), "bad_format"),
            (sender.status(issued_at="1800-01-01T00:00:00Z"), "out_of_range"),
        )
    )
    return Case(
        "malformed status", sender.post(json.dumps(event).encode(), path=STATUSES), refused(code)
    )


def _member_of_nothing(sender: Sender) -> Case:
    body = gzip.compress(b"", mtime=0) * sender.draw.randrange(1, 30)
    return Case("gzip of nothing", sender.post(body, coding="gzip"), refused("empty"))


BODIES: Final[tuple[Make, ...]] = (
    _truncated,
    _truncated,
    _not_packed,
    _wrongly_packed,
    _flipped,
    _tail,
    _twice_packed,
    _window,
    _unknown_coding,
    _kind,
    _lines_as_one,
    _pretty,
    _empty_lines,
    _array,
    _random,
    _other_source,
    _other_route,
    _status_words,
    _member_of_nothing,
)
DEAR: Final[tuple[Make, ...]] = (_bomb, _bomb, _swollen, _too_many_lines, _too_large)
"""So costly to make, send or refuse that some hundreds are enough."""
