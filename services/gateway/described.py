"""What each route takes and answers, with an example of everything; the table behind `describe`.

Place on the data's way: beside it, for whoever writes a client. Who may call a route stands at the
route; what every route may refuse stands in `describe`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import Struct

from services.gateway import examples
from services.gateway.ask_report import ReportAnswer
from services.gateway.problems import Code
from services.receipts.public_keys import PublicKeys
from services.receipts.receipt import SignedReceipt
from streams.events import CorridorStatus, Report
from streams.schema import Json

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
TEXT: Final = "text/plain"
TYPES: Final[tuple[type[Struct], ...]] = (
    Report,
    CorridorStatus,
    ReportAnswer,
    SignedReceipt,
    PublicKeys,
)


@dataclass(frozen=True, slots=True)
class Content:
    """A body in one media type."""

    media_type: str
    schema: Json
    examples: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """Part of the path, if its name stands there; else of the query, and optional."""

    name: str
    description: str
    example: Any
    schema: Json = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back where nothing is a problem."""

    status: int
    description: str
    contents: tuple[Content, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """What a method does at a path."""

    description: str
    answers: tuple[Answer, ...]
    parameters: tuple[Parameter, ...] = ()
    body: tuple[Content, ...] = ()
    problems: tuple[Code, ...] = ()
    """Its own."""


def _of(kind: type[Struct]) -> Json:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


_LINES: Final[Json] = {"type": "string", "description": "A JSON object a line."}
_TAGGED: Final = {"ETag": "Names the bytes; send it as `If-None-Match`."}
_KEPT: Final = Answer(304, "What `If-None-Match` names is what there is.", headers=_TAGGED)
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
_OF_QUESTIONS: Final = (
    Code.BAD_PARAMETER,
    Code.FORM_UNKNOWN,
    Code.TOO_MUCH_ASKED,
    Code.TOOK_TOO_LONG,
)


def _receipt(status: int, description: str, event: Json) -> Answer:
    """Of one event; what 200 answers to many stands beside it."""
    one = Content(JSON, _of(SignedReceipt), {"receipt": examples.receipt_of(event)})
    many = Content(NDJSON, _LINES, {"outcomes": examples.outcomes_of(event)})
    return Answer(status, description, (one, many) if status == examples.OK else (one,))


def _posts(kind: type[Struct], event: Json) -> Operation:
    one = Content(JSON, _of(kind), {"one": event})
    many = Content(NDJSON, _LINES, {"two": examples.lines_of(event)})
    return Operation(
        "What has a receipt is kept and counts once, however often it is sent. Of many, each line "
        "has an outcome of its own. `Content-Encoding` may be gzip or zstd.",
        (
            _receipt(201, "It is new, and kept.", event),
            _receipt(200, "It was known: the same receipt. To many: a line for each.", event),
        ),
        body=(one, many),
        problems=_OF_POSTS,
    )


_TEXT_OK: Final = Content(TEXT, {"type": "string"}, {"yes": "ready\n"})

OPERATIONS: Final[Mapping[tuple[str, str], Operation]] = {
    ("POST", "/v1/reports"): _posts(Report, examples.REPORT),
    ("POST", "/v1/corridor-status"): _posts(CorridorStatus, examples.STATUS),
    ("GET", "/v1/reports/{id}"): Operation(
        "Every version with its receipt and state, every reading with its reasons; the last one "
        "is current. To who may not see it all, it is not there.",
        (
            Answer(
                200,
                "All that is kept of the report.",
                (Content(JSON, _of(ReportAnswer), {"assessed": examples.REPORT_ANSWER}),),
                _TAGGED,
            ),
            _KEPT,
        ),
        (
            Parameter("id", "The report's id, percent-encoded.", examples.REPORT["id"]),
            Parameter("source", "Whose, where several sources use the id.", "patrol-1"),
        ),
        problems=(*_OF_QUESTIONS, Code.SEVERAL_FOUND, Code.REPORT_UNKNOWN),
    ),
    ("GET", "/v1/receipt-keys"): Operation(
        "No key is ever taken out. Keep a copy: with it a receipt can be verified without us.",
        (Answer(200, "The keys.", (Content(JSON, _of(PublicKeys), {"keys": examples.KEYS}),)),),
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
}
