"""Posts and outcomes: an event that a caller hands in, and what came of it.

Place on the data's way: body → **Post** → `take_in` → **Outcome** → answer. Values only.
"""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

from services.receipts.receipt import SignedReceipt
from streams.decode import Refusal
from streams.events import CorridorStatus, Report
from streams.keys import EventKind, Key


class Post(Struct, frozen=True, gc=False):
    """One event that may be stored: it could be read, and its caller may speak for its source."""

    kind: EventKind
    event: Report | CorridorStatus
    key: Key
    raw: bytes
    """As it came, without the line's end."""
    content_hash: bytes
    """SHA-256 of `raw`."""
    token_id: str


class Status(IntEnum):
    """What came of an event, in HTTP's numbers."""

    KNOWN = 200
    STORED = 201
    REFUSED = 400
    FORBIDDEN = 403
    CONFLICT = 409


class Outcome(Struct, frozen=True, gc=False):
    """What came of one event."""

    status: Status
    receipt: SignedReceipt | None = None
    """There wherever the event is stored: a conflicting version is evidence, and has one too."""
    refusal: Refusal | None = None
