"""Rights: what a source of the agreement may do, and whether it still might when it spoke.

Place on the data's way: agreement → **rights** → the authorities over corridors and over context,
which ask nothing else about a source. A source may have several entries; what it may do at an
instant is what those together grant that are valid then and not revoked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from streams.agreement import SigningKey, Source
from streams.vocabulary import Right


class Lost(Enum):
    """Why a source has no say."""

    UNKNOWN = "unknown"
    """The agreement does not name it."""
    NOT_IN_FORCE = "not_in_force"
    """It spoke when no entry of it was valid."""
    REVOKED = "revoked"
    """It spoke, or its word reached us, after the revocation."""
    KEY_UNKNOWN = "key_unknown"
    """The key that signed is none of the source's by this version."""
    KEY_NOT_VALID = "key_not_valid"
    """It spoke when that key was not valid."""
    KEY_REVOKED = "key_revoked"
    """It spoke, or its word reached us, after the key was revoked."""


class Held(NamedTuple):
    """The entries by which a source has a say in what it said."""

    entries: tuple[Source, ...]
    lost: Lost | None
    """Why there is none; None: there are some."""
    key: SigningKey | None = None
    """The key that signed what it said; None: something else vouches for it."""

    @property
    def party(self) -> str | None:
        """The party it spoke for."""
        return self.entries[0].party if self.entries else None

    def may(self, right: Right, corridor: str | None = None) -> bool:
        """Whether it had a right; with a corridor: over that one."""
        return any(_grants(entry, right, corridor) for entry in self.entries)


class Rights:
    """Who may say what, by one version of an agreement."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._entries: defaultdict[str, list[Source]] = defaultdict(list)
        for source in sources:
            self._entries[source.id].append(source)

    def party_of(self, source: str) -> str | None:
        """The party that a source speaks for, if it is known and speaks for one."""
        entries = self._entries.get(source)
        return entries[0].party if entries else None

    def held(
        self,
        source: str,
        said_at: datetime,
        received: Sequence[datetime] = (),
        public_key: str | None = None,
    ) -> Held:
        """What a source might do when it spoke.

        A revoked source can date its words as it likes: what reaches us after it is void.

        Args:
            source: its id.
            said_at: when it says that it spoke.
            received: when that reached us, as often as it did; nothing where it came in a file.
            public_key: of the signature by which it is known; None: it is known otherwise.
        """
        known = self._entries.get(source)
        if not known:
            return Held((), Lost.UNKNOWN)
        valid = [it for it in known if it.valid is None or it.valid.covers(said_at, said_at)]
        if not valid:
            return Held((), Lost.NOT_IN_FORCE)
        latest = max((said_at, *received))
        entries = [it for it in valid if it.revoked_at is None or latest < it.revoked_at]
        if not entries:
            return Held((), Lost.REVOKED)
        if public_key is None:
            return Held(tuple(entries), None)
        keys = (key for entry in known for key in entry.keys)
        key = next((key for key in keys if key.public_key == public_key), None)
        lost = _lost_with(key, said_at, latest)
        return Held(() if lost else tuple(entries), lost, key)

    def ends(self, held: Held, right: Right, corridor: str) -> datetime | None:
        """Until when the source keeps, without a break, a right that it had; None: for good.

        A key that ends takes nothing back of what it signed; one that is revoked does.
        """
        revoked = held.key.revoked_at if held.key else None
        ends = [self._ends(held, right, corridor), revoked]
        return min((it for it in ends if it is not None), default=None)

    def _ends(self, held: Held, right: Right, corridor: str) -> datetime | None:
        source = held.entries[0].id
        able = [it for it in self._entries[source] if _grants(it, right, corridor)]
        reached = [_end(it) for it in held.entries if _grants(it, right, corridor)]
        while None not in reached:
            end = max(it for it in reached if it is not None)
            further = [_end(entry) for entry in able if _lasts_over(entry, end)]
            if not further:
                return end
            reached = further
        return None


def _lost_with(key: SigningKey | None, said_at: datetime, latest: datetime) -> Lost | None:
    if key is None:
        return Lost.KEY_UNKNOWN
    if key.valid is not None and not key.valid.covers(said_at, said_at):
        return Lost.KEY_NOT_VALID
    if key.revoked_at is not None and key.revoked_at <= latest:
        return Lost.KEY_REVOKED
    return None


def _grants(entry: Source, right: Right, corridor: str | None) -> bool:
    over = corridor is None or not entry.corridors or corridor in entry.corridors
    return over and right in entry.rights


def _end(entry: Source) -> datetime | None:
    ends = [entry.valid.to if entry.valid else None, entry.revoked_at]
    return min((it for it in ends if it is not None), default=None)


def _lasts_over(entry: Source, instant: datetime) -> bool:
    """Whether it holds at an instant, and so beyond it."""
    end = _end(entry)
    begun = entry.valid is None or entry.valid.from_ <= instant
    return begun and (end is None or instant < end)
