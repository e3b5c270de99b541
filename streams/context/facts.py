"""Facts: what was notified and which phases have begun, as `judge` sees them.

Place on the data's way: events of the parties and the mission → **MissionContext** → judge. Frozen
values that are encoded into the context of each assessment they touch, and hashed with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from streams.vocabulary import Activity, Kind, Purpose, Severity, Weapon


class Notification(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """A party has said beforehand what it is going to do, where and when."""

    activity: Activity
    zones: tuple[str, ...] = ()
    """Ids of the agreement's zones in which it will take place."""
    corridors: tuple[str, ...] = ()
    """Ids of the agreement's corridors on which it will."""
    start: datetime
    """UTC; the window is [start, end)."""
    end: datetime
    notified_at: datetime
    """UTC, when it was said."""
    by: str
    """Id of the party that will do it."""
    event: str = ""
    """``source/id`` of the word that notified it."""

    def begins_after(self, notice: timedelta) -> datetime:
        """From when on it counts where so much notice is due: a late word covers the rest."""
        return max(self.start, self.notified_at + notice)


class TruceHeld(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """The terms of a local truce were in force in [start, end), without a break."""

    truce: str
    purpose: Purpose
    zones: tuple[str, ...] = ()
    """Ids of the agreement's zones in which it held."""
    corridors: tuple[str, ...] = ()
    start: datetime
    """UTC."""
    end: datetime
    prohibits: tuple[Kind, ...]
    weapons: tuple[Weapon, ...] = ()
    """Empty: whatever the weapon."""
    guarantors: tuple[str, ...] = ()
    severity: Severity = Severity.SERIOUS
    event: str
    """What put these terms in force: ``source/id`` of a word, ``agreement:exchange-N``."""


class PhaseBegan(Struct, frozen=True, kw_only=True, gc=False):
    """A phase of the agreement has begun."""

    phase: str
    at: datetime
    """UTC."""


class MissionContext(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """All that is known of a mission; sorted, so that equal sets are equal values."""

    notifications: tuple[Notification, ...] = ()
    phases: tuple[PhaseBegan, ...] = ()
    truces: tuple[TruceHeld, ...] = ()

    @classmethod
    def of(
        cls,
        notifications: Iterable[Notification] = (),
        phases: Iterable[PhaseBegan] = (),
        truces: Iterable[TruceHeld] = (),
    ) -> MissionContext:
        """The context of a set of facts, in whatever order they are given."""
        return cls(
            notifications=tuple(sorted(set(notifications), key=msgspec.json.encode)),
            phases=tuple(sorted(set(phases), key=msgspec.json.encode)),
            truces=tuple(sorted(set(truces), key=msgspec.json.encode)),
        )

    def touching(self, start: datetime, end: datetime) -> MissionContext:
        """What bears on a report observed in [start, end]: of it alone, its digest speaks."""
        if self == NOTHING_KNOWN:
            return self
        return MissionContext(
            notifications=tuple(
                [it for it in self.notifications if it.start <= end and start < it.end]
            ),
            phases=tuple([it for it in self.phases if it.at <= end]),
            truces=tuple([it for it in self.truces if it.start <= end and start < it.end]),
        )


NOTHING_KNOWN = MissionContext()
