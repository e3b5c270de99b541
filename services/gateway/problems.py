"""Problems: everything that the gateway refuses, from one table (RFC 9457 problem details).

Place on the data's way: what goes back instead of an answer. Each says what to do. A `reason` of an
event's own is one of `streams.decode.Reason`.

ProblemError     the one exception that becomes an answer; `PROBLEMS` gives its status and words
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import msgspec

from services.gateway.request_id import URN

MEDIA_TYPE: Final = "application/problem+json"
_TYPE: Final = "urn:truceline:problem:"
RETRY_AFTER_S: Final = 5
"""When to come again where nobody can know."""


class Code(StrEnum):
    """What is wrong; stable words, the end of the problem's `type`."""

    EVENT_REFUSED = "event_refused"
    BODY_UNREADABLE = "body_unreadable"
    NO_TOKEN = "no_token"  # noqa: S105 (a word, no secret)
    TOKEN_NOT_VALID = "token_not_valid"  # noqa: S105 (a word, no secret)
    ROLE_MAY_NOT = "role_may_not"
    NOT_ITS_SOURCE = "not_its_source"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    OTHER_CONTENT = "other_content"
    BODY_TOO_LARGE = "body_too_large"
    MEDIA_TYPE_UNKNOWN = "media_type_unknown"
    BODY_TOO_SLOW = "body_too_slow"
    TOO_MANY = "too_many"
    TOO_MANY_STRANGERS = "too_many_strangers"
    DAY_IS_FULL = "day_is_full"
    BAD_PARAMETER = "bad_parameter"
    SEVERAL_FOUND = "several_found"
    REPORT_UNKNOWN = "report_unknown"
    CORRIDOR_UNKNOWN = "corridor_unknown"
    MOVEMENT_UNKNOWN = "movement_unknown"
    CASE_UNKNOWN = "case_unknown"
    MESSAGE_UNKNOWN = "message_unknown"
    FILING_FORBIDDEN = "filing_forbidden"
    FILING_REFUSED = "filing_refused"
    ITEM_UNKNOWN = "item_unknown"
    PRINCIPAL_NEEDED = "principal_needed"
    CHANGED_SINCE = "changed_since"
    ACT_REFUSED = "act_refused"
    INCIDENT_UNKNOWN = "incident_unknown"
    INCIDENT_GONE = "incident_gone"
    FORM_UNKNOWN = "form_unknown"
    TOO_MUCH_ASKED = "too_much_asked"
    TOOK_TOO_LONG = "took_too_long"
    TOO_MUCH_WAITING = "too_much_waiting"
    STORE_AWAY = "store_away"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of the table."""

    status: int
    title: str
    to_do: str


PROBLEMS: Final[Mapping[Code, Problem]] = {
    Code.EVENT_REFUSED: Problem(400, "The event is refused", "Mend what `detail` names."),
    Code.BODY_UNREADABLE: Problem(400, "The body cannot be read", "Mend it and send it again."),
    Code.NO_TOKEN: Problem(
        401, "A token is needed", "Send `Authorization: Bearer <token>`; an operator makes one."
    ),
    Code.TOKEN_NOT_VALID: Problem(
        401, "The token does not count", "Ask an operator for a new one: `truceline token create`."
    ),
    Code.ROLE_MAY_NOT: Problem(403, "The token's roles may not do this", "Use one that may."),
    Code.NOT_ITS_SOURCE: Problem(
        403,
        "The token does not speak for this mission and source",
        "Use the token of that source; nothing was stored.",
    ),
    Code.NOT_FOUND: Problem(404, "There is nothing here", "See /schema/openapi.json."),
    Code.METHOD_NOT_ALLOWED: Problem(405, "Not with this method", "See `Allow`."),
    Code.OTHER_CONTENT: Problem(
        409,
        "This id is known with other content",
        "Both versions are kept and the more cautious reading stands; `receipt` is this one's. "
        "What is new belongs under a new id that supersedes this one.",
    ),
    Code.BODY_TOO_LARGE: Problem(413, "The body is too large", "Send fewer events at once."),
    Code.MEDIA_TYPE_UNKNOWN: Problem(
        415,
        "The body is of no kind that is read here",
        "Send application/json (one event) or application/x-ndjson (an event a line), plain, "
        "gzip or zstd.",
    ),
    Code.BODY_TOO_SLOW: Problem(
        408, "The body did not come in time", "Nothing was stored. Send fewer events at once."
    ),
    Code.TOO_MANY: Problem(
        429,
        "The token sends more than it may",
        "Nothing of this was stored. Send it again after `Retry-After`.",
    ),
    Code.TOO_MANY_STRANGERS: Problem(
        429, "Too many requests without a token that counts", "Come again after `Retry-After`."
    ),
    Code.DAY_IS_FULL: Problem(
        429,
        "The token's events of today are used up",
        "Nothing of this was stored. Send it again after `Retry-After`, or ask an operator.",
    ),
    Code.BAD_PARAMETER: Problem(
        400, "A parameter cannot be read", "Mend it; see /schema/openapi.json."
    ),
    Code.SEVERAL_FOUND: Problem(
        400, "Several sources use this id", "Name one: `source=`, as `sources` lists them."
    ),
    Code.REPORT_UNKNOWN: Problem(
        404,
        "No such report for this token",
        "Look at the id, and at what mission and sources the token is for.",
    ),
    Code.CORRIDOR_UNKNOWN: Problem(
        404, "No such corridor for this token", "GET /v1/corridors lists those that there are."
    ),
    Code.MOVEMENT_UNKNOWN: Problem(
        404, "No such movement for this token", "GET /v1/movements lists those that there are."
    ),
    Code.CASE_UNKNOWN: Problem(
        404, "No such case, or act in it, for this token", "GET /v1/cases lists those that it sees."
    ),
    Code.MESSAGE_UNKNOWN: Problem(
        404, "No such message for this token", "GET /v1/channel lists those that it sees."
    ),
    Code.FILING_FORBIDDEN: Problem(
        403, "Who files this may not", "Nothing was kept; `reason` says why."
    ),
    Code.FILING_REFUSED: Problem(
        409,
        "It would have no effect as things stand",
        "Nothing was kept; `reason` says why. Look at how it stands now, and decide anew.",
    ),
    Code.ITEM_UNKNOWN: Problem(
        404, "No such item for this token", "GET /v1/desk lists those that wait."
    ),
    Code.PRINCIPAL_NEEDED: Problem(
        403,
        "The token names no person",
        "What a person answers for takes a token made with `--principal`; ask an operator.",
    ),
    Code.CHANGED_SINCE: Problem(
        409,
        "It has changed since it was looked at",
        "Nothing was done: look at it as it is now, and decide anew.",
    ),
    Code.ACT_REFUSED: Problem(
        409,
        "It may not be done in the state that it is in",
        "Nothing was done.",
    ),
    Code.INCIDENT_UNKNOWN: Problem(
        404, "No such incident for this token", "GET /v1/incidents lists those that there are."
    ),
    Code.INCIDENT_GONE: Problem(
        410,
        "The incident is no more",
        "`leads_to` names those that hold its reports now; none: they were taken back.",
    ),
    Code.FORM_UNKNOWN: Problem(
        406, "Nothing of what `Accept` names is given here", "Accept one of those in `forms`."
    ),
    Code.TOO_MUCH_ASKED: Problem(
        503, "Too much is being asked at once", "Ask again after `Retry-After`."
    ),
    Code.TOOK_TOO_LONG: Problem(
        503, "The answer took too long", "Ask for less: a shorter `from` and `to`, a zone."
    ),
    Code.TOO_MUCH_WAITING: Problem(
        503, "Too much is waiting", "Nothing was stored. Send it again after `Retry-After`."
    ),
    Code.STORE_AWAY: Problem(
        503,
        "The store is away",
        "No receipt, no promise: send the same again after `Retry-After`; it counts once.",
    ),
    Code.FAULT: Problem(500, "A fault of ours", "Send it again; please report it."),
}


@dataclass
class ProblemError(Exception):
    """Becomes an answer with `application/problem+json`."""

    code: Code
    detail: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further members of the problem."""
    retry_after_s: int | None = None
    held: bool = False
    """Whether it was counted, and held back where it had to be (`door`)."""

    @property
    def status(self) -> int:
        """HTTP's number."""
        return PROBLEMS[self.code].status

    @property
    def headers(self) -> dict[str, str]:
        """What HTTP wants beside it."""
        found: dict[str, str] = {}
        if self.retry_after_s is not None:
            found["Retry-After"] = str(self.retry_after_s)
        if self.status == PROBLEMS[Code.NO_TOKEN].status:
            found["WWW-Authenticate"] = 'Bearer realm="truceline"'
        return found

    def body(self, request_id: str = "") -> bytes:
        """The problem's document, of a request."""
        problem = PROBLEMS[self.code]
        document = {
            "type": f"{_TYPE}{self.code}",
            "title": problem.title,
            "status": problem.status,
            "detail": f"{self.detail} {problem.to_do}".strip(),
            **({"instance": f"{URN}{request_id}"} if request_id else {}),
            **self.more,
        }
        return msgspec.json.encode(document)
