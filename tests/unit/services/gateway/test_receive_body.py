"""Bodies on their way in: each within its size, all of them within the room that there is."""

from __future__ import annotations

import pytest

from services.gateway.problems import Code, ProblemError
from services.gateway.receive_body import Bodies
from services.limits import Limits


def refusal(bodies: Bodies, name: str, size: int, more: int) -> Code:
    with pytest.raises(ProblemError) as caught:
        bodies.hold(name, size, more)
    return caught.value.code


def test_a_body_holds_room_until_it_is_answered() -> None:
    bodies = Bodies(Limits(), held_limit=16)
    bodies.hold("tok", 0, 4)
    bodies.hold("tok", 4, 2)
    assert bodies.held == 6
    bodies.release("tok", 6)
    assert bodies.held == 0


def test_a_body_is_as_large_as_the_limit_and_no_byte_larger() -> None:
    bodies = Bodies(Limits(body_bytes=7))
    bodies.check("tok", b"7")
    bodies.hold("tok", 0, 7)
    assert refusal(bodies, "tok", 7, 1) is Code.BODY_TOO_LARGE
    assert bodies.held == 7
    with pytest.raises(ProblemError) as caught:
        bodies.check("tok", b"8")
    assert caught.value.code is Code.BODY_TOO_LARGE


@pytest.mark.parametrize("length", [b"", b"x", b"-1"])
def test_a_length_that_says_nothing_refuses_nothing(length: bytes) -> None:
    Bodies(Limits(body_bytes=0)).check("tok", length)


def test_who_fills_the_room_leaves_the_others_some() -> None:
    bodies = Bodies(Limits(), held_limit=16)
    bodies.hold("flood", 0, 8)
    assert refusal(bodies, "flood", 8, 1) is Code.TOO_MUCH_WAITING
    bodies.hold("other", 0, 4)
