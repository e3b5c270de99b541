"""Which events go into one post, and how. Pure.

Many go as NDJSON, gzip'd. An event whose bytes hold a line break goes by itself: as a line it
would be others, and the receipt is for the bytes exactly as they were written.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.spool.entries import Entry, Kind

MOST_EVENTS: Final = 500
MOST_BYTES: Final = 1024 * 1024
"""Of one post before it is packed; one event may be as long by itself."""
PATHS: Final = {
    Kind.REPORT: "/v1/reports",
    Kind.CORRIDOR_STATUS: "/v1/corridor-status",
    Kind.CONTEXT: "/v1/context",
}


@dataclass(frozen=True, slots=True)
class Batch:
    """Events of one kind that go in one post."""

    entries: tuple[Entry, ...]
    as_lines: bool

    @property
    def path(self) -> str:
        """Where it goes, below the gateway's address."""
        return PATHS[self.entries[0].event.kind]

    @property
    def content_type(self) -> str:
        """What it is."""
        return "application/x-ndjson" if self.as_lines else "application/json"

    def body(self) -> bytes:
        """The bytes on the wire; the same events give the same."""
        raw = b"\n".join(entry.event.raw for entry in self.entries)
        return gzip.compress(raw + b"\n" if self.as_lines else raw, mtime=0)


def first_batch(entries: Sequence[Entry], most: int = MOST_EVENTS) -> Batch:
    """As many of the first entries as go in one post; at least one."""
    first = entries[0]
    if not is_line(first.event.raw):
        return Batch((first,), as_lines=False)
    taken: list[Entry] = []
    size = 0
    for entry in entries[:most]:
        size += len(entry.event.raw) + 1
        fits = not taken or size <= MOST_BYTES
        if entry.event.kind is not first.event.kind or not is_line(entry.event.raw) or not fits:
            break
        taken.append(entry)
    return Batch(tuple(taken), as_lines=True)


def is_line(raw: bytes) -> bool:
    """Whether the bytes stay what they are as a line among lines."""
    return bool(raw) and raw == raw.strip() and b"\n" not in raw and b"\r" not in raw
