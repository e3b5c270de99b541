"""What each route takes and answers, with an example of everything; the table behind `describe`.

Place on the data's way: beside it, for whoever writes a client. Who may call a route stands at the
route; what every route may refuse stands in `describe`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import Struct

from services.cases import CaseRow, CaseTold
from services.channel import MessageTold
from services.corridor_figures import FigureTold
from services.desk.show import ItemShown, ItemTold
from services.due import DueTold
from services.flags import FlagTold
from services.gateway import examples
from services.gateway.answer_cases import FiledTold
from services.gateway.ask_corridors import IntervalTold, WayTold
from services.gateway.ask_crossings import CrossingTold
from services.gateway.ask_desk import DeskAct, TimesTold
from services.gateway.ask_report import ReportAnswer
from services.gateway.ask_timeline import TimelineTold
from services.gateway.ask_violations import ViolationTold
from services.gateway.ask_whereabouts import SpellTold
from services.gateway.board import BoardTold
from services.gateway.described_cases import MESSAGES, OF_CASES
from services.gateway.described_desk import DESK
from services.gateway.described_incidents import INCIDENTS
from services.gateway.described_incidents import TYPES as OF_INCIDENTS
from services.gateway.described_questions import QUESTIONS
from services.gateway.described_totals import TOTALS
from services.gateway.described_totals import TYPES as OF_TOTALS
from services.gateway.operation import (
    JSON,
    LINES,
    NDJSON,
    TEXT,
    Answer,
    Content,
    Operation,
    schema_of,
)
from services.gateway.problems import Code
from services.movements import MovementDetail, MovementTold, OutcomeRow
from services.receipts.public_keys import PublicKeys
from services.receipts.receipt import SignedReceipt
from services.standing import ExchangeRow, MeasureRow, PhaseRow, TruceRow, UnheededRow
from streams.cases.acts import ACTS
from streams.coverage.tell import CoverageTold, RestrictionTold
from streams.events import CorridorStatus, Report
from streams.schema import CONTEXT_EVENTS, Json

TYPES: Final[tuple[type[Struct], ...]] = (
    Report,
    CorridorStatus,
    *CONTEXT_EVENTS,
    ReportAnswer,
    SignedReceipt,
    PublicKeys,
    ViolationTold,
    *OF_INCIDENTS,
    *OF_TOTALS,
    ItemTold,
    ItemShown,
    DeskAct,
    TimesTold,
    *ACTS,
    CaseRow,
    CaseTold,
    FiledTold,
    *MESSAGES,
    MessageTold,
    SpellTold,
    CoverageTold,
    RestrictionTold,
    FlagTold,
    CrossingTold,
    IntervalTold,
    BoardTold,
    WayTold,
    FigureTold,
    TimelineTold,
    PhaseRow,
    MeasureRow,
    TruceRow,
    ExchangeRow,
    MovementTold,
    MovementDetail,
    OutcomeRow,
    UnheededRow,
    DueTold,
)


_OF_POSTS: Final = (
    Code.EVENT_REFUSED,
    Code.BODY_UNREADABLE,
    Code.NOT_ITS_SOURCE,
    Code.BODY_TOO_SLOW,
    Code.OTHER_CONTENT,
    Code.BODY_TOO_LARGE,
    Code.MEDIA_TYPE_UNKNOWN,
    Code.DAY_IS_FULL,
    Code.TOO_MUCH_WAITING,
)


def _receipt(status: int, description: str, event: Json) -> Answer:
    """Of one event; what 200 answers to many stands beside it."""
    one = Content(JSON, schema_of(SignedReceipt), {"receipt": examples.receipt_of(event)})
    many = Content(NDJSON, LINES, {"outcomes": examples.outcomes_of(event)})
    return Answer(status, description, (one, many) if status == examples.OK else (one,))


def _posts(
    schema: Json, event: Json, beside: Mapping[str, Json] = MappingProxyType({}), also: str = ""
) -> Operation:
    """A route that is posted to; `beside` are further examples, `also` what else to know."""
    one = Content(JSON, schema, {"one": event, **beside})
    many = Content(NDJSON, LINES, {"two": examples.lines_of(event)})
    return Operation(
        "What has a receipt is kept and counts once, however often it is sent. Of many, each line "
        f"has an outcome of its own. `Content-Encoding` may be gzip or zstd.{also}",
        (
            _receipt(201, "It is new, and kept.", event),
            _receipt(200, "It was known: the same receipt. To many: a line for each.", event),
        ),
        body=(one, many),
        problems=_OF_POSTS,
    )


_TEXT_OK: Final = Content(TEXT, {"type": "string"}, {"yes": "ready\n"})

_KEYS: Final = Content(JSON, schema_of(PublicKeys), {"keys": examples.KEYS})

OPERATIONS: Final[Mapping[tuple[str, str], Operation]] = {
    ("POST", "/v1/reports"): _posts(schema_of(Report), examples.REPORT),
    ("POST", "/v1/corridor-status"): _posts(schema_of(CorridorStatus), examples.STATUS),
    ("POST", "/v1/context"): _posts(
        {"oneOf": [schema_of(kind) for kind in CONTEXT_EVENTS]},
        examples.NOTIFICATION,
        {"count": examples.COUNT, "movement": examples.MOVEMENT},
        " A count in an exchange and a word on a movement need a token that names its source; who "
        "organises movements alone may say nothing else. Of a refused one, and of "
        "what cannot be told apart from one, nothing is kept or repeated but the reason.",
    ),
    **QUESTIONS,
    **DESK,
    **INCIDENTS,
    **TOTALS,
    **OF_CASES,
    ("GET", "/v1/receipt-keys"): Operation(
        "No key is ever taken out. Keep a copy: with it a receipt can be verified without us.",
        (
            Answer(
                200, "The keys.", (Content(JSON, schema_of(PublicKeys), {"keys": examples.KEYS}),)
            ),
        ),
    ),
    ("GET", "/schema/openapi.json"): Operation(
        "",
        (
            Answer(
                200,
                "The document.",
                (Content(JSON, {"type": "object"}, {"begins": {"openapi": "3.1.0"}}),),
            ),
        ),
    ),
    ("GET", "/healthz"): Operation(
        "Says nothing of the store; see /readyz.",
        (Answer(200, "Yes.", (Content(TEXT, {"type": "string"}, {"yes": "alive\n"}),)),),
    ),
    ("GET", "/readyz"): Operation(
        "", (Answer(200, "Yes.", (_TEXT_OK,)),), problems=(Code.STORE_AWAY,)
    ),
    ("GET", "/metrics"): Operation(
        "Every figure is in docs/guides/operators.md.",
        (
            Answer(
                200,
                "The figures, in Prometheus' text format.",
                (Content(TEXT, {"type": "string"}, {"one": examples.METRICS}),),
            ),
        ),
    ),
}
