"""Entries as a spool would give them."""

from __future__ import annotations

from datetime import UTC, datetime

from services.spool.entries import Entry, Event, Kind, State

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def entry(raw: bytes, number: int = 1, kind: Kind = Kind.REPORT) -> Entry:
    """One that waits."""
    return Entry(number, Event(raw, kind), State.WAITING, NOW)
