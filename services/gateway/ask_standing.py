"""Ask how phases, measures, truces and exchanges stand, and what was said without effect.

Place on the data's way: GET /v1/phases, /v1/measures, /v1/truces, /v1/exchanges, /v1/unheeded. The
rows are those of the commands (`services.standing`), within the token's mission and agreement;
whose word had no effect is told to who sees everything of that source, and of an exchange a party
is told where it is one of the sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from services.gateway.disclosure import sees_whole
from services.gateway.represent import Shape
from services.standing import (
    Asked,
    ExchangeRow,
    MeasureRow,
    PhaseRow,
    TruceRow,
    UnheededRow,
    exchanges,
    measures,
    phases,
    truces,
    unheeded,
    unheeded_of_movements,
)
from services.store.engine import Connection
from services.tokens.token import Role, Token

READS_CONTEXT: Final = frozenset(Role) - {Role.PUBLISHER}
"""The public is told what was released; of these nothing is yet."""
SEES_EXCHANGES: Final = frozenset(
    {Role.COORDINATOR, Role.MEDIATOR, Role.INVESTIGATOR, Role.AUDITOR, Role.ADMIN}
)
READS_EXCHANGES: Final = SEES_EXCHANGES | {Role.PARTY}
"""Who arranges an exchange, answers for it, or is one of its sides."""
NOTE: Final = "claimed is not verified; agreed is not in force"

Question = Callable[[Connection, Token, datetime, datetime], Sequence[Struct]]


class Standing(Struct, frozen=True):
    """A question and how its rows are written."""

    ask: Question
    shape: Shape


def ask_phases(
    conn: Connection, token: Token, at: datetime, known_at: datetime
) -> Sequence[PhaseRow]:
    """Every phase."""
    return phases(conn, Asked(token.mission, at, known_at))


def ask_measures(
    conn: Connection, token: Token, at: datetime, known_at: datetime
) -> Sequence[MeasureRow]:
    """Every measure."""
    return measures(conn, Asked(token.mission, at, known_at))


def ask_truces(
    conn: Connection, token: Token, at: datetime, known_at: datetime
) -> Sequence[TruceRow]:
    """Every truce."""
    return truces(conn, Asked(token.mission, at, known_at))


def ask_exchanges(
    conn: Connection, token: Token, at: datetime, known_at: datetime
) -> Sequence[ExchangeRow]:
    """Every exchange, to a party those of its own: a token says by its sources whose it is."""
    asked = Asked(token.mission, at, known_at)
    if token.roles & SEES_EXCHANGES:
        return exchanges(conn, asked)
    return exchanges(conn, asked, lambda one: not token.sources.isdisjoint(one.speakers))


def ask_unheeded(
    conn: Connection, token: Token, at: datetime, known_at: datetime
) -> Sequence[UnheededRow]:
    """What had no effect, of the sources of which the asker sees everything.

    Of movements, what PostgreSQL lets by: of the sources that the token names.
    """
    asked = Asked(token.mission, at, known_at)
    of_movements = {row.event for row in unheeded_of_movements(conn, asked)}
    return [
        row
        for row in unheeded(conn, asked)
        if row.event in of_movements or sees_whole(token, row.mission, row.event.partition("/")[0])
    ]


def _shape(row: type[Struct]) -> Shape:
    return Shape(row.__struct_fields__, lambda _: None)


PHASES: Final = Standing(ask_phases, _shape(PhaseRow))
MEASURES: Final = Standing(ask_measures, _shape(MeasureRow))
TRUCES: Final = Standing(ask_truces, _shape(TruceRow))
EXCHANGES: Final = Standing(ask_exchanges, _shape(ExchangeRow))
UNHEEDED: Final = Standing(ask_unheeded, _shape(UnheededRow))
