"""Ask for a corridor's figures: promised time against usable time, by the cause of each loss.

Place on the data's way: GET /v1/corridors/{id}/stats. The rows are those of the command
(`services.corridor_figures`), by the agreements that the token is for; no source is named in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.corridor_figures import (
    COVERAGE,
    FigureTold,
    StatsAsked,
    corridor_figures,
    period_of,
)
from services.gateway.ask_corridors import drawn_corridors
from services.gateway.parameters import bad
from services.gateway.problems import Code, ProblemError
from services.gateway.represent import Shape
from services.store.engine import Connection
from services.store.queries.corridors import is_known
from services.tokens.token import Token
from streams.corridors.parts import why_no_part

FIGURES: Final = Shape(FigureTold.__struct_fields__, lambda _: None)
NOTE: Final = COVERAGE


def ask_figures(
    conn: Connection, token: Token, now: datetime, asked: StatsAsked
) -> Sequence[FigureTold]:
    """The figures of one corridor.

    Raises:
        ProblemError: the token's agreements name no such corridor, or the period is none.
    """
    drawn = drawn_corridors(conn, token).get(asked.name.corridor_id)
    if drawn is None and not is_known(conn, asked.name):
        raise ProblemError(Code.CORRIDOR_UNKNOWN)
    if drawn is not None and (why := why_no_part(drawn, asked.part)):
        raise ProblemError(Code.BAD_PARAMETER, f"{why}.")
    period = period_of(asked, now)
    if period is None:
        raise bad("from", "must lie before `to`, and before what is known ends")
    return corridor_figures(conn, asked, period)
