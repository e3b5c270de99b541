"""Answer with the board: at once, or as soon as it is not what the asker has.

    parameters → form → the board → is it known? wait → bytes → fewer bytes

Place on the data's way: GET /v1/corridors/board. Its tag names what is shown and not the bytes,
which differ by their coding and, as text, from minute to minute: a weak one (RFC 9110, 8.8.1).
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

import msgspec
from litestar import Request, Response

from services.gateway.answer_questions import PRIVATE, holds
from services.gateway.ask_board import Seen
from services.gateway.board import Board, BoardTold, write_text
from services.gateway.boards import LONGEST_S, Boards
from services.gateway.callers import Callers
from services.gateway.compress import Coding, choose_coding, compress
from services.gateway.door import ENTRANT
from services.gateway.identify import Entrant, identify
from services.gateway.parameters import Parameters
from services.gateway.represent import Form, Representation, choose
from services.tokens.token import Role, Token

Asked = Request[Any, Any, Any]
FORMS: Final = (Form.JSON, Form.TEXT)
_VARY: Final = {"Vary": "Accept, Accept-Encoding, Authorization"}


async def answer_board(request: Asked) -> Response[bytes]:
    """Every corridor's state, since when and until when, and why."""
    parameters = Parameters(request.query_params.multi_items(), ("wait_s",))
    form = choose(request.headers.get("accept", ""), FORMS)
    wait_s = parameters.number("wait_s", LONGEST_S)
    held = request.headers.get("if-none-match", "")
    boards: Boards = request.app.state.boards
    token: Token = request.state.token
    seen = await boards.now(token)
    if wait_s is not None and holds(held, _tag(seen.board, form)):
        seen = await boards.changed(token, seen, wait_s)
        await _identify_again(request)
    return _respond(request, form, seen, held)


async def _identify_again(request: Asked) -> None:
    """Whoever has waited is told nothing if the token was revoked meanwhile."""
    callers: Callers = request.app.state.callers
    presented = request.scope["state"][ENTRANT].presented
    assert presented is not None, "who is here has presented a token"
    await identify(callers, Entrant(presented, callers.recall(presented)), frozenset(Role))


def _tag(board: Board, form: Form) -> str:
    """Changes when and only when something that is shown changes; ages are reckoned, not shown."""
    return Representation(form, msgspec.json.encode(board)).etag


def _respond(request: Asked, form: Form, seen: Seen, held: str) -> Response[bytes]:
    board, tag = seen.board, _tag(seen.board, form)
    now = format_datetime(datetime.now(UTC), usegmt=True)
    headers = {**PRIVATE, **_VARY, "ETag": f"W/{tag}", "Date": now}
    if holds(held, tag):
        return Response(b"", status_code=304, headers=headers)
    text = form is Form.TEXT
    told = BoardTold(mission=board.mission, items=board.items, known_at=seen.as_of)
    body = write_text(board, seen.as_of).encode() if text else msgspec.json.encode(told)
    coding = choose_coding(request.headers.get("accept-encoding", ""))
    if coding is not Coding.IDENTITY:
        headers["Content-Encoding"] = coding
    return Response(compress(body, coding), headers=headers, media_type=form.value)
