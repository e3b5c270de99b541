import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from services.gateway.problems import Code, ProblemError
from services.gateway.receive_body import Bodies
from services.limits import Limits

LIMITS = Limits(body_bytes=100, body_seconds=1)
Receive = Callable[[], Awaitable[Any]]


def sends(*parts: bytes, then: str = "") -> Receive:
    """A body in parts, and then: its end, `disconnect`, or nothing at all (`silence`)."""
    left = list(parts)

    async def receive() -> Any:  # noqa: ANN401 (ASGI's dictionary)
        if left:
            part = left.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(left or then)}
        if then == "silence":
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    return receive


def receive_one(bodies: Bodies, receive: Receive, length: bytes = b"", name: str = "a") -> bytes:
    return asyncio.run(bodies.receive(receive, length, name))


@pytest.mark.parametrize("parts", [(b"",), (b"a",), (b"a", b"", b"bc")])
def test_a_body_is_received_whole(parts: Sequence[bytes]) -> None:
    assert receive_one(Bodies(LIMITS), sends(*parts)) == b"".join(parts)


@pytest.mark.parametrize(
    ("receive", "length", "code"),
    [
        (sends(b"a" * 50, b"a" * 51), b"", Code.BODY_TOO_LARGE),
        (sends(), b"101", Code.BODY_TOO_LARGE),
        (sends(), b"9" * 60, Code.BODY_TOO_LARGE),
        (sends(b"a" * 50, then="silence"), b"", Code.BODY_TOO_SLOW),
        (sends(b"a" * 50, then="disconnect"), b"", Code.BODY_UNREADABLE),
    ],
)
def test_what_is_refused_gives_back_what_was_held_of_it(
    receive: Receive, length: bytes, code: Code
) -> None:
    bodies = Bodies(LIMITS, held_limit=200)
    with pytest.raises(ProblemError) as refused:
        receive_one(bodies, receive, length)
    assert refused.value.code is code
    # All of what one name may have is free again.
    assert receive_one(bodies, sends(b"b" * 100)) == b"b" * 100


def test_there_is_room_for_others_while_one_holds_all_that_it_may() -> None:
    bodies = Bodies(LIMITS, held_limit=200)
    receive_one(bodies, sends(b"a" * 100))
    with pytest.raises(ProblemError) as refused:
        receive_one(bodies, sends(b"a"))
    assert refused.value.code is Code.TOO_MUCH_WAITING
    assert refused.value.retry_after_s
    assert receive_one(bodies, sends(b"b" * 50), name="b") == b"b" * 50
    bodies.release("a", 100)
    assert receive_one(bodies, sends(b"a")) == b"a"


def test_who_gives_up_gives_back_what_was_held() -> None:
    bodies = Bodies(LIMITS, held_limit=200)

    async def give_up() -> None:
        receiving = asyncio.create_task(bodies.receive(sends(b"a" * 90, then="silence"), b"", "a"))
        await asyncio.sleep(0.01)
        receiving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await receiving

    asyncio.run(give_up())
    assert receive_one(bodies, sends(b"b" * 100)) == b"b" * 100
