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
from services.gateway.ask_corridors import require_corridor
from services.gateway.parameters import bad
from services.gateway.represent import Shape
from services.store.engine import Connection

FIGURES: Final = Shape(FigureTold.__struct_fields__, lambda _: None)
NOTE: Final = COVERAGE


def ask_figures(conn: Connection, now: datetime, asked: StatsAsked) -> Sequence[FigureTold]:
    """The figures of one corridor.

    Raises:
        ProblemError: the agreements that are seen name no such corridor, or the period is none.
    """
    require_corridor(conn, asked.name, asked.part)
    period = period_of(asked, now)
    if period is None:
        raise bad("from", "must lie before `to`, and before what is known ends")
    return corridor_figures(conn, asked, period)
