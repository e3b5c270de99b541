"""Rejection: what everybody may know of a refused event.

Place on the data's way: decode → Refusal → **truceline.rejected.v1**, for whoever sent the event.
"""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct


class Rejection(Struct, frozen=True, omit_defaults=True):
    """What is said of a refused event; never its bytes, they may be hostile or private."""

    key: UUID
    """The store's key of the refused bytes (`streams.keys.rejected_key`)."""
    reason: str
    """A `streams.decode.Reason`; a plain text here, so that a new one breaks no reader."""
    message: str
    """What is wrong and what to do."""
    topic: str
    partition: int
    offset: int
    size_bytes: int | None = None
    """None: nothing is kept or told of it but its hash, in the key, and the reason."""
    mission: str | None = None
    source: str | None = None
    id: str | None = None
