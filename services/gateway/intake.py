"""Intake: a post from the wire to its answer.

    body → unpack → events → who may → one transaction → receipts

Place on the data's way: the routes that missions post to. Nothing is answered before the commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from msgspec import Struct

from services.gateway.admission import Admission
from services.gateway.answers import answer_many, answer_one
from services.gateway.fair_queue import TURN
from services.gateway.group import AwayError, BusyError
from services.gateway.posts import Outcome, Post, Status
from services.gateway.problems import RETRY_AFTER_S, Code, ProblemError
from services.gateway.read_body import (
    BodyError,
    TooLargeError,
    UnknownCodingError,
    count_lines,
    split_lines,
    unpack,
)
from services.gateway.read_event import read_event, read_events
from services.gateway.record import Record
from services.gateway.small_posts import SmallPosts
from services.gateway.writers import BodyWriter, Writers
from services.tokens.token import Token
from streams.keys import EventKind

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
AT_ONCE: Final = 50
"""Events that are read, or answered, before other requests get their turn."""
REST_S: Final = 0.001
"""After each of those while small posts come: twice as long as they took. A loop's timers tell no
less apart."""


STORED_AT_ONCE: Final = 2_000
"""Events of a large body that are read before they are stored, which takes as long as to read the
next ones: a group costs as much as thirty events."""


class Taken(Struct, frozen=True, gc=False):
    """A body that was read."""

    read: Sequence[Post | Outcome]
    """In order, each a post or the outcome that it cannot be one."""
    storing: BodyWriter | None = None
    """Has its posts already, where there are many."""


class Answer(Struct, frozen=True, gc=False):
    """What goes back where nothing is a problem."""

    status: int
    media_type: str
    body: bytes


Answered: TypeAlias = Callable[[Answer | ProblemError], None]
"""Is told what a request is answered, once; raises nothing."""


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

    writers: Writers
    admission: Admission
    record: Record
    small: SmallPosts

    async def read(
        self, kind: EventKind, token: Token, media_type: str, coding: str, body: bytes
    ) -> Taken:
        """Read the events of a body; if they are many, have the first stored before the last.

        Raises:
            ProblemError: the body is refused; nothing of it counts against the token.
        """
        if coding:
            # Beside the others: a few bytes may unpack to as much as is ever taken.
            body = await asyncio.to_thread(_unpacked, body, coding)
        if media_type == JSON:
            return Taken([self.read_one(kind, token, body)])
        lines = _count(body)
        self.admission.events(token.id, lines)
        if lines <= TURN:
            return Taken(read_events(kind, split_lines(body), token))
        return await self._take_lines(kind, body, lines, token)

    def read_one(self, kind: EventKind, token: Token, body: bytes) -> Post | Outcome:
        """The one event that a body is; raises as `read` does."""
        self.admission.events(token.id, 1)
        return read_event(kind, body, token)

    def store_one(
        self, token: Token, read: Post | Outcome, request_id: str, answered: Answered
    ) -> None:
        """Store the one event, and have it answered.

        Raises:
            ProblemError: it was refused, or nothing is stored and nobody told.
        """
        if isinstance(read, Outcome):
            answered(self._answer_one((), read, request_id))
            return

        def told(outcomes: list[Outcome] | AwayError) -> None:
            if isinstance(outcomes, AwayError):
                answered(ProblemError(Code.STORE_AWAY, retry_after_s=RETRY_AFTER_S))
                return
            try:
                answer = self._answer_one((read,), outcomes[0], request_id)
            except ProblemError as problem:
                answered(problem)
            else:
                answered(answer)

        try:
            self.writers.put(token.id, read, told)
        except BusyError:
            raise ProblemError(Code.TOO_MUCH_WAITING, retry_after_s=RETRY_AFTER_S) from None

    def _answer_one(self, posts: Sequence[Post], outcome: Outcome, request_id: str) -> Answer:
        self.record.note(request_id, posts, (outcome,))
        return Answer(int(outcome.status), JSON, answer_one(outcome))

    async def store(self, token: Token, media_type: str, taken: Taken, request_id: str) -> Answer:
        """Store what was read and is not being stored yet; returns when all is committed.

        Raises:
            ProblemError: nothing is known to be stored; or the one event was refused.
        """
        read, storing = taken.read, taken.storing
        posts = [one for one in read if isinstance(one, Post)]
        try:
            waiting = self.writers.store(token.id, posts) if storing is None else storing.outcomes()
            stored = iter(await waiting)
        except BusyError:
            raise ProblemError(Code.TOO_MUCH_WAITING, retry_after_s=RETRY_AFTER_S) from None
        except AwayError:
            raise ProblemError(Code.STORE_AWAY, retry_after_s=RETRY_AFTER_S) from None
        outcomes = [next(stored) if isinstance(one, Post) else one for one in read]
        if media_type == JSON:
            return self._answer_one(posts, outcomes[0], request_id)
        self.record.note(request_id, posts, outcomes)
        return Answer(Status.KNOWN, NDJSON, await self._answer_lines(outcomes))

    async def _take_lines(self, kind: EventKind, body: bytes, count: int, token: Token) -> Taken:
        """Read some at a time, nobody waits behind all 5,000; what is read is stored meanwhile."""
        try:
            storing = self.writers.open_body(token.id, count, len(body))
        except BusyError:
            raise ProblemError(Code.TOO_MUCH_WAITING, retry_after_s=RETRY_AFTER_S) from None
        lines, read, given = split_lines(body), list[Post | Outcome](), 0
        try:
            for at in range(0, len(lines), AT_ONCE):
                read += read_events(kind, lines[at : at + AT_ONCE], token)
                if len(read) - given >= STORED_AT_ONCE or len(read) == len(lines):
                    storing.put([one for one in read[given:] if isinstance(one, Post)])
                    given = len(read)
                await self._let_others()
        finally:
            storing.close()
        return Taken(read, storing)

    async def _answer_lines(self, outcomes: Sequence[Outcome]) -> bytes:
        """Write some at a time, likewise."""
        written: list[bytes] = []
        for at in range(0, len(outcomes), AT_ONCE):
            written.append(answer_many(outcomes[at : at + AT_ONCE], at + 1))
            await self._let_others()
        return b"".join(written)

    async def _let_others(self) -> None:
        await asyncio.sleep(REST_S if self.small.come() else 0)


def _unpacked(body: bytes, coding: str) -> bytes:
    try:
        return unpack(body, coding)
    except TooLargeError as error:
        raise ProblemError(Code.BODY_TOO_LARGE, str(error)) from None
    except UnknownCodingError as error:
        raise ProblemError(Code.MEDIA_TYPE_UNKNOWN, str(error)) from None
    except BodyError as error:
        raise ProblemError(Code.BODY_UNREADABLE, str(error)) from None


def _count(body: bytes) -> int:
    """How many lines there are: counted before a body of 16 MB is taken apart to be refused."""
    try:
        return count_lines(body)
    except TooLargeError as error:
        raise ProblemError(Code.BODY_TOO_LARGE, str(error)) from None
