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

    @property
    def is_known(self) -> bool:
        """Whether it is known who it is without asking anybody."""
        return self.recalled is not None and self.recalled.fresh


def identify_known(callers: Callers, entrant: Entrant, may: AbstractSet[Role]) -> Token:
    """The token of a caller who is known and may; raises as `identify` does."""
    presented, recalled = entrant
    assert presented is not None, "who is known has presented something"
    assert recalled is not None, "only what is known is asked here"
    if recalled.ageing and recalled.token is not None:
        callers.ask_anew(presented)
    return _if_it_may(recalled.token, recalled.validity, may)


async def identify(callers: Callers, entrant: Entrant, may: AbstractSet[Role]) -> Token:
    """The token of a caller who may.

    Raises:
        ProblemError: no token, one that does not count, or none of its roles may.
    """
    if entrant.is_known:
        return identify_known(callers, entrant, may)
    if entrant.presented is None:
        raise ProblemError(Code.NO_TOKEN)
    try:
        token, counts = await callers.ask(entrant.presented)
    except psycopg.Error:
        raise ProblemError(Code.STORE_AWAY, retry_after_s=RETRY_AFTER_S) from None
    return _if_it_may(token, counts, may)


def _if_it_may(token: Token | None, counts: Validity, may: AbstractSet[Role]) -> Token:
    if token is None or counts is not Validity.VALID:
        raise ProblemError(Code.TOKEN_NOT_VALID, f"It is {counts}.")
    if token.roles.isdisjoint(may):
        raise ProblemError(Code.ROLE_MAY_NOT)
    return token
