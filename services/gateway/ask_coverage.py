"""Ask for coverage: how much of each zone was watched, and what kept monitors from watching.

Place on the data's way: GET /v1/coverage, /v1/restrictions. The rows are those of the command
(`services.coverage`), within the token's mission and agreement. Only for who sees the whole of a
mission: where nobody watches is what somebody who wants to fire unseen would ask for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

from services.coverage import CoverageAsked, coverage
from services.gateway.page import Page
from services.gateway.represent import Shape
from services.store.engine import Connection
from streams.assessment import STATUS
from streams.coverage.tell import CoverageTold, RestrictionTold

T = TypeVar("T")

COVERAGE: Final = Shape(CoverageTold.__struct_fields__, lambda _: None)
RESTRICTIONS: Final = Shape(RestrictionTold.__struct_fields__, lambda _: None)
NOTE: Final = f"{STATUS}; no_coverage is not calm: of that time nothing is known"
RESTRICTIONS_NOTE: Final = "by the monitors' own word"


class AfterRow(NamedTuple):
    """Where the next page begins: after this row."""

    zone: str
    starts_at: datetime
    means: str


class AfterRestriction(NamedTuple):
    """The same of restrictions."""

    source: str
    id: str


def ask_coverage(
    conn: Connection, asked: CoverageAsked, limit: int, after: AfterRow | None
) -> Page[CoverageTold]:
    """A page of zones' periods, by zone, begin and means."""
    rows = [(_place(row), row) for row in coverage(conn, asked).rows]
    rest = [(place, row) for place, row in rows if after is None or place > after]
    return _page(rest, limit)


def ask_restrictions(
    conn: Connection,
    asked: CoverageAsked,
    limit: int,
    after: AfterRestriction | None,
) -> Page[RestrictionTold]:
    """A page of restrictions, by source and id."""
    rows = [(AfterRestriction(it.source, it.id), it) for it in coverage(conn, asked).restrictions]
    return _page([(place, row) for place, row in rows if after is None or place > after], limit)


def _place(row: CoverageTold) -> AfterRow:
    return AfterRow(row.zone, row.starts_at, row.means or "")


def _page(rows: Sequence[tuple[tuple[Any, ...], T]], limit: int) -> Page[T]:
    """The first rows, each with its place."""
    shown = rows[:limit]
    more = shown[-1][0] if len(rows) > limit else None
    return Page([row for _, row in shown], more)
