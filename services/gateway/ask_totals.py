"""Ask for totals: how much was found by zone, kind, party or day, and how much before.

Place on the data's way: GET /v1/totals, /v1/totals/differences. The rows are those of the command
(`services.totals`), within the token's mission and agreement. Only for who sees the whole of a
mission: they are sums of what nobody has released, beside where nobody watched.
"""

from __future__ import annotations

from typing import Final

from services.gateway.page import AfterRows, Page, page_from
from services.gateway.represent import Shape
from services.store.engine import Connection
from services.totals import Difference, Line, TotalsAsked, totals
from streams.assessment import STATUS

LINES: Final = Shape(Line.__struct_fields__, lambda _: None)
DIFFERENCES: Final = Shape(Difference.__struct_fields__, lambda _: None)
NOTE: Final = (
    f"{STATUS}; observed events are no rounds, and fewer of them where fewer people watched are no"
    " calm"
)


def ask_totals(
    conn: Connection, asked: TotalsAsked, limit: int, after: AfterRows | None
) -> Page[Line]:
    """A page of lines, in the order of what they are of."""
    return page_from(totals(conn, asked).lines, limit, after)


def ask_differences(
    conn: Connection, asked: TotalsAsked, limit: int, after: AfterRows | None
) -> Page[Difference]:
    """A page of the reports of which the counting rule makes another number, by series."""
    found = sorted(totals(conn, asked).differences, key=lambda it: (it.series, it.report))
    return page_from(found, limit, after)
