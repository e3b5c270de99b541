"""What the routes of the desk take and answer, with examples.

Place on the data's way: beside it, a part of the table `described`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from services.desk.show import ItemShown, Subject
from services.gateway import examples_desk as examples
from services.gateway.answer_desk import NOTE
from services.gateway.ask_desk import QUEUE, TIMES, DeskAct
from services.gateway.described_questions import (
    KEPT,
    LIMITED,
    PAGED,
    PROBLEMS,
    SPAN,
    TAGGED,
    page_answer,
)
from services.gateway.operation import JSON, Answer, Content, Operation, Parameter, schema_of
from services.gateway.problems import Code
from services.gateway.represent import TABLES
from streams.desk.fold import Review
from streams.vocabulary import Severity

_ITEM: Final = Parameter("item", "Its name, as the desk lists it.", examples.ITEM)
_SHOWN: Final = Content(
    JSON, schema_of(ItemShown), {"released": msgspec.to_builtins(examples.SHOWN)}
)

DESK: Final[Mapping[tuple[str, str], Operation]] = {
    ("GET", "/v1/desk"): Operation(
        "Without `review` what waits: unreviewed, confirmed or returned, and what was merged into "
        "a result that is none any more. The gravest first, of those the oldest.",
        (page_answer([examples.QUEUED], QUEUE, TABLES, {"note": NOTE}, PAGED), KEPT),
        (
            Parameter(
                "of",
                "Of these; violations, if absent.",
                "incidents",
                {"enum": [str(it) for it in Subject]},
            ),
            Parameter("review", "At this.", "returned", {"enum": [str(it) for it in Review]}),
            Parameter("severity", "This grave.", "serious", {"enum": [str(it) for it in Severity]}),
            Parameter("zone", "In this zone.", "zolote"),
            *SPAN,
            LIMITED,
            Parameter("after", "From a `Link`; for the same question alone.", "AAAA"),
        ),
        problems=PROBLEMS,
    ),
    ("GET", "/v1/desk/times"): Operation(
        "Seconds from the receipt of what a result is read from until it was released, of what was "
        "released in `from` to `to`; and what waits now.",
        (page_answer([examples.TIMES], TIMES, TABLES, {}, TAGGED), KEPT),
        SPAN,
        problems=PROBLEMS,
    ),
    ("GET", "/v1/desk/{item}"): Operation(
        "Its `revision` names the state that an act is decided upon.",
        (Answer(200, "The item.", (_SHOWN,), TAGGED), KEPT),
        (_ITEM,),
        problems=(*PROBLEMS, Code.ITEM_UNKNOWN),
    ),
    ("POST", "/v1/desk/{item}"): Operation(
        "By a token that names a person. A release takes as many different people as the "
        "methodology asks for: one confirms, another releases. An act names the `revision` that it "
        "was decided on; where somebody else acted meanwhile nothing is done, and `item` shows "
        "what. The same act sent again is known, and done once.",
        (
            Answer(201, "It is done: the item as it is now.", (_SHOWN,)),
            Answer(200, "It was done before: the item as it is now.", (_SHOWN,)),
        ),
        (_ITEM,),
        body=(Content(JSON, schema_of(DeskAct), examples.ACTS),),
        problems=(
            Code.BAD_PARAMETER,
            Code.BODY_UNREADABLE,
            Code.BODY_TOO_LARGE,
            Code.MEDIA_TYPE_UNKNOWN,
            Code.PRINCIPAL_NEEDED,
            Code.ITEM_UNKNOWN,
            Code.CHANGED_SINCE,
            Code.ACT_REFUSED,
            Code.TOO_MUCH_ASKED,
            Code.TOOK_TOO_LONG,
        ),
    ),
}
