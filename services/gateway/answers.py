"""Answers: what came of posts, as HTTP says it.

Place on the data's way: outcomes → **answer**. One event has a status of its own; of many each has
its line, and the whole is 200: no line is lost in another's failure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

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
    return msgspec.json.encode(outcome.receipt)


def answer_many(outcomes: Sequence[Outcome]) -> bytes:
    """A line of JSON for each event, in the order of its lines, counted from 1."""
    return b"".join(
        msgspec.json.encode(
            {"line": number, "status": int(outcome.status), **_members(outcome), **_detail(outcome)}
        )
        + b"\n"
        for number, outcome in enumerate(outcomes, start=1)
    )


def _members(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if outcome.receipt is not None:
        found["receipt"] = outcome.receipt.receipt
        found["signature"] = outcome.receipt.signature
    if outcome.refusal is not None:
        found["reason"] = outcome.refusal.reason.value
    elif (code := _CODE_OF.get(outcome.status)) is not None:
        found["reason"] = code.value
    return found


def _detail(outcome: Outcome) -> dict[str, str]:
    if outcome.refusal is not None:
        return {"detail": outcome.refusal.message}
    code = _CODE_OF.get(outcome.status)
    return {} if code is None else {"detail": PROBLEMS[code].to_do}
