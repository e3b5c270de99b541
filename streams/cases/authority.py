"""Authority: who is a party, and which principal a signature is of, by the agreement's versions.

Place on the data's way: agreement versions, each with whether all parties have signed it →
**authority** → `fold`. A ruling is by keys that the parties have signed for: under a draft nobody
rules, so that who loads an agreement cannot name the judges. A ruler must have had the right when
it signed and when that reached us; a version's word on a revocation counts for every other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from streams.agreement import Agreement, SigningKey, Source
from streams.cases.acts import Signed
from streams.cases.misfit import LOST, Misfit
from streams.cases.ruling import signing_text
from streams.due import version_at
from streams.rights import Rights
from streams.signing import verifies
from streams.vocabulary import Right


class Version(NamedTuple):
    """A version of the case's agreement."""

    agreement: Agreement
    draft: bool
    """Not all of its parties have signed it."""


class Principal(NamedTuple):
    """A named person who rules."""

    source: str
    key: str
    public_key: str
    holder: str
    """Who keeps the key, as the agreement names them."""
    party: str | None
    """The party that the source speaks for; None: nobody's."""

    def is_also(self, other: Principal) -> bool:
        """Whether both are the same person, as far as anybody can tell."""
        return (
            self.source == other.source
            or self.public_key == other.public_key
            or _name(self.holder) == _name(other.holder)
        )


def _name(holder: str) -> str:
    """A person's name as it is compared: spelt with other spaces or letters, it is the same."""
    return " ".join(holder.split()).casefold()


class Authority:
    """What the versions of one agreement say of who may do what in its cases."""

    def __init__(self, versions: Sequence[Version]) -> None:
        """Versions in any order; none: nobody may anything."""
        self._versions = sorted(versions, key=lambda it: it.agreement.version, reverse=True)

    @property
    def parties(self) -> frozenset[str]:
        """The parties, by any version."""
        return frozenset(party.id for it in self._versions for party in it.agreement.parties)

    def party_of(self, source: str) -> str | None:
        """The party that a source speaks for, by the newest version that knows it."""
        entries = (entry for it in self._versions for entry in it.agreement.sources)
        known = next((entry for entry in entries if entry.id == source), None)
        return None if known is None or known.party not in self.parties else known.party

    def sources_of(self, party: str) -> frozenset[str]:
        """The sources that speak for a party."""
        named = {entry.id for it in self._versions for entry in it.agreement.sources}
        return frozenset(source for source in named if self.party_of(source) == party)

    def principal(self, act: Signed, received_at: datetime) -> Principal | Misfit:
        """Whose signature this is, or why it is nobody's who may rule."""
        if not self._versions:
            return Misfit.NOT_IN_FORCE
        key = _key_of(self._at(act.at).agreement.sources, act.source, act.key)
        if isinstance(key, Misfit):
            return key
        if not verifies(key.public_key, act.signature, signing_text(act)):
            return Misfit.WRONG_SIGNATURE
        return (
            self._lost(act, key, received_at)
            or _unnamed(key)
            or Principal(
                act.source, key.id, key.public_key, key.holder or "", self.party_of(act.source)
            )
        )

    def _at(self, instant: datetime) -> Version:
        number = version_at((it.agreement for it in self._versions), instant).version
        return next(it for it in self._versions if it.agreement.version == number)

    def _lost(self, act: Signed, key: SigningKey, received_at: datetime) -> Misfit | None:
        """Asked of both versions: who backdates a signature must not gain the rights of then."""
        for version in (self._at(act.at), self._at(received_at)):
            rights = Rights(version.agreement.sources)
            held = rights.held(act.source, act.at, [received_at], key.public_key)
            if held.lost is not None:
                return LOST[held.lost]
            if not held.may(Right.RULE):
                return Misfit.WITHOUT_RIGHT
            if version.draft:
                return Misfit.VERSION_IS_DRAFT
        latest = max(act.at, received_at)
        revoked = any(at <= latest for at in self._revocations(key.public_key))
        return Misfit.KEY_REVOKED if revoked else None

    def _revocations(self, public_key: str) -> list[datetime]:
        return [
            key.revoked_at
            for it in self._versions
            for entry in it.agreement.sources
            for key in entry.keys
            if key.public_key == public_key and key.revoked_at is not None
        ]


def _unnamed(key: SigningKey) -> Misfit | None:
    return None if key.holder and key.holder.strip() else Misfit.HOLDER_UNNAMED


def _key_of(sources: Sequence[Source], source: str, key_id: str) -> SigningKey | Misfit:
    entries = [entry for entry in sources if entry.id == source]
    if not entries:
        return Misfit.UNKNOWN_SOURCE
    keys = (key for entry in entries for key in entry.keys if key.id == key_id)
    return next(keys, Misfit.KEY_UNKNOWN)
