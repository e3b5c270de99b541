"""What the routes of totals take and answer, with examples.

Place on the data's way: beside it, a part of the table `described`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from services.gateway.ask_totals import DIFFERENCES, LINES, NOTE
from services.gateway.described_questions import DAY, KEPT, LIMITED, PAGED, PROBLEMS, page_answer
from services.gateway.operation import Operation, Parameter
from services.gateway.represent import TABLES
from services.totals import Before, Difference, GroupBy, Line, Sum
from streams.assessment import STATUS
from streams.incidents.count import RULES, Counting
from streams.incidents.observed import Number
from streams.vocabulary import Verdict

_COUNTING: Final = Counting.SERIES_OF_30
_NONE: Final = Sum(0, Number(0, 0), Number(0, 0), 0)
_LINE: Final = Line(
    mission="osce-smm",
    by=GroupBy.ZONE,
    of="zolote",
    incidents=2,
    violations=Sum(3, Number(47, 47), Number(1, 1), 0),
    possible=_NONE,
    before=Before(1, Sum(1, Number(4, 4), Number(4, 4), 0), _NONE, 96.0),
    watched_h=61.5,
    counting=_COUNTING,
    status=STATUS,
)
_DIFFERENCE: Final = Difference(
    mission="osce-smm",
    of="zolote",
    report="camera-1/c-7",
    zone="zolote",
    verdict=Verdict.VIOLATION,
    series=1,
    observed=Number(40, 40),
    counted=Number(1, 1),
)
_BESIDE: Final = {"note": NOTE, "counted": RULES[_COUNTING]}
_TAKES: Final = (
    Parameter("by", "What each line is of.", "zone", {"enum": [str(it) for it in GroupBy]}),
    Parameter("zone", "Of this zone alone.", "zolote"),
    Parameter(
        "counting",
        "By which rule observed events are counted; as they were reported, if absent.",
        str(_COUNTING),
        {"enum": [str(it) for it in Counting]},
    ),
    Parameter("first_day", "From this mission day on; must be given.", "2018-09-01", DAY),
    Parameter("last_day", "To this one, at most 36 days; must be given.", "2018-09-05", DAY),
    LIMITED,
    Parameter("after", "From a `Link`; for the same question alone.", "AAAA"),
)

TYPES: Final[tuple[type, ...]] = (Line, Difference)
TOTALS: Final[Mapping[tuple[str, str], Operation]] = {
    ("GET", "/v1/totals"): Operation(
        "Incidents, reports and observed events by zone, kind, party or day, beside the same of as "
        "many days before, the hours watched and the counting rule. For who sees the whole of the "
        "mission.",
        (page_answer([_LINE], LINES, TABLES, _BESIDE, PAGED), KEPT),
        _TAKES,
        problems=PROBLEMS,
    ),
    ("GET", "/v1/totals/differences"): Operation(
        "Each report of which a counting rule makes another number than was reported: what "
        "reconciles one's totals with the other's, line by line.",
        (page_answer([_DIFFERENCE], DIFFERENCES, TABLES, _BESIDE, PAGED), KEPT),
        _TAKES,
        problems=PROBLEMS,
    ),
}
