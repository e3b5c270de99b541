"""Intake: a post from the wire to its answer.

    body → unpack → events → who may → one transaction → receipts

Place on the data's way: the two routes that missions use. Nothing is answered before the commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.answers import answer_many, answer_one
from services.gateway.group import AwayError, BusyError, GroupWriter
from services.gateway.posts import Outcome, Post, Status
from services.gateway.problems import Code, ProblemError
from services.gateway.read_body import (
    BodyError,
    TooLargeError,
    UnknownCodingError,
    split_lines,
    unpack,
)
from services.gateway.read_event import read_event
from services.tokens.token import Token
from streams.keys import EventKind

JSON = "application/json"
NDJSON = "application/x-ndjson"
RETRY_AFTER_S = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back where nothing is a problem."""

    status: int
    media_type: str
    body: bytes


async def take_post(  # noqa: PLR0913, PLR0917 (what a request is)
    writer: GroupWriter, kind: EventKind, token: Token, media_type: str, coding: str, body: bytes
) -> Answer:
    """Take in what was posted.

    Raises:
        ProblemError: the body, or the one event in it, is refused.
    """
    if media_type not in {JSON, NDJSON}:
        raise ProblemError(Code.MEDIA_TYPE_UNKNOWN)
    unpacked = _unpacked(body, coding)
    if media_type == JSON:
        (outcome,) = await _store(writer, [read_event(kind, unpacked, token)])
        return Answer(int(outcome.status), JSON, answer_one(outcome))
    lines = _lines(unpacked)
    outcomes = await _store(writer, [read_event(kind, line, token) for line in lines])
    return Answer(Status.KNOWN, NDJSON, answer_many(outcomes))


def _unpacked(body: bytes, coding: str) -> bytes:
    try:
        return unpack(body, coding)
    except TooLargeError as error:
        raise ProblemError(Code.BODY_TOO_LARGE, str(error)) from None
    except UnknownCodingError as error:
        raise ProblemError(Code.MEDIA_TYPE_UNKNOWN, str(error)) from None
    except BodyError as error:
        raise ProblemError(Code.BODY_UNREADABLE, str(error)) from None


def _lines(body: bytes) -> list[bytes]:
    try:
        return split_lines(body)
    except TooLargeError as error:
        raise ProblemError(Code.BODY_TOO_LARGE, str(error)) from None


async def _store(writer: GroupWriter, read: Sequence[Post | Outcome]) -> list[Outcome]:
    """Store the posts among them; an outcome for each, in order."""
    posts = [one for one in read if isinstance(one, Post)]
    try:
        stored = iter(await writer.store(posts))
    except BusyError:
        raise ProblemError(Code.TOO_MUCH_WAITING, retry_after_s=RETRY_AFTER_S) from None
    except AwayError:
        raise ProblemError(Code.STORE_AWAY, retry_after_s=RETRY_AFTER_S) from None
    return [next(stored) if isinstance(one, Post) else one for one in read]
