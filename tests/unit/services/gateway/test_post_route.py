"""Large bodies that cannot be read: of one token's there is work for a part of a core at most."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple, cast

from services.gateway.identify import Entrant
from services.gateway.intake import NDJSON
from services.gateway.post_route import REPORTS, RESTS, Head, PostRoute
from services.gateway.problems import Code, ProblemError
from services.gateway.receive_body import Bodies
from services.limits import Limits
from services.tokens.token import Role, Token

SPENT_S = 0.02
NOW = datetime.now(UTC)


class Read(NamedTuple):
    token_id: str
    from_s: float
    to_s: float


class CannotRead:
    """Takes its time to find out that a body is none."""

    def __init__(self) -> None:
        self.read_: list[Read] = []

    async def read(self, _kind: object, token: Token, *_body: object) -> None:
        began = time.monotonic()
        time.sleep(SPENT_S)  # noqa: ASYNC251 (as unpacking does)
        self.read_.append(Read(token.id, began, time.monotonic()))
        raise ProblemError(Code.BODY_TOO_LARGE)


class Known:
    """A door, and whoever else is asked on the way, that knows everybody."""

    async def identify(self, entrant: Any, _may: object) -> Token:  # noqa: ANN401 (a name here)
        return Token(
            id=str(entrant),
            label="test",
            mission="smm",
            agreement=None,
            roles=frozenset({Role.REPORTER}),
            sources=frozenset(),
            created_at=NOW,
            expires_at=NOW + timedelta(days=1),
        )

    async def hold(self, problem: ProblemError) -> None:
        problem.held = True

    def ask(self, _mission: str) -> None:
        pass


async def body() -> bytes:
    return b"packed"


async def sent_by(names: str) -> list[Read]:
    """What was read of bodies that were sent at once, one for each letter's token."""
    known, intake = Known(), CannotRead()
    parts: list[Any] = [known, known, known, Bodies(Limits()), intake]
    route = PostRoute(*parts)
    heads = [Head(REPORTS, "r", cast("Entrant", one), NDJSON, "gzip", one) for one in names]
    told = await asyncio.gather(*(route.take(one, body) for one in heads), return_exceptions=True)
    assert [type(one) for one in told] == [ProblemError] * len(names)
    return intake.read_


def test_of_bodies_that_cannot_be_read_a_token_has_no_more_than_its_part_of_a_core() -> None:
    read = asyncio.run(sent_by("aaa"))
    pauses = [after.from_s - before.to_s for before, after in pairwise(read)]
    assert min(pauses) >= RESTS * SPENT_S


def test_others_do_not_wait_for_them() -> None:
    read = asyncio.run(sent_by("aab"))
    assert [one.token_id for one in read] == ["a", "b", "a"]
