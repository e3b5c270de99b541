"""Door: turns away who comes too often, before anything is read or looked up.

Place on the data's way: HTTP → **door** → route. A refusal goes out without the framework, and a
little later than it could: whoever waits for it on a connection sends nothing meanwhile, so that a
flood slows itself and not the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from http import HTTPStatus
from random import random
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from services.gateway.admission import Admission
from services.gateway.callers import Callers, Recalled
from services.gateway.identify import Entrant, identify
from services.gateway.present import AS_PASSWORD, Presented, presented_token
from services.gateway.problems import ProblemError
from services.gateway.request_id import STATE
from services.gateway.send import send_problem
from services.metrics.catalogue import PROBLEMS
from services.metrics.tally import Tally
from services.tokens.token import Role, Token, Validity

HOLD_S: Final = 2.0
"""On average; about as long as `Retry-After` says. A thousand connections are refused five hundred
times a second at most, and not all of them at once."""
HELD_LIMIT: Final = 10_000
"""Refusals held at once; beyond it they go out immediately and take no memory."""
TOO_MANY: Final = HTTPStatus.TOO_MANY_REQUESTS
FORWARDED: Final = b"x-forwarded-for"
ENTRANT: Final = "entrant"
"""Where a request's state says whom the door has let by."""


class Door:
    """Asked first by every route."""

    def __init__(
        self, admission: Admission, callers: Callers, tally: Tally, proxy: str | None = None
    ) -> None:
        self._tally = tally
        self._admission = admission
        self._callers = callers
        self._proxy = proxy
        self._held = 0

    def admit(
        self, address: str, headers: Mapping[bytes, bytes], *, as_password: bool = False
    ) -> Entrant:
        """Let a request by.

        Args:
            address: where the connection comes from.
            headers: of the request, their names in small letters.
            as_password: whether the token may be a password here.

        Raises:
            ProblemError: it has to wait (`hold`).
        """
        header = headers.get(b"authorization", b"")
        presented = presented_token(header, as_password=as_password)
        recalled = None if presented is None else self._callers.recall(presented)
        known = _counted(recalled)
        if known is None:
            self._admission.stranger(self._sender(address, headers))
        else:
            self._admission.request(known.id)
        return Entrant(presented, recalled)

    def admit_known(self, presented: Presented) -> Entrant | None:
        """Let a request by whose token is known to count; None: `admit` has to be asked.

        Raises:
            ProblemError: it has to wait (`hold`).
        """
        recalled = self._callers.recall(presented)
        known = _counted(recalled)
        if recalled is None or known is None or not recalled.fresh:
            return None
        self._admission.request(known.id)
        return Entrant(presented, recalled)

    async def identify(self, entrant: Entrant, may: AbstractSet[Role]) -> Token:
        """The token of a caller who may, as `services.gateway.identify` says.

        Who came as a stranger is counted under the token as soon as it is known: of many that come
        at once under a token not seen before, no more get through than under one that was.

        Raises:
            ProblemError: no token, one that does not count, or none of its roles may; or it has to
                wait.
        """
        token = await identify(self._callers, entrant, may)
        if _counted(entrant.recalled) is None:
            self._admission.request(token.id)
        return token

    async def hold(self, problem: ProblemError) -> None:
        """Count a refusal; one that says to come later is held back for a while, once."""
        if problem.held:
            return
        problem.held = True
        self._tally.count(PROBLEMS, 1, problem.code.value)
        if problem.status == TOO_MANY and self._held < HELD_LIMIT:
            self._held += 1
            try:
                await asyncio.sleep(HOLD_S * (0.5 + random()))  # noqa: S311 (no secret)
            finally:
                self._held -= 1

    def _sender(self, address: str, headers: Mapping[bytes, bytes]) -> str:
        if address == self._proxy and FORWARDED in headers:
            return headers[FORWARDED].decode("latin-1").rpartition(",")[2].strip()
        return address


def _counted(recalled: Recalled | None) -> Token | None:
    """The token that counted when it was last looked up: it is no guess."""
    if recalled is None or recalled.validity is not Validity.VALID:
        return None
    return recalled.token


class Behind:
    """A route of the framework behind the door."""

    def __init__(self, app: ASGIApp, *, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request by, or refuse it."""
        if scope["type"] == ScopeType.HTTP:
            try:
                address = str((scope.get("client") or ("",))[0])
                entrant = self._door.admit(
                    address,
                    dict(scope["headers"]),
                    as_password=bool(scope["route_handler"].opt.get(AS_PASSWORD)),
                )
            except ProblemError as problem:
                await self._door.hold(problem)
                await send_problem(send, problem, scope["state"][STATE])
                return
            scope["state"][ENTRANT] = entrant
        await self._app(scope, receive, send)
