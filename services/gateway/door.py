"""Door: turns away who comes too often, before anything is read or looked up.

Place on the data's way: HTTP → **door** → route. A refusal is written here, without the framework,
and a little later than it could be: whoever waits for it on a connection sends nothing meanwhile,
so that a flood slows itself and not the others.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from services.gateway.admission import Admission
from services.gateway.callers import Callers
from services.gateway.present import presented_token
from services.gateway.problems import MEDIA_TYPE, ProblemError

HOLD_S: Final = 0.5
HELD_LIMIT: Final = 1_000
"""Refusals of a route held at once; beyond it they go out immediately and take no memory."""
FORWARDED: Final = b"x-forwarded-for"


class Door:
    """The outermost layer of a route."""

    def __init__(
        self, app: ASGIApp, *, admission: Admission, callers: Callers, proxy: str | None = None
    ) -> None:
        self._app = app
        self._admission = admission
        self._callers = callers
        self._proxy = proxy
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request by, or refuse it."""
        if scope["type"] == ScopeType.HTTP:
            try:
                self._admit(scope)
            except ProblemError as problem:
                await self._refuse(problem, send)
                return
        await self._app(scope, receive, send)

    def _admit(self, scope: Any) -> None:  # noqa: ANN401 (ASGI's dictionary)
        headers = dict(scope["headers"])
        presented = presented_token(headers.get(b"authorization", b"").decode("latin-1"))
        token = None if presented is None else self._callers.known(presented)
        if token is None:
            self._admission.stranger(self._address(scope, headers))
        else:
            self._admission.request(token.id)

    def _address(self, scope: Any, headers: dict[bytes, bytes]) -> str:  # noqa: ANN401
        address = str((scope.get("client") or ("", 0))[0])
        if address == self._proxy and FORWARDED in headers:
            return headers[FORWARDED].decode("latin-1").rpartition(",")[2].strip()
        return address

    async def _refuse(self, problem: ProblemError, send: Send) -> None:
        if self._held < HELD_LIMIT:
            self._held += 1
            try:
                await asyncio.sleep(HOLD_S)
            finally:
                self._held -= 1
        headers = {"content-type": MEDIA_TYPE, **problem.headers}
        body = problem.body()
        await send(
            {
                "type": "http.response.start",
                "status": problem.status,
                "headers": [
                    *((name.lower().encode(), value.encode()) for name, value in headers.items()),
                    (b"content-length", str(len(body)).encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": body, "more_body": False})
