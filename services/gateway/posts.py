"""Posts and outcomes: an event that a caller hands in, and what came of it.

Place on the data's way: body → **Post** → `take_in` → **Outcome** → answer. Values only, of which
bytes can be made: the process that answers and the one that stores hand them to each other.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from msgspec import Struct

from streams.agreed_names import Named, named_by
from streams.decode import Refusal
from streams.events import CorridorStatus, Event, Report
from streams.keys import EventKind, Key


class Post(Struct, frozen=True, gc=False, array_like=True):
    """One event that may be stored: it could be read, and its caller may speak for its source."""

    kind: EventKind
    mission: str
    source: str
    id: str
    observed_from: datetime | None
    observed_to: datetime | None
    key: Key
    raw: bytes
    """As it came, without the line's end."""
    content_hash: bytes
    """SHA-256 of `raw`."""
    token_id: str
    named: Named | None = None
    """What it takes from an agreement, which is asked before it is stored; None: nothing."""

    @classmethod
    def of(  # noqa: PLR0913, PLR0917 (what is known of an event)
        cls, kind: EventKind, event: Event, key: Key, raw: bytes, content_hash: bytes, token_id: str
    ) -> Post:
        """Of an event that was read; who declares something observes nothing."""
        mission, source, id_ = event.mission, event.source, event.id
        if isinstance(event, Report):  # nearly all that comes; it may name what it likes
            at, to = event.observed_from, event.observed_to or event.observed_from
            return cls(kind, mission, source, id_, at, to, key, raw, content_hash, token_id)
        seen_at = event.observed_at if isinstance(event, CorridorStatus) else None
        seen, named = (seen_at, seen_at), named_by(event)
        return cls(kind, mission, source, id_, *seen, key, raw, content_hash, token_id, named)


class Status(IntEnum):
    """What came of an event, in HTTP's numbers."""

    KNOWN = 200
    STORED = 201
    REFUSED = 400
    FORBIDDEN = 403
    CONFLICT = 409


class Outcome(Struct, frozen=True, gc=False, array_like=True):
    """What came of one event."""

    status: Status
    receipt: bytes = b""
    """Canonical (`services.receipts.receipt.canonical`); there wherever the event is stored: a
    conflicting version is evidence, and has one too."""
    signature: str = ""
    refusal: Refusal | None = None
