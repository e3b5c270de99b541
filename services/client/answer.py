"""What an answer of the gateway means for the events that were sent. Pure.

Only an answer that is surely the gateway's settles an event: a receipt for exactly these bytes, or
a refusal with its reason. Whatever else comes (a proxy's page, half an answer, a receipt for other
bytes) leaves it waiting. Asking again costs nothing: the gateway knows an event by its bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

import msgspec
from msgspec import Struct

from services.client.batch import Batch
from services.spool.entries import Entry, Receipt, Settlement, State

Verify = Callable[[bytes, str], str | None]
"""`verify_receipt(receipt, signature)`: what is wrong with a receipt, or None.

The receipt is its JSON object as it came, the signature base64url.
"""

LONGEST_ASKED_S: Final = 86_400.0
"""A `Retry-After` beyond a day is taken as a day: a date of a wrong clock must not silence us."""
LONGEST_TEXT: Final = 500
NEW_OR_KNOWN: Final = (HTTPStatus.CREATED, HTTPStatus.OK)
LATER: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
TOO_LARGE: Final = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
DIVIDED: Final = (HTTPStatus.BAD_REQUEST, TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)
FIRST_ERROR: Final = HTTPStatus.BAD_REQUEST
FIRST_FAULT: Final = HTTPStatus.INTERNAL_SERVER_ERROR


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whole."""

    status: int
    body: bytes
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What it means."""

    settled: tuple[Settlement, ...] = ()
    trouble: str = ""
    """Why the others still wait; empty: none does."""
    asked_s: float | None = None
    """How long the gateway asks us to wait."""
    divide: bool = False
    """The batch as a whole is not taken: send fewer at once."""
    alone: bool = False
    """The trouble is that of one event: let the others go before it."""
    stop: bool = False
    """Trying again changes nothing: a person has to act."""


class Line(Struct, frozen=True):
    """An outcome: a line of an NDJSON answer, or the body of a single one."""

    status: int = 0
    line: int = 0
    receipt: msgspec.Raw = msgspec.Raw()
    signature: str | None = None
    reason: str | None = None
    detail: str | None = None


class Signed(Struct, frozen=True):
    """What of a receipt says which bytes it is for."""

    format: str
    sha256: str
    kind: str


RECEIPT_FORMAT: Final = "truceline.receipt.v1"
_LINE = msgspec.json.Decoder(Line)
_SIGNED = msgspec.json.Decoder(Signed)


def hear(batch: Batch, answer: Answer, now: datetime, verify: Verify | None = None) -> Heard:
    """Understand an answer.

    Args:
        batch: what was sent.
        answer: what came.
        now: when, for a `Retry-After` that is a date.
        verify: checks receipts; None: nobody does, beyond that they are for these bytes.
    """
    asked_s = asked_wait_s(answer.retry_after, now)
    if batch.as_lines and answer.status == HTTPStatus.OK:
        return _hear_lines(batch, answer.body, asked_s, verify)
    if not batch.as_lines or len(batch.entries) == 1:
        settled = _hear_single(batch.entries[0], answer, verify)
        if isinstance(settled, Settlement):
            return Heard((settled,))
        if settled:
            return Heard(trouble=settled, asked_s=asked_s, alone=True)
    elif answer.status in DIVIDED:
        return Heard(trouble=_told(answer), divide=True)
    return Heard(trouble=_told(answer), asked_s=asked_s, stop=_is_final(answer.status))


def asked_wait_s(retry_after: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` asks for; None where it is not there or cannot be read."""
    if retry_after is None:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_ASKED_S)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None  # then our own back-off decides
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(0.0, (until - now).total_seconds()), LONGEST_ASKED_S)


def _hear_lines(batch: Batch, body: bytes, asked_s: float | None, verify: Verify | None) -> Heard:
    settled: dict[int, Settlement] = {}
    troubles: list[str] = []
    for raw in body.splitlines():
        line = _read(raw)
        if line is None or not 1 <= line.line <= len(batch.entries):
            troubles.append("the answer has a line that cannot be read")
            continue
        outcome = _outcome(batch.entries[line.line - 1], line.status, line, verify)
        if isinstance(outcome, Settlement):
            settled[line.line] = outcome
        else:
            troubles.append(outcome)
    missing = len(batch.entries) - len(settled)
    if missing and not troubles:
        troubles.append(f"the answer says nothing of {missing} events")
    return Heard(tuple(settled.values()), troubles[0] if missing else "", asked_s)


def _hear_single(entry: Entry, answer: Answer, verify: Verify | None) -> Settlement | str:
    """What became of the event, or why it waits; empty: the answer is about more than the event."""
    said = _read(answer.body)
    if answer.status == HTTPStatus.FORBIDDEN or answer.status in DIVIDED:
        if said is not None and said.reason:
            return _outcome(entry, answer.status, said, verify)
        return _told(answer) if answer.status in DIVIDED else ""
    if answer.status in (*NEW_OR_KNOWN, HTTPStatus.CONFLICT):
        if said is None:
            return "the answer cannot be read: is it the gateway's?"
        return _outcome(entry, answer.status, said, verify)
    return ""


def _outcome(entry: Entry, status: int, said: Line, verify: Verify | None) -> Settlement | str:
    """What was said of one event; a text is why it still waits."""
    if status in NEW_OR_KNOWN or status == HTTPStatus.CONFLICT:
        receipt = Receipt(bytes(said.receipt), said.signature or "")
        wrong = _mistake(entry, receipt, verify)
        if wrong:
            return wrong
        state = State.CONFLICT if status == HTTPStatus.CONFLICT else State.RECEIPTED
        return Settlement(
            entry.number, state, receipt, said.reason or "", _short(said.detail or "")
        )
    if FIRST_ERROR <= status < FIRST_FAULT and status not in LATER and said.reason:
        return Settlement(
            entry.number,
            State.REFUSED,
            reason=_short(said.reason),
            detail=_short(said.detail or ""),
        )
    return f"the gateway says {status} of an event{f': {said.detail}' if said.detail else ''}"


def _mistake(entry: Entry, receipt: Receipt, verify: Verify | None) -> str | None:
    """What is wrong with a receipt, if anything is."""
    try:
        signed = _SIGNED.decode(receipt.receipt)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "the answer has no receipt"  # the event waits, and is asked about again
    if signed.format != RECEIPT_FORMAT or not receipt.signature:
        return "the answer has no receipt of a known form"
    if (signed.sha256, signed.kind) != (entry.event.digest.hex(), entry.event.kind.value):
        return "the receipt is for other bytes than were sent: something on the way changes them"
    wrong = verify(receipt.receipt, receipt.signature) if verify else None
    return f"the receipt is not to be trusted: {wrong}" if wrong else None


def _read(raw: bytes) -> Line | None:
    try:
        return _LINE.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None  # not the gateway's words: nothing is settled by them


def _is_final(status: int) -> bool:
    """Whether the same post gets the same answer, however long we wait."""
    is_fault = status >= FIRST_FAULT
    is_success = status < HTTPStatus.MULTIPLE_CHOICES
    return not (is_fault or is_success or status in LATER or status in DIVIDED)


def _told(answer: Answer) -> str:
    match answer.status:
        case HTTPStatus.UNAUTHORIZED:
            return "the gateway does not know the token (401): ask its operator for a new one"
        case HTTPStatus.FORBIDDEN:
            return "the gateway does not let this token send this (403): ask its operator"
        case status if HTTPStatus.MULTIPLE_CHOICES <= status < FIRST_ERROR:
            return f"what answers sends us elsewhere ({status}), and we do not follow: mend the URL"
        case HTTPStatus.NOT_FOUND | HTTPStatus.METHOD_NOT_ALLOWED:
            return f"what answers there is no gateway ({answer.status}): mend the URL"
    said = _read(answer.body)
    detail = (
        f": {_short(said.detail or said.reason or '')}"
        if said and (said.detail or said.reason)
        else ""
    )
    return f"the gateway says {answer.status}{detail}"


def _short(text: str) -> str:
    return text[:LONGEST_TEXT]
