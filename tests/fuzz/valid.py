"""Posts that are well, some of them odd: each gets its receipt and is stored once."""

from __future__ import annotations

import gzip
import json
from typing import Final

from tests.fuzz.case import (
    JSON,
    NDJSON,
    STATUSES,
    STORED,
    Case,
    Make,
    Sender,
    gzipped,
    refused,
    zstded,
)

ODD: Final = (
    b'"x": 1e400',
    b'"x": -0.0e-999',
    b'"x": ' + b"9" * 10_000,
    b'"remark": "\\u0000"',
    b'"remark": "\\ud83d\\ude00"',
    b'"x": {"a": 1, "b": {"a": 1}}',
    b'"x": "\\u2028", "y": []',
    b'"remark": null',
    '"x": "\u0434\u0432\u0430 \u202e"'.encode(),
)
"""Members that RFC 8259 allows, and that are none of the fields, or may be what they are."""


def _single(sender: Sender) -> Case:
    raw = sender.raw()
    media = sender.draw.choice((JSON, "application/json; charset=utf-8", "Application/JSON"))
    return Case("valid", sender.post(raw, media=media), STORED, stores=(raw,))


def _odd(sender: Sender) -> Case:
    raw = sender.spliced(sender.draw.choice(ODD))
    return Case("valid, odd", sender.post(raw), STORED, stores=(raw,))


def _status(sender: Sender) -> Case:
    raw = json.dumps(sender.status()).encode()
    return Case("valid status", sender.post(raw, path=STATUSES), STORED, stores=(raw,))


def _lines(sender: Sender) -> Case:
    end, keep = sender.draw.choice(((b"\n", b""), (b"\r\n", b"\r")))
    raws = [sender.raw() for _ in range(sender.draw.randrange(1, 20))]
    coding, body = "", end.join([*raws, b""])
    if sender.draw.random() < 0.5:
        coding, pack = sender.draw.choice(
            (("gzip", gzipped), ("zstd", zstded), ("x-gzip", gzipped))
        )
        body = pack(body)
    request = sender.post(body, media=NDJSON, coding=coding)
    stores = tuple(raw + keep for raw in raws)
    answer = refused("", status=200)
    return Case("valid lines", request, answer, (STORED,) * len(raws), stores)


def _members(sender: Sender) -> Case:
    raw = sender.raw()
    parts = (raw[:9], raw[9:40], raw[40:])
    coding, body = sender.draw.choice(
        (
            ("gzip", b"".join(gzip.compress(part, mtime=0) for part in parts)),
            ("zstd", b"".join(map(zstded, parts))),
        )
    )
    return Case(
        "valid, in several members", sender.post(body, coding=coding), STORED, stores=(raw,)
    )


def _forwarded(sender: Sender) -> Case:
    raw = sender.raw()
    more = ["X-Forwarded-For: 1.2.3.4, nonsense", "Expect: ", "Accept: nothing/at-all"]
    return Case("valid, odd headers", sender.post(raw, more=more), STORED, stores=(raw,))


VALID: Final[tuple[Make, ...]] = (_single, _odd, _status, _lines, _members, _forwarded)
