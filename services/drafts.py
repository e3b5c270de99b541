"""Drafts: which versions not all parties have signed, for results that are made when asked.

Place on the data's way: store → **draft or not** → corridors and lists, beside what they show. A
judgement has it in itself, as it was known when it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from services.store.documents import LoadedDocument, loaded_agreements
from services.store.engine import Connection
from services.store.signatures import loaded_signatures
from streams.agreement import Agreement
from streams.signing import signed


class Version(NamedTuple):
    """A loaded version, and the parties that have not signed it."""

    agreement: Agreement
    missing: tuple[str, ...]


def versions(
    conn: Connection, mission: str | None = None, known_at: datetime | None = None
) -> dict[bytes, Version]:
    """Every version of all missions, or of one, by its hash; as loaded and signed by `known_at`."""
    return _among(conn, loaded_agreements(conn, mission, known_at), mission, known_at)


def _among(
    conn: Connection,
    loaded: Iterable[LoadedDocument[Agreement]],
    mission: str | None,
    known_at: datetime | None,
) -> dict[bytes, Version]:
    made = [entry.signature for entry in loaded_signatures(conn, known_at, mission)]
    return {
        address: Version(agreement, signed(agreement, address.hex(), made).missing)
        for _, address, agreement in loaded
    }


class Drafts:
    """A mission's versions over time, and which of them are drafts."""

    def __init__(self, loaded: Mapping[bytes, Version]) -> None:
        self._versions = sorted(loaded.values(), key=lambda it: it.agreement.version, reverse=True)

    @classmethod
    def of(cls, conn: Connection, mission: str, known_at: datetime | None = None) -> Drafts:
        """The mission's, by the versions and signatures known then, or now."""
        return cls(versions(conn, mission, known_at))

    @classmethod
    def among(
        cls,
        conn: Connection,
        loaded: Iterable[LoadedDocument[Agreement]],
        mission: str,
        known_at: datetime | None = None,
    ) -> Drafts:
        """The same by versions that have been read already: those known then, or now."""
        return cls(_among(conn, loaded, mission, known_at))

    def cover(self, start: datetime, end: datetime | None) -> bool:
        """Whether a draft is in force at some time of [start, end); None: until further notice."""
        inside = {edge for edge in self._edges() if start < edge and (end is None or edge < end)}
        return any(self._is_draft_at(instant) for instant in {start, *inside})

    def turn_at(self, instant: datetime) -> datetime | None:
        """The next instant after one at which another version may be in force."""
        return min((edge for edge in self._edges() if edge > instant), default=None)

    def _edges(self) -> set[datetime]:
        spans = [version.agreement.valid for version in self._versions]
        return {it for span in spans for it in (span.from_, span.to) if it is not None}

    def _is_draft_at(self, instant: datetime) -> bool:
        if not self._versions:
            return (
                True  # a row of then, and no version known by then: nobody is known to have signed
            )
        for agreement, missing in self._versions:
            if agreement.valid.touches(instant, instant):
                return bool(missing)
        return False
