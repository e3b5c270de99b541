"""Request id: what a request is called in its answer and in the log.

Place on the data's way: HTTP → **here** → everything. The caller's own `X-Request-Id` where it is a
plain short word, else one that is made. It names the request; an event is named by its key, in the
store, in every log and by `truceline explain`: the gateway's log has both in one line.
"""

from __future__ import annotations

import re
import secrets
from itertools import count
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

HEADER: Final = b"x-request-id"
URN: Final = "urn:truceline:request:"
"""What stands before it in a problem's `instance`."""
STATE: Final = "request_id"
"""Where a request's state has it."""
_PLAIN: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
_OURS: Final = f"gw-{secrets.token_hex(6)}"
_number: Final = count(1)


def request_id_of(said: bytes) -> str:
    """The id of a request whose header says so; what is not plain is not repeated to anybody."""
    if said and _PLAIN.fullmatch(said):
        return said.decode("ascii")
    return f"{_OURS}-{next(_number):x}"


class Named:
    """The framework, each of whose requests has an id and an answer that says it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request under its id."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        said = next((value for name, value in scope["headers"] if name == HEADER), b"")
        request_id = request_id_of(said)
        scope["state"][STATE] = request_id
        await self._app(scope, receive, _naming(send, request_id))


def _naming(send: Send, request_id: str) -> Send:
    async def send_named(message: Any) -> None:  # noqa: ANN401 (ASGI's)
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (HEADER, request_id.encode())]
        await send(message)

    return send_named
