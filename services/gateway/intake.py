"""Intake: a post from the wire to its answer.

    body → unpack → events → who may → one transaction → receipts

Place on the data's way: the two routes that missions use. Nothing is answered before the commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from services.gateway.admission import Admission
from services.gateway.answers import answer_many, answer_one
from services.gateway.group import AwayError, BusyError, GroupWriter
from services.gateway.posts import Outcome, Post, Status
from services.gateway.problems import RETRY_AFTER_S, Code, ProblemError
from services.gateway.read_body import (
    BodyError,
    TooLargeError,
    UnknownCodingError,
    split_lines,
    unpack,
)
from services.gateway.read_event import read_event
from services.gateway.record import Record
from services.gateway.turns import Turns
from services.tokens.token import Token
from streams.keys import EventKind

JSON = "application/json"
NDJSON = "application/x-ndjson"
AT_ONCE = 100
"""Events that are read before other requests get their turn."""


class Answer(Struct, frozen=True, gc=False):
    """What goes back where nothing is a problem."""

    status: int
    media_type: str
    body: bytes


def check_media_type(media_type: str) -> None:
    """Refuse what is of no kind that is read here, before it is.

    Raises:
        ProblemError: it is none.
    """
    if media_type not in {JSON, NDJSON}:
        raise ProblemError(Code.MEDIA_TYPE_UNKNOWN)


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes in what was posted."""

    writer: GroupWriter
    admission: Admission
    record: Record
    turns: Turns = field(default_factory=Turns)

    async def take(  # noqa: PLR0913, PLR0917 (a request is all of these)
        self,
        kind: EventKind,
        token: Token,
        media_type: str,
        coding: str,
        body: bytes,
        request_id: str,
    ) -> Answer:
        """Take in what was posted.

        Raises:
            ProblemError: the body, or the one event in it, is refused.
        """
        if coding:
            async with self.turns.turn(token.id):
                # Beside the others: a few bytes may unpack to as much as is ever taken.
                unpacked = await asyncio.to_thread(_unpacked, body, coding)
                read = await self._read(kind, token, media_type, unpacked)
                del unpacked
        else:
            read = await self._read(kind, token, media_type, body)
        outcomes = await self._store(token, read, request_id)
        if media_type == JSON:
            (outcome,) = outcomes
            return Answer(int(outcome.status), JSON, answer_one(outcome))
        return Answer(Status.KNOWN, NDJSON, answer_many(outcomes))

    async def _read(
        self, kind: EventKind, token: Token, media_type: str, body: bytes
    ) -> list[Post | Outcome]:
        if media_type == JSON:
            self.admission.events(token.id, 1)
            return [read_event(kind, body, token)]
        lines = _lines(body)
        self.admission.events(token.id, len(lines))
        return await _read_lines(kind, lines, token)

    async def _store(
        self, token: Token, read: Sequence[Post | Outcome], request_id: str
    ) -> list[Outcome]:
        """Store the posts among them; an outcome for each, in order."""
        posts = [one for one in read if isinstance(one, Post)]
        try:
            stored = iter(await self.writer.store(token.id, posts))
        except BusyError:
            raise ProblemError(Code.TOO_MUCH_WAITING, retry_after_s=RETRY_AFTER_S) from None
        except AwayError:
            raise ProblemError(Code.STORE_AWAY, retry_after_s=RETRY_AFTER_S) from None
        outcomes = [next(stored) if isinstance(one, Post) else one for one in read]
        self.record.note(request_id, posts, outcomes)
        return outcomes


async def _read_lines(kind: EventKind, lines: list[bytes], token: Token) -> list[Post | Outcome]:
    """Read some at a time: nobody waits behind all 5,000."""
    read: list[Post | Outcome] = []
    for at in range(0, len(lines), AT_ONCE):
        read += [read_event(kind, line, token) for line in lines[at : at + AT_ONCE]]
        await asyncio.sleep(0)
    return read


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
