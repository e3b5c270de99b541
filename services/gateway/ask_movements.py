"""Ask for movements: how they stand, one with its words, how they ended.

Place on the data's way: GET /v1/movements, /v1/movements/{movement}, /v1/movement-outcomes. Which
movements there are for a token PostgreSQL decides (`services.gateway.disclosure.movements_of`): one
that it does not let by is, here as everywhere, one that there is not. So a page is counted among
those that its asker sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple

from services.gateway.disclosure import VIEWS, View
from services.gateway.page import Page, page_of
from services.gateway.problems import Code, ProblemError
from services.gateway.represent import Shape
from services.movements import (
    AfterMovement,
    MovementDetail,
    MovementTold,
    OutcomeRow,
    Wanted,
    movement,
    movements,
    outcomes,
)
from services.standing import Asked
from services.store.engine import Connection
from services.tokens.token import Role, Token
from streams.movements.outcomes import Period
from streams.movements.standing import MovementPhase
from streams.vocabulary import MovementKind

READS_MOVEMENTS: Final = frozenset(
    {role for role, view in VIEWS.items() if view is View.WHOLE}
    | {Role.MOVEMENT_ORGANISER, Role.PARTY}
)
"""The mission; who organises; who may have been addressed."""
NOTE: Final = "of the movements that this token sees; acknowledged is not permitted, nor safe"

MOVEMENTS: Final = Shape(MovementTold.__struct_fields__, lambda _: None)
MOVEMENT: Final = Shape(MovementDetail.__struct_fields__, lambda _: None)
OUTCOMES: Final = Shape(OutcomeRow.__struct_fields__, lambda _: None)


class MovementsAsked(NamedTuple):
    """As they stand when, by what was known when, and of which windows."""

    at: datetime
    known_at: datetime
    since: datetime | None = None
    until: datetime | None = None

    def of(self, token: Token) -> Asked:
        """Within the token's mission."""
        return Asked(token.mission, self.at, self.known_at)


class MovementFilters(NamedTuple):
    """Which of them, how many at most, and after which place."""

    phase: MovementPhase | None
    kind: MovementKind | None
    limit: int
    after: AfterMovement | None


def ask_movements(
    conn: Connection, token: Token, asked: MovementsAsked, filters: MovementFilters
) -> Page[MovementTold]:
    """A page of the movements that the token's holder sees and that are asked for."""
    wanted = Wanted(filters.kind, asked.since, asked.until, filters.after)
    seen = movements(conn, asked.of(token), wanted)
    found = (one for one in seen if filters.phase in {None, one.phase})
    return page_of(list(islice(found, filters.limit + 1)), filters.limit)


def ask_movement(
    conn: Connection, token: Token, asked: MovementsAsked, movement_id: str
) -> Sequence[MovementDetail]:
    """The movement of this id; several, where several organisers chose the same.

    Raises:
        ProblemError: the token's holder sees none.
    """
    found = movement(conn, asked.of(token), movement_id)
    if not found:
        raise ProblemError(Code.MOVEMENT_UNKNOWN)
    return found


def ask_outcomes(
    conn: Connection, token: Token, asked: MovementsAsked, period: Period
) -> Sequence[OutcomeRow]:
    """How the movements ended that the token's holder sees."""
    return outcomes(conn, asked.of(token), period, asked.since, asked.until)
