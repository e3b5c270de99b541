"""Post route: the two routes that missions post to, without the framework in between.

    door → who are you, may you → body → events → one transaction → receipts

Place on the data's way: HTTP → **here** → `intake`. A post takes a fifth of what it took through
the framework (docs/benchmarks/gateway.md). The routes are declared and documented in `app` as all
others are; what they answer is here alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from services.gateway.callers import Callers
from services.gateway.day_stored import DayStored
from services.gateway.door import Door
from services.gateway.identify import identify
from services.gateway.intake import Answer, Intake, check_media_type
from services.gateway.problems import Code, ProblemError
from services.gateway.receive_body import Bodies
from services.gateway.request_id import HEADER, STATE, header_of, named, request_id_of
from services.gateway.send import send_answer, send_problem
from services.metrics.catalogue import PROBLEMS
from services.metrics.tally import Tally
from services.tokens.token import Role
from streams.keys import EventKind

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Posting:
    """What may be posted to a path, and by whom."""

    path: str
    kind: EventKind
    may: frozenset[Role]


REPORTS: Final = Posting("/v1/reports", EventKind.REPORT, frozenset({Role.REPORTER}))
STATUSES: Final = Posting(
    "/v1/corridor-status", EventKind.CORRIDOR_STATUS, frozenset({Role.CORRIDOR_OPERATOR})
)
TOO_MANY: Final = HTTPStatus.TOO_MANY_REQUESTS
POSTINGS: Final[Mapping[str, Posting]] = {one.path: one for one in (REPORTS, STATUSES)}


@dataclass(frozen=True, slots=True)
class PostRoute:
    """In front of the framework: answers posts, and leaves it all else."""

    app: ASGIApp
    door: Door
    callers: Callers
    day_stored: DayStored
    bodies: Bodies
    intake: Intake
    tally: Tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        posting = _posting(scope)
        if posting is None:
            await self._leave(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = request_id_of(headers.get(HEADER, b""))
        try:
            answer = await self._take(posting, scope, receive, headers, request_id)
        except ProblemError as problem:
            # A refusal may be held: not with it the frames it came from, and the body in them.
            await self._refuse(problem.with_traceback(None), send, request_id)
        except Exception:  # one fault is no other request's: it is told, and written down
            log.exception("a request failed", path=posting.path, request_id=request_id)
            await self._refuse(ProblemError(Code.FAULT), send, request_id)
        else:
            await _send(send, answer, request_id)

    async def _leave(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the framework answer, under the request's id."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(header_of(scope["headers"]))
        scope["state"][STATE] = request_id
        await self.app(scope, receive, named(send, request_id))

    async def _take(
        self,
        posting: Posting,
        scope: Scope,
        receive: Receive,
        headers: dict[bytes, bytes],
        request_id: str,
    ) -> Answer:
        entrant = self.door.admit(scope, headers)
        token = await identify(self.callers, entrant, posting.may)
        self.day_stored.ask(token.mission)
        media_type = _media_type(headers.get(b"content-type", b""))
        coding = headers.get(b"content-encoding", b"").decode("latin-1")
        length = headers.get(b"content-length", b"")
        body = await self.bodies.receive(receive, length, token.id)
        try:
            return await self.intake.take(posting.kind, token, media_type, coding, body, request_id)
        finally:
            self.bodies.release(token.id, len(body))

    async def _refuse(self, problem: ProblemError, send: Send, request_id: str) -> None:
        """Who sends more than he may waits for the word: also whose body was read to know it."""
        if problem.status == TOO_MANY:
            await self.door.refuse(problem, send, request_id)
            return
        self.tally.count(PROBLEMS, 1, problem.code.value)
        await send_problem(send, problem, request_id)


async def _send(send: Send, answer: Answer, request_id: str) -> None:
    more = ((HEADER, request_id.encode()),)
    await send_answer(send, answer.status, answer.media_type.encode(), answer.body, more)


def _posting(scope: Any) -> Posting | None:  # noqa: ANN401 (ASGI's dictionary)
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    path = scope["path"]
    return POSTINGS.get(path) or POSTINGS.get(path.rstrip("/"))  # as the framework reads paths


def _media_type(header: bytes) -> str:
    """Of a `Content-Type`, without its parameters.

    Raises:
        ProblemError: it is none that is read here.
    """
    media_type = header.partition(b";")[0].strip().lower().decode("latin-1")
    check_media_type(media_type)
    return media_type
