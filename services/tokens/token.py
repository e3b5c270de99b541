"""Token: what is known of one, and whether it counts now. Pure.

Place on the data's way: what the caller presents → found in the store → **valid?** → what it may.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from streams.vocabulary import Word


class Role(Word):
    """What a token is for. Which role may call what is the gateway's table."""

    REPORTER = "reporter"
    CORRIDOR_OPERATOR = "corridor_operator"
    COORDINATOR = "coordinator"
    MOVEMENT_ORGANISER = "movement_organiser"
    PARTY = "party"
    MEDIATOR = "mediator"
    INVESTIGATOR = "investigator"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Validity(StrEnum):
    """Whether a token counts; only `valid` lets anybody in."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is stored, without its secret and without the secret's hash."""

    id: str
    label: str
    mission: str
    agreement: str | None
    """None: every agreement of the mission."""
    roles: frozenset[Role]
    sources: frozenset[str]
    """Empty: every source of the mission."""
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    principal: str | None = None
    """The person who holds it: one name a person, however many tokens. None: nobody by name."""

    def speaks_for(self, mission: str, source: str) -> bool:
        """Whether events of this mission and source may come under this token."""
        return mission == self.mission and (not self.sources or source in self.sources)


def validity(token: Token | None, now: datetime) -> Validity:
    """Whether a token counts at `now`; None is one that nobody made.

    Revoked comes before expired: it is what an operator decided.
    """
    if token is None:
        return Validity.UNKNOWN
    if token.revoked_at is not None and token.revoked_at <= now:
        return Validity.REVOKED
    if token.expires_at <= now:
        return Validity.EXPIRED
    return Validity.VALID
