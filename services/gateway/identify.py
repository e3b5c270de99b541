"""Identify: whose token it is, and whether one of its roles may.

Place on the data's way: door → **who are you, may you** → body. Asked once for each request, by
the route that posts and by the guard of all the others.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import NamedTuple

import psycopg

from services.gateway.callers import Callers, Recalled
from services.gateway.present import Presented
from services.gateway.problems import RETRY_AFTER_S, Code, ProblemError
from services.tokens.token import Role, Token, Validity


class Entrant(NamedTuple):
    """Who the door has let by."""

    presented: Presented | None
    recalled: Recalled | None


async def identify(callers: Callers, entrant: Entrant, may: AbstractSet[Role]) -> Token:
    """The token of a caller who may.

    Raises:
        ProblemError: no token, one that does not count, or none of its roles may.
    """
    presented, recalled = entrant
    if presented is None:
        raise ProblemError(Code.NO_TOKEN)
    if recalled is not None and recalled.fresh:
        token, counts = recalled.token, recalled.validity
        if recalled.ageing and token is not None:
            callers.ask_anew(presented)
    else:
        try:
            token, counts = await callers.ask(presented)
        except psycopg.Error:
            raise ProblemError(Code.STORE_AWAY, retry_after_s=RETRY_AFTER_S) from None
    if token is None or counts is not Validity.VALID:
        raise ProblemError(Code.TOKEN_NOT_VALID, f"It is {counts}.")
    if token.roles.isdisjoint(may):
        raise ProblemError(Code.ROLE_MAY_NOT)
    return token
