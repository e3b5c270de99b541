"""What the routes of cases and of the joint channel take and answer, with examples.

Place on the data's way: beside it, a part of the table `described`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from services.cases import CaseTold
from services.gateway import examples_cases as examples
from services.gateway.answer_cases import FiledTold
from services.gateway.ask_cases import CASES, NOTE
from services.gateway.ask_channel import CHANNEL
from services.gateway.ask_channel import NOTE as CHANNEL_NOTE
from services.gateway.described_questions import KEPT, LIMITED, PAGED, PROBLEMS, TAGGED, page_answer
from services.gateway.operation import JSON, Answer, Content, Operation, Parameter, schema_of
from services.gateway.problems import Code
from services.gateway.represent import TABLES
from streams.cases.acts import ACTS, CaseState
from streams.channel.messages import Dissent, Notice, Reply, Request

MESSAGES: Final = (Request, Reply, Dissent, Notice)
_AFTER: Final = Parameter("after", "From a `Link`; for the same question alone.", "AAAA")
_CASE: Final = Parameter("case", "Its id.", examples.CASE_ID)
_AGREEMENT: Final = Parameter("agreement", "Under this one.", "donetsk-luhansk-illustrative")
_RAW: Final = Content(JSON, {"type": "object"}, {"reply": examples.REPLY})
_RAW_MESSAGE: Final = Content(JSON, {"type": "object"}, {"request": examples.REQUEST})
_FILED: Final = Content(JSON, schema_of(FiledTold), {"filed": msgspec.to_builtins(examples.FILED)})
_SENT: Final = Content(JSON, schema_of(FiledTold), {"sent": msgspec.to_builtins(examples.SENT)})
_OF_FILING: Final = (
    Code.BAD_PARAMETER,
    Code.BODY_UNREADABLE,
    Code.BODY_TOO_LARGE,
    Code.MEDIA_TYPE_UNKNOWN,
    Code.NOT_ITS_SOURCE,
    Code.FILING_FORBIDDEN,
    Code.FILING_REFUSED,
    Code.TOO_MUCH_ASKED,
    Code.TOOK_TOO_LONG,
)

OF_CASES: Final[Mapping[tuple[str, str], Operation]] = {
    ("GET", "/v1/cases"): Operation(
        "To the mission all, to a party those that it opened or that were addressed to it, to all "
        "what was released. The newest first.",
        (page_answer([examples.ROW], CASES, TABLES, {"note": NOTE}, PAGED), KEPT),
        (
            _AGREEMENT,
            Parameter("state", "At this.", "pending", {"enum": [str(it) for it in CaseState]}),
            Parameter("subject", "About this report or incident.", "patrol-1/r-17"),
            LIMITED,
            _AFTER,
        ),
        problems=PROBLEMS,
    ),
    ("POST", "/v1/cases"): Operation(
        "An act; one that opens a case makes it, and names it by the hash of its bytes. The bytes "
        "are kept as they come. A ruling is signed by two people, each with a key that the "
        "agreement gives to a source with the right to `rule`; no token stands for a signature. "
        "What would have no effect is not kept, and `case` shows what somebody else did "
        "meanwhile. The same bytes sent again are known.",
        (
            Answer(201, "It is kept: the case as it is now.", (_FILED,)),
            Answer(200, "It was known: the case as it is now.", (_FILED,)),
        ),
        body=(
            Content(
                JSON,
                {"oneOf": [schema_of(kind) for kind in ACTS]},
                {"open": examples.OPEN, "advance": examples.ADVANCE, "reply": examples.REPLY},
            ),
        ),
        problems=(*_OF_FILING, Code.PRINCIPAL_NEEDED),
    ),
    ("GET", "/v1/cases/{case}"): Operation(
        "Each stage with what was signed in it, what parties say beside it, the record of acts.",
        (
            Answer(
                200,
                "The case.",
                (Content(JSON, schema_of(CaseTold), {"case": msgspec.to_builtins(examples.CASE)}),),
                TAGGED,
            ),
            KEPT,
        ),
        (_CASE,),
        problems=(*PROBLEMS, Code.CASE_UNKNOWN),
    ),
    ("GET", "/v1/cases/{case}/acts/{act}"): Operation(
        "To hash them, and to verify a signature. What opened a case names reports, and is given "
        "to who sees these, and to who opened it.",
        (Answer(200, "The bytes, as they came.", (_RAW,), TAGGED), KEPT),
        (_CASE, Parameter("act", "SHA-256 of its bytes.", examples.SHA256)),
        problems=(*PROBLEMS, Code.CASE_UNKNOWN),
    ),
    ("GET", "/v1/channel"): Operation(
        "To the mission all, to a party what it wrote or is to read. The newest first.",
        (page_answer([examples.MESSAGE], CHANNEL, TABLES, {"note": CHANNEL_NOTE}, PAGED), KEPT),
        (_AGREEMENT, Parameter("about", "About this case.", examples.CASE_ID), LIMITED, _AFTER),
        problems=PROBLEMS,
    ),
    ("POST", "/v1/channel"): Operation(
        "A request, reply, dissent or notice. The bytes are kept as they come. Who has not "
        "answered a request by its `deadline` is overdue: see /v1/due. It changes no finding. The "
        "same bytes sent again are known.",
        (
            Answer(201, "It is kept.", (_SENT,)),
            Answer(200, "It was known.", (_SENT,)),
        ),
        body=(
            Content(
                JSON,
                {"oneOf": [schema_of(kind) for kind in MESSAGES]},
                {"request": examples.REQUEST},
            ),
        ),
        problems=_OF_FILING,
    ),
    ("GET", "/v1/channel/{message}"): Operation(
        "To hash them.",
        (Answer(200, "The bytes, as they came.", (_RAW_MESSAGE,), TAGGED), KEPT),
        (Parameter("message", "SHA-256 of its bytes.", examples.SHA256),),
        problems=(*PROBLEMS, Code.MESSAGE_UNKNOWN),
    ),
}
