"""Bodies as ASGI hands them over, piece by piece."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from litestar.types import Receive

from services.gateway.problems import Code, ProblemError
from services.gateway.receive_body import Bodies
from services.limits import Limits

BODY = {"type": "http.request", "body": b"half", "more_body": True}
GONE = {"type": "http.disconnect"}


def handing(messages: Sequence[dict[str, Any]]) -> Receive:
    """Hands these over, then waits for good."""
    left = iter(messages)

    async def receive() -> Any:  # noqa: ANN401 (ASGI's messages)
        message = next(left, None)
        return await asyncio.Future[None]() if message is None else message

    return receive


def received(bodies: Bodies, messages: Sequence[dict[str, Any]], length: bytes = b"") -> bytes:
    return asyncio.run(bodies.receive(handing(messages), length, "tok"))


def test_a_body_in_pieces_is_whole() -> None:
    pieces = [BODY, {**BODY, "body": b""}, {**BODY, "body": b"-whole", "more_body": False}]
    assert received(Bodies(Limits()), pieces) == b"half-whole"


@pytest.mark.parametrize(
    ("messages", "length", "code"),
    [
        ([BODY, GONE], b"", Code.BODY_UNREADABLE),
        ([BODY], b"", Code.BODY_TOO_SLOW),
        ([BODY, BODY], b"", Code.BODY_TOO_LARGE),
        ([], b"9", Code.BODY_TOO_LARGE),
    ],
)
def test_a_body_that_does_not_come_whole_is_refused_and_holds_no_room(
    messages: list[dict[str, Any]], length: bytes, code: Code
) -> None:
    bodies = Bodies(Limits(body_bytes=7, body_seconds=0), held_limit=8)
    with pytest.raises(ProblemError) as caught:
        received(bodies, messages, length)
    assert caught.value.code is code
    assert bodies._room.held == 0


def test_bodies_hold_room_until_they_are_answered() -> None:
    bodies = Bodies(Limits(), held_limit=8)
    last = {**BODY, "more_body": False}
    body = received(bodies, [last])
    with pytest.raises(ProblemError) as caught:
        received(bodies, [last])
    assert caught.value.code is Code.TOO_MUCH_WAITING
    bodies.release("tok", len(body))
    assert received(bodies, [last]) == b"half"


def test_there_is_room_for_others_while_one_holds_all_that_it_may() -> None:
    bodies = Bodies(Limits(), held_limit=16)
    last = handing([{**BODY, "body": b"8 bytes.", "more_body": False}])
    asyncio.run(bodies.receive(last, b"", "one"))
    with pytest.raises(ProblemError):
        asyncio.run(bodies.receive(handing([BODY]), b"", "one"))
    assert received(bodies, [{**BODY, "more_body": False}]) == b"half"


def test_who_gives_up_holds_no_room() -> None:
    bodies = Bodies(Limits())

    async def give_up() -> None:
        receiving = asyncio.create_task(bodies.receive(handing([BODY]), b"", "tok"))
        await asyncio.sleep(0.01)
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)

    asyncio.run(give_up())
    assert bodies._room.held == 0
