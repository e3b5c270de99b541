from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.room import Room

WHOLE = 100
STEPS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 60)), max_size=40)


def fill(room: Room, name: str) -> int:
    """Take as much as may be had, one at a time."""
    taken = 0
    while room.has(name, 1):
        room.take(name, 1)
        taken += 1
    return taken


def test_one_who_floods_gets_half_and_the_next_half_of_what_is_left() -> None:
    room = Room(WHOLE)
    assert fill(room, "a") == 50
    assert fill(room, "b") == 25
    assert room.has("c", 1)


def test_what_is_given_back_may_be_had_again() -> None:
    room = Room(WHOLE)
    room.take("a", 50)
    assert not room.has("a", 1)
    room.give("a", 50)
    assert room.held == 0
    assert room.has("a", 50)


@given(STEPS)
def test_the_whole_is_never_exceeded_and_nobody_gets_more_than_is_then_left(
    steps: list[tuple[str, int]],
) -> None:
    room, held = Room(WHOLE), Counter[str]()
    for name, more in steps:
        allowed = room.has(name, more)
        assert allowed == (held[name] + more <= WHOLE - held.total() - more)
        if allowed:
            room.take(name, more)
            held[name] += more
        elif held[name]:
            room.give(name, held[name])
            del held[name]
        assert room.held == held.total() <= WHOLE
