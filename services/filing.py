"""Filing: as whom somebody acts in a case or writes in the joint channel, by their token.

Place on the data's way: token → **as whom, for which source** → `services.cases`,
`services.channel`. A party's word needs a token that names its source. Who administers the
program, whatever else the token is for, acts as nobody there: an administrator can't rule.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from services.drafts import versions
from services.store.engine import Connection
from services.store.scope import set_scope
from services.tokens.token import Role, Token
from streams.cases.authority import Authority, Version
from streams.cases.case import Standing
from streams.cases.misfit import TO_DO, Misfit

OF_MISSION: Final = frozenset({Role.INVESTIGATOR, Role.COORDINATOR, Role.MEDIATOR})
"""Which of them may work cases, and which only write, the routes say."""


class Filer(NamedTuple):
    """Who files something."""

    token_id: str
    principal: str | None
    mission: str
    agreement: str | None
    """None: any of the mission's."""
    sources: frozenset[str]
    standing: Standing

    def speaks_for(self, mission: str, agreement: str, source: str) -> bool:
        """Whether it may say something as this source, there; a party's only where it is named."""
        return self.covers(mission, agreement) and (
            source in self.sources or (self.standing is Standing.MISSION and not self.sources)
        )

    def covers(self, mission: str, agreement: str) -> bool:
        """Whether it is for this mission and agreement at all."""
        return mission == self.mission and self.agreement in {None, agreement}


class MisfitError(Exception):
    """What was brought would have no effect, and is not kept."""

    def __init__(self, reason: Misfit) -> None:
        super().__init__(TO_DO[reason])
        self.reason = reason


class NotTheirsError(Exception):
    """The token does not speak for the source, or not for this mission and agreement."""


class Filing(NamedTuple):
    """What became of something that was brought."""

    name: str
    """Of the case, or the message."""
    sha256: str
    is_new: bool
    """Else the same bytes had come before."""


def filer_of(token: Token) -> Filer:
    """As whom a token's holder acts."""
    if Role.ADMIN in token.roles:
        standing = Standing.ADMINISTRATOR
    elif token.roles & OF_MISSION:
        standing = Standing.MISSION
    else:
        standing = Standing.PARTY
    return Filer(token.id, token.principal, token.mission, token.agreement, token.sources, standing)


def see_all(conn: Connection, filer: Filer) -> None:
    """Let the transaction see all of the filer's mission: what fits depends on all of it."""
    named = None if filer.agreement is None else [filer.agreement]
    set_scope(conn, [filer.mission], named, None)


def authority_of(conn: Connection, mission: str, agreement_id: str) -> Authority:
    """Who is a party and who may rule, by every loaded version of an agreement."""
    return Authority(list(_versions(conn, mission, agreement_id)))


def _versions(conn: Connection, mission: str, agreement_id: str) -> Iterable[Version]:
    for it in versions(conn, mission).values():
        if it.agreement.id == agreement_id:
            yield Version(it.agreement, bool(it.missing))
