"""Who may say what about a corridor.

Place on the data's way: the first question to every status event. Rights come from the agreement
alone and hold for the corridors and the time that it names; a party can close and can't open. What
a source says outside of its validity, or after its revocation, nobody entitled has said.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from streams.agreement import Agreement, Corridor
from streams.corridors.events import StatusEvent, latest_believable
from streams.instants import micros, micros_or_forever, moment_of
from streams.rights import Held, Lost, Rights
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
    rights: Rights
    skew_us: int

    @classmethod
    def of(cls, corridor: Corridor, agreement: Agreement, skew_us: int) -> Authority:
        """The authority over `corridor` under `agreement`."""
        return cls(corridor.id, Rights(agreement.sources), skew_us)

    def voice(self, event: StatusEvent) -> Voice:
        """How far the status of `event` counts."""
        if event.status.exercise:
            return Voice.NONE
        held = self._held(event)
        if held.lost is not None:
            return Voice.UNVERIFIED
        if held.party is not None:
            # Whatever its rights: a party's withdrawal ends a corridor's safety by itself.
            return Voice.CAUTIONS
        if held.may(Right.OPEN, self.corridor):
            return Voice.OPENS
        return Voice.CAUTIONS if held.may(Right.CLOSE, self.corridor) else Voice.UNVERIFIED

    def may_settle(self, event: StatusEvent) -> bool:
        """Whether what the status names in `settles` is settled by it."""
        if event.status.exercise or self.is_from_future(event):
            return False
        return self._held(event).may(Right.SETTLE, self.corridor)

    def opens_until(self, event: StatusEvent) -> int:
        """How long the source of an `open` that counts keeps the right behind it (µs).

        One who may no longer open vouches for nothing: what it opened is not known to be open.
        """
        held = self._held(event)
        return micros_or_forever(self.rights.ends(held, Right.OPEN, self.corridor))

    def party_of(self, source: str) -> str | None:
        """The party that a source speaks for, if it is known and speaks for one."""
        return self.rights.party_of(source)

    def is_from_future(self, event: StatusEvent) -> bool:
        """Whether it claims to be issued or observed later than its receipt and skew allow."""
        status, latest = event.status, latest_believable(event.received_at, self.skew_us)
        claimed = (status.issued_at, status.observed_at)
        return any(moment is not None and micros(moment) > latest for moment in claimed)

    def issued(self, event: StatusEvent) -> int:
        """When the status was issued (µs); never believed to be later than its receipt and skew."""
        latest = latest_believable(event.received_at, self.skew_us)
        return min(micros(event.status.issued_at), latest)

    def _held(self, event: StatusEvent) -> Held:
        """What the source that really said it might do when it did."""
        if not event.vouched:
            return Held((), Lost.UNKNOWN)
        issued = moment_of(self.issued(event))
        status, received = event.status, (event.received_at,)
        return self.rights.held(status.source, issued, received, event.public_key)
