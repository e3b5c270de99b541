"""Answers: what came of posts, as HTTP says it.

Place on the data's way: outcomes → **answer**. One event has a status of its own; of many each has
its line, and the whole is 200: no line is lost in another's failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from services.gateway.posts import Outcome, Status
from services.gateway.problems import PROBLEMS, Code, ProblemError

_CODE_OF = {
    Status.REFUSED: Code.EVENT_REFUSED,
    Status.FORBIDDEN: Code.NOT_ITS_SOURCE,
    Status.CONFLICT: Code.OTHER_CONTENT,
}


def answer_one(outcome: Outcome) -> bytes:
    """The receipt of a stored event.

    Raises:
        ProblemError: it was refused, forbidden, or its id is known with other content.
    """
    code = _CODE_OF.get(outcome.status)
    if code is not None:
        detail = outcome.refusal.message if outcome.refusal else ""
        raise ProblemError(code, detail, _members(outcome))
    return b'{"receipt":%b,"signature":"%b"}' % (outcome.receipt, outcome.signature.encode())


class _Line(Struct, frozen=True, omit_defaults=True, gc=False):
    line: int
    status: int
    receipt: Raw | None = None
    signature: str | None = None
    reason: str | None = None
    detail: str | None = None


def answer_many(outcomes: Sequence[Outcome], first: int) -> bytes:
    """A line of JSON for each event, in the order of its lines, counted from `first`."""
    return _ENCODER.encode_lines(
        [_line(number, outcome) for number, outcome in enumerate(outcomes, start=first)]
    )


_ENCODER = msgspec.json.Encoder()


def _line(number: int, outcome: Outcome) -> _Line:
    status = int(outcome.status)
    if outcome.receipt and status < Status.REFUSED:
        return _Line(number, status, Raw(outcome.receipt), outcome.signature)
    said = _members(outcome)
    return _Line(number, status, **said, detail=_detail(outcome))


def _members(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if outcome.receipt:
        found["receipt"] = Raw(outcome.receipt)
        found["signature"] = outcome.signature
    if outcome.refusal is not None:
        found["reason"] = outcome.refusal.reason.value
    elif (code := _CODE_OF.get(outcome.status)) is not None:
        found["reason"] = code.value
    return found


def _detail(outcome: Outcome) -> str | None:
    if outcome.refusal is not None:
        return outcome.refusal.message
    code = _CODE_OF.get(outcome.status)
    return None if code is None else PROBLEMS[code].to_do
