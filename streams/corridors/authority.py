"""Who may say what about a corridor.

Place on the data's way: the first question to every status event. Rights come from the agreement
alone and hold for the corridors and the time that it names; a party can close and can't open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from streams.agreement import Agreement, Corridor, Source
from streams.corridors.events import StatusEvent, latest_believable
from streams.instants import micros, moment_of
from streams.vocabulary import Right


class Voice(Enum):
    """How far a status counts."""

    NONE = "none"
    """An exercise."""
    UNVERIFIED = "unverified"
    """Not vouched for, or without the right: a caution is an impediment, all else is nothing."""
    CAUTIONS = "cautions"
    """Cautions count as said; an `open` takes back the source's own caution and opens nothing."""
    OPENS = "opens"
    """Cautions count as said, and so does `open`."""


@dataclass(frozen=True, slots=True)
class Authority:
    """The rights in an agreement, as far as they concern one corridor."""

    corridor: str
    sources: Mapping[str, Source]
    skew_us: int

    @classmethod
    def of(cls, corridor: Corridor, agreement: Agreement, skew_us: int) -> Authority:
        """The authority over `corridor` under `agreement`."""
        return cls(corridor.id, {source.id: source for source in agreement.sources}, skew_us)

    def voice(self, event: StatusEvent) -> Voice:
        """How far the status of `event` counts."""
        if event.status.exercise:
            return Voice.NONE
        source = self._entitled(event)
        if source is None:
            return Voice.UNVERIFIED
        if source.party is not None:
            # Whatever its rights: a party's withdrawal ends a corridor's safety by itself.
            return Voice.CAUTIONS
        if self._has(source, Right.OPEN):
            return Voice.OPENS
        return Voice.CAUTIONS if self._has(source, Right.CLOSE) else Voice.UNVERIFIED

    def may_settle(self, event: StatusEvent) -> bool:
        """Whether what the status names in `settles` is settled by it."""
        if event.status.exercise or self.is_from_future(event):
            return False
        source = self._entitled(event)
        return source is not None and self._has(source, Right.SETTLE)

    def party_of(self, source: str) -> str | None:
        """The party that a source speaks for, if it is known and speaks for one."""
        known = self.sources.get(source)
        return None if known is None else known.party

    def is_from_future(self, event: StatusEvent) -> bool:
        """Whether it claims to be issued or observed later than its receipt and skew allow."""
        status, latest = event.status, latest_believable(event.received_at, self.skew_us)
        claimed = (status.issued_at, status.observed_at)
        return any(moment is not None and micros(moment) > latest for moment in claimed)

    def issued(self, event: StatusEvent) -> int:
        """When the status was issued (µs); never believed to be later than its receipt and skew."""
        latest = latest_believable(event.received_at, self.skew_us)
        return min(micros(event.status.issued_at), latest)

    def _entitled(self, event: StatusEvent) -> Source | None:
        """The agreement's source that really said it, at a time at which it had a say."""
        source = self.sources.get(event.status.source) if event.vouched else None
        if source is None or source.valid is None:
            return source
        issued = moment_of(self.issued(event))
        return source if source.valid.covers(issued, issued) else None

    def _has(self, source: Source, right: Right) -> bool:
        return right in source.rights and (
            not source.corridors or self.corridor in source.corridors
        )
