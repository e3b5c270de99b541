"""Entries of the spool: an event's bytes, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


class State(StrEnum):
    """Where an event is on its way."""

    WAITING = "waiting"
    """On disk here; the gateway may have it, but has not said so to us."""
    RECEIPTED = "receipted"
    REFUSED = "refused"
    CONFLICT = "conflict"
    """Kept by the gateway as a further version under an id that it knows; it has a receipt."""


class Kind(StrEnum):
    """What an event is meant as; the words are those of receipts."""

    REPORT = "report"
    CORRIDOR_STATUS = "corridor_status"
    CONTEXT = "context"


@dataclass(frozen=True, slots=True)
class Event:
    """An event to put: its bytes exactly as they were written."""

    raw: bytes
    kind: Kind
    origin: str = ""
    """File and line it was read from, for the person who mends it."""

    @property
    def digest(self) -> bytes:
        """SHA-256 of the bytes: the same bytes are one entry."""
        return sha256(self.raw).digest()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the gateway signed, as it came."""

    receipt: bytes
    """JSON object."""
    signature: str
    """base64url."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the gateway said of an entry, for good."""

    number: int
    state: State
    receipt: Receipt | None = None
    reason: str = ""
    detail: str = ""

    def __post_init__(self) -> None:
        """A state that promises a receipt has one."""
        assert self.state is not State.WAITING
        assert (self.receipt is None) == (self.state is State.REFUSED)


@dataclass(frozen=True, slots=True)
class Entry:
    """An event as it lies in the spool."""

    number: int
    """In the order in which they were put."""
    event: Event
    state: State
    put_at: datetime
    settled_at: datetime | None = None
    receipt: Receipt | None = None
    gateway: str = ""
    """Address of the gateway that settled it."""
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Entries by state."""

    waiting: int = 0
    receipted: int = 0
    refused: int = 0
    conflict: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the last try to send came to nothing."""

    at: datetime
    message: str
