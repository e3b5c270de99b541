"""Many who come at once under a token not seen before count under it, as soon as it is known."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from services.gateway import callers as looked
from services.gateway.admission import Admission
from services.gateway.callers import Callers
from services.gateway.door import Door
from services.gateway.problems import Code, ProblemError
from services.limits import Limits, Rate
from services.metrics.tally import Tally
from services.tokens.token import Role, Token

NOW = datetime.now(UTC)
TOKEN = Token(
    id="tok-1",
    label="test",
    mission="smm",
    agreement=None,
    roles=frozenset({Role.REPORTER}),
    sources=frozenset(),
    created_at=NOW,
    expires_at=NOW + timedelta(days=1),
)
HEADERS = {b"authorization": b"Bearer trc_new"}
REQUESTS, STRANGERS = Rate(1, 5), Rate(1, 50)


async def comes(door: Door, may: frozenset[Role]) -> Code | None:
    """What becomes of one request; None: it gets through."""
    try:
        entrant = door.admit("192.0.2.1", HEADERS)
        await asyncio.sleep(0)  # all of them are before the door before anybody is known
        await door.identify(entrant, may)
    except ProblemError as problem:
        return problem.code
    return None


async def all_at_once(may: frozenset[Role]) -> Counter[Code | None]:
    limits = Limits(requests=REQUESTS, strangers=STRANGERS)
    callers = Callers("nowhere")
    door = Door(Admission(limits, clock_ns=lambda: 0), callers, Tally({}))
    first = await asyncio.gather(*[comes(door, may) for _ in range(STRANGERS.burst)])
    then = await asyncio.gather(*[comes(door, may) for _ in range(3)])
    assert set(then) == {Code.TOO_MANY}, "known now, and what it may is used up"
    return Counter(first)


def test_strangers_with_one_token_get_through_as_often_as_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(looked._Desk, "look_up", lambda _, __: TOKEN)
    told = asyncio.run(all_at_once(frozenset({Role.REPORTER})))
    assert told == {None: REQUESTS.burst, Code.TOO_MANY: STRANGERS.burst - REQUESTS.burst}
