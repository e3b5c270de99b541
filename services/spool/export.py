"""Export: entries as NDJSON, for carrying on a stick.

Each line: {"format", "kind", "state", "sha256", "raw", "put_at", "gateway", "receipt",
"signature", "reason", "detail"}; `raw` is base64 of the event's bytes exactly as they are.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from services.spool.entries import Entry

FORMAT = "truceline.spool-export.v1"
_NULL = msgspec.Raw(b"null")


class Line(Struct, frozen=True):
    """An entry on a line."""

    format: str
    kind: str
    state: str
    sha256: str
    raw: bytes
    put_at: datetime
    gateway: str
    receipt: msgspec.Raw
    signature: str | None
    reason: str
    detail: str


def line_of(entry: Entry) -> bytes:
    """An entry as a line, with its end."""
    return (
        msgspec.json.encode(
            Line(
                format=FORMAT,
                kind=entry.event.kind.value,
                state=entry.state.value,
                sha256=entry.event.digest.hex(),
                raw=entry.event.raw,
                put_at=entry.put_at,
                gateway=entry.gateway,
                receipt=msgspec.Raw(entry.receipt.receipt) if entry.receipt else _NULL,
                signature=entry.receipt.signature if entry.receipt else None,
                reason=entry.reason,
                detail=entry.detail,
            )
        )
        + b"\n"
    )
