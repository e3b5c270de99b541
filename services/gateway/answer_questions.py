"""Answer questions: a GET to its answer.

    parameters → form → a reader asks the store → bytes → tag

Place on the data's way: the routes that people and programs read from. Nothing here is written.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import msgspec
from litestar import Request, Response

from services.gateway.ask_report import ask_report
from services.gateway.parameters import Parameters, bad
from services.gateway.readers import Readers
from services.gateway.represent import JSON_ALONE, Representation, choose
from services.tokens.token import Token

Asked = Request[Any, Any, Any]
_REPORTS: Final = b"/v1/reports/"
_HEADERS: Final = {"Cache-Control": "private, no-cache", "Vary": "Accept, Authorization"}
"""What is disclosed is disclosed to one token: no cache between may hand it to another."""


async def answer_report(request: Asked) -> Response[bytes]:
    """One report, in JSON alone."""
    parameters = _parameters(request, ("source",))
    form = choose(request.headers.get("accept", ""), JSON_ALONE)
    event_id, token = _id(request), _token(request)
    question = partial(ask_report, token=token, event_id=event_id, source=parameters.text("source"))
    found = await _readers(request).ask(token, question)
    return _respond(request, Representation(form, msgspec.json.encode(found)))


def _parameters(request: Asked, known: tuple[str, ...]) -> Parameters:
    return Parameters(request.query_params.multi_items(), known)


def _token(request: Asked) -> Token:
    token: Token = request.state.token
    return token


def _readers(request: Asked) -> Readers:
    readers: Readers = request.app.state.readers
    return readers


def _id(request: Asked) -> str:
    """The id as it was sent: it may hold slashes, which routing would fold into one."""
    path: bytes = request.scope.get("raw_path") or b""
    raw = unquote_to_bytes(path.partition(b"?")[0].removeprefix(_REPORTS))
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError:
        raise bad("id", "holds characters that no id has") from None


def _respond(request: Asked, answer: Representation) -> Response[bytes]:
    """The answer, or only that it is what the asker has (RFC 9110, 13.1.2)."""
    headers = {**_HEADERS, **answer.headers, "ETag": answer.etag}
    if _has(request.headers.get("if-none-match", ""), answer.etag):
        return Response(b"", status_code=304, headers=headers)
    return Response(answer.body, headers=headers, media_type=answer.form.value)


def _has(held: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in held.split(",")}
    return etag in tags or "*" in tags
