"""Answer with the calendar of agreed windows: for whatever program keeps calendars.

    parameters → the agenda → bytes → tag

Place on the data's way: GET /v1/corridors/calendar.ics. The same entries give the same bytes, so
that a program which asks every quarter of an hour is mostly told that nothing has changed.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response

from services.agenda import agenda_of
from services.calendar_feed import write_calendar
from services.gateway.answer_questions import PRIVATE, holds
from services.gateway.parameters import Parameters
from services.gateway.readers import Readers
from services.gateway.represent import Form, Representation, choose
from services.store.engine import Connection
from services.tokens.token import Token

Asked = Request[Any, Any, Any]
FORMS: Final = (Form.CALENDAR,)


async def answer_calendar(request: Asked) -> Response[bytes]:
    """Every agreed window of every corridor that the token may see, or of one corridor."""
    parameters = Parameters(request.query_params.multi_items(), ("corridor",))
    form = choose(request.headers.get("accept", ""), FORMS)
    readers: Readers = request.app.state.readers
    token: Token = request.state.token
    asked = parameters.text("corridor")
    body = await readers.ask(token, lambda conn: _write(conn, token.mission, asked))
    shown = Representation(form, body)
    headers = {**PRIVATE, "ETag": shown.etag}
    if holds(request.headers.get("if-none-match", ""), shown.etag):
        return Response(b"", status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=form.value)


def _write(conn: Connection, mission: str, asked: str | None) -> bytes:
    entries = agenda_of(conn, mission)
    return write_calendar(mission, (it for it in entries if asked in {None, it.window.corridor}))
