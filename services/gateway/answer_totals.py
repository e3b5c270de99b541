"""Answer for totals: a page of their lines, or of what a counting rule changes.

Place on the data's way: GET /v1/totals, /v1/totals/differences, from a request to its answer.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from litestar import Request, Response

from services.gateway.answer_questions import COVERAGE_DAYS, Paging
from services.gateway.ask_totals import (
    DIFFERENCES,
    LINES,
    NOTE,
    ask_differences,
    ask_totals,
)
from services.gateway.page import AfterRows
from services.gateway.parameters import bad
from services.gateway.represent import TABLES
from services.totals import GroupBy, TotalsAsked
from streams.incidents.count import RULES, Counting

Asked = Request[Any, Any, Any]
FILTERS: Final = ("by", "zone", "counting", "first_day", "last_day")


async def answer_totals(request: Asked) -> Response[bytes]:
    """A page of totals, each line beside the period before."""
    paging = Paging(request, FILTERS, TABLES, LINES)
    asked = _asked(paging)
    question = partial(
        ask_totals, asked=asked, limit=paging.parameters.limit(), after=paging.after(AfterRows)
    )
    return await paging.answer(question, _beside(asked))


async def answer_differences(request: Asked) -> Response[bytes]:
    """A page of the reports that reconcile one counting rule with another."""
    paging = Paging(request, FILTERS, TABLES, DIFFERENCES)
    asked = _asked(paging)
    question = partial(
        ask_differences, asked=asked, limit=paging.parameters.limit(), after=paging.after(AfterRows)
    )
    return await paging.answer(question, _beside(asked))


def _asked(paging: Paging) -> TotalsAsked:
    parameters = paging.parameters
    first, last = parameters.days()
    if first is None or last is None:
        raise bad("first_day" if first is None else "last_day", "must be given: a mission day")
    if (last - first).days >= COVERAGE_DAYS:
        raise bad("last_day", f"leaves more than {COVERAGE_DAYS} days")
    return TotalsAsked(
        paging.token.mission,
        parameters.word("by", GroupBy) or GroupBy.ZONE,
        parameters.word("counting", Counting) or Counting.OBSERVED_EVENTS,
        parameters.text("zone"),
        first,
        last,
    )


def _beside(asked: TotalsAsked) -> dict[str, str]:
    """No figure stands without its counting rule."""
    return {"note": NOTE, "counted": RULES[asked.counting]}
