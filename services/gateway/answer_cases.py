"""Answer in cases and in the joint channel: a GET to what there is, a POST to what is brought.

    body → whose → a recorder: does it fit? → one transaction → how it stands now

Place on the data's way: /v1/cases and /v1/channel, from a request to its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar

import msgspec
from litestar import Request, Response
from msgspec import Struct

from services.cases import CasesAsked, CaseTold
from services.channel import ChannelAsked
from services.filing import Filing
from services.gateway.answer_questions import PRIVATE, Paging, respond
from services.gateway.ask_cases import (
    CASES,
    NOTE,
    ask_act,
    ask_case,
    ask_cases,
    file_in_case,
)
from services.gateway.ask_channel import CHANNEL, ask_channel, ask_message, write_in_channel
from services.gateway.ask_channel import NOTE as CHANNEL_NOTE
from services.gateway.parameters import Parameters
from services.gateway.problems import Code, ProblemError
from services.gateway.readers import Readers
from services.gateway.recorders import Recorders
from services.gateway.represent import JSON_ALONE, TABLES, Form, Representation, choose
from services.store.engine import Connection
from services.tokens.token import Token
from streams.cases.acts import ACT_BYTES, CaseState

Asked = Request[Any, Any, Any]
Found = TypeVar("Found")
CASE_FILTERS: Final = ("agreement", "state", "subject")
CHANNEL_FILTERS: Final = ("agreement", "about")
CREATED: Final = 201
OK: Final = 200


class FiledTold(Struct, frozen=True):
    """What became of an act or a message."""

    name: str
    """The case, or the beginning of the message's hash."""
    sha256: str
    """Of the bytes: what is said of it names them."""
    case: CaseTold | None = None
    """As it is now, to who sees it."""


async def answer_cases(request: Asked) -> Response[bytes]:
    """A page of cases."""
    paging = Paging(request, CASE_FILTERS, TABLES, CASES)
    parameters = paging.parameters
    asked = CasesAsked(
        agreement=parameters.text("agreement"),
        state=parameters.word("state", CaseState),
        subject=parameters.text("subject"),
        limit=parameters.limit(),
        after=paging.after(tuple[datetime, str]),
    )
    question = partial(ask_cases, token=paging.token, asked=asked)
    return await paging.answer(question, {"note": NOTE})


async def answer_case(request: Asked, case: str) -> Response[bytes]:
    """One case, in JSON alone."""
    form = _json_alone(request)
    found = await _readers(request).ask(
        _token(request), partial(ask_case, token=_token(request), case_id=case)
    )
    return respond(request, Representation(form, msgspec.json.encode(found)))


async def answer_act_bytes(request: Asked, case: str, act: str) -> Response[bytes]:
    """An act's own bytes."""
    form = _json_alone(request)
    question = partial(ask_act, token=_token(request), case_id=case, sha256=act)
    raw = await _readers(request).ask(_token(request), question)
    return respond(request, Representation(form, raw))


async def answer_channel(request: Asked) -> Response[bytes]:
    """A page of messages."""
    paging = Paging(request, CHANNEL_FILTERS, TABLES, CHANNEL)
    parameters = paging.parameters
    asked = ChannelAsked(
        now=datetime.now(UTC),
        agreement=parameters.text("agreement"),
        about=parameters.text("about"),
        after=paging.after(tuple[datetime, str]),
    )
    question = partial(ask_channel, token=paging.token, asked=asked, limit=parameters.limit())
    return await paging.answer(question, {"note": CHANNEL_NOTE})


async def answer_message(request: Asked, message: str) -> Response[bytes]:
    """A message's own bytes."""
    form = _json_alone(request)
    question = partial(ask_message, token=_token(request), sha256=message)
    raw = await _readers(request).ask(_token(request), question)
    return respond(request, Representation(form, raw))


async def answer_filed_act(request: Asked) -> Response[bytes]:
    """What became of an act: 201, or 200 where the same had come before."""
    told = await _record(request, file_in_case)
    return _filed(told.filing, told.shown)


async def answer_sent(request: Asked) -> Response[bytes]:
    """What became of a message, likewise."""
    return _filed(await _record(request, write_in_channel))


async def _record(
    request: Asked, take_in: Callable[[Connection, Token, bytes, datetime], Found]
) -> Found:
    Parameters(request.query_params.multi_items(), ())
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != Form.JSON or request.headers.get("content-encoding"):
        raise ProblemError(Code.MEDIA_TYPE_UNKNOWN)
    raw = await request.body()
    if len(raw) > ACT_BYTES:
        raise ProblemError(Code.BODY_TOO_LARGE)
    recorders: Recorders = request.app.state.recorders
    token, now = _token(request), datetime.now(UTC)
    return await recorders.ask(token, lambda conn: take_in(conn, token, raw, now))


def _filed(filing: Filing, case: CaseTold | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(FiledTold(filing.name, filing.sha256, case)),
        status_code=CREATED if filing.is_new else OK,
        headers=PRIVATE,
        media_type=Form.JSON.value,
    )


def _json_alone(request: Asked) -> Form:
    Parameters(request.query_params.multi_items(), ())
    return choose(request.headers.get("accept", ""), JSON_ALONE)


def _token(request: Asked) -> Token:
    token: Token = request.state.token
    return token


def _readers(request: Asked) -> Readers:
    readers: Readers = request.app.state.readers
    return readers
