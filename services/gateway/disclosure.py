"""Disclosure: which role sees how much of what; one table, pure.

Place on the data's way: token → what may you → **how much of it**. PostgreSQL keeps other missions
out before anybody asks here (`services.store.scope`). Within the mission, who need not know who
observed something is told where and what, never from whom: observer's position, source, ids and
raw report stay with those who work with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from services.tokens.token import Role, Token


class View(StrEnum):
    """How much a role sees."""

    WHOLE = "whole"
    """Everything of its mission."""
    OWN = "own"
    """Everything of the sources that its token speaks for; of all others what `coarse` sees."""
    COARSE = "coarse"
    """A violation's zone and a cell of a fixed grid; a corridor's state without whose word it is;
    that something was in a zone, not what; no report."""


VIEWS: Final[Mapping[Role, View]] = {
    Role.REPORTER: View.OWN,
    Role.CORRIDOR_OPERATOR: View.OWN,
    Role.COORDINATOR: View.WHOLE,
    Role.MOVEMENT_ORGANISER: View.COARSE,
    Role.PARTY: View.COARSE,
    Role.MEDIATOR: View.COARSE,
    Role.INVESTIGATOR: View.WHOLE,
    Role.PUBLISHER: View.COARSE,
    Role.AUDITOR: View.WHOLE,
    Role.ADMIN: View.WHOLE,
}

READS_UNREVIEWED: Final = frozenset(Role) - {Role.PARTY, Role.PUBLISHER}
"""The roles that are told of results before a person has released them, each as far as it sees.
Parties and the public are told what was released at the desk (domain.md, "Assessment"). Of what is
never released there they are refused and not shown an empty list: none is told of, which is not
that there is none."""

READS_WHOLE: Final = frozenset(role for role, view in VIEWS.items() if view is View.WHOLE)
"""The roles that are told where nobody watches, and which reports are doubted: it would help those
who want to fire unseen, or to make reports up."""

READS_DESK: Final = READS_WHOLE
"""The roles that see what waits at the desk, who did what there, and why."""

REVIEWS: Final = frozenset({Role.INVESTIGATOR})
"""The role that acts at the desk. Who releases has seen the whole, so no publisher; does not act on
the results himself, so no coordinator; does not check the decisions afterwards, so no auditor; and
does not hand out the tokens by which people are told apart, so no admin."""

READS_CASES: Final = READS_DESK | {Role.PARTY, Role.MEDIATOR, Role.PUBLISHER}
"""The roles that see cases and messages: the mission all, others what was released, and the sources
that a token names what is addressed to them. PostgreSQL itself keeps the rest."""

WORKS_CASES: Final = frozenset({Role.INVESTIGATOR, Role.PARTY})
"""The roles that act in cases, each within what is theirs (`streams.cases.fold`); who rules is
known by a key of the agreement, whoever brings the signature."""

WRITES_CHANNEL: Final = WORKS_CASES | {Role.MEDIATOR, Role.COORDINATOR}

READS_REPORTS: Final = frozenset(role for role, view in VIEWS.items() if view is not View.COARSE)
"""The roles that may ask for a report at all."""


def sees_all(token: Token) -> bool:
    """Whether a token's holder sees everything of its mission, whoever said it."""
    return any(VIEWS[role] is View.WHOLE for role in token.roles)


def movements_of(token: Token) -> frozenset[str] | None:
    """The sources whose movements a token's holder sees; None: all, as the mission does.

    A token for every source names none: it would be told of movements that nobody told it of.
    """
    return None if sees_all(token) else token.sources


def sees_unreviewed(token: Token) -> bool:
    """Whether a token's holder is told of results that nobody has released."""
    return not token.roles.isdisjoint(READS_UNREVIEWED)


def sees_whole(token: Token, mission: str, source: str) -> bool:
    """Whether a token's holder sees everything of what this source of this mission has said."""
    if mission != token.mission:
        return False
    views = {VIEWS[role] for role in token.roles}
    return sees_all(token) or (View.OWN in views and token.speaks_for(mission, source))
