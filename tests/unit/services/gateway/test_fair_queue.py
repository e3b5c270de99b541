"""Whose turn it is: beside a plain model, and where one floods."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.fair_queue import (
    ALONE_AFTER,
    GROUP_LIMIT,
    TURN,
    Entry,
    FairQueue,
)
from services.gateway.room import Room

Step = tuple[str, int] | None
steps = st.lists(st.none() | st.tuples(st.sampled_from("abc"), st.integers(1, TURN)), max_size=60)


def entry(name: str, number: int, events: int) -> Entry[tuple[str, int]]:
    return Entry((name, number), events, events)


@given(steps)
def test_all_that_goes_in_comes_out_once_each_names_in_its_order(done: list[Step]) -> None:
    queue = FairQueue[tuple[str, int]](events_limit=5_000, bytes_limit=10_000)
    put: list[tuple[str, int]] = []
    out: list[tuple[str, int]] = []
    for number, step in enumerate(done):
        if step is None:
            out += queue.take()
        elif queue.put(step[0], [entry(step[0], number, step[1])]):
            put.append((step[0], number))
    while queue:
        taken = queue.take()
        assert taken
        out += taken
    assert queue.events == 0
    assert {name: [one for one in out if one[0] == name] for name in "abc"} == {
        name: [one for one in put if one[0] == name] for name in "abc"
    }


def test_room_that_is_reserved_is_taken_and_what_waits_is_what_was_put() -> None:
    queue = FairQueue[tuple[str, int]](events_limit=100, bytes_limit=1_000)
    assert queue.reserve("a", 50, 500)
    assert not queue.reserve("a", 1, 0)
    assert queue.events == 0
    assert not queue
    queue.put_reserved("a", [entry("a", 1, 30)], 30)
    assert queue.events == 30
    queue.release("a", 20, 470)
    assert queue.take() == [("a", 1)]
    assert queue.events == 0
    assert queue.reserve("a", 50, 500)


def test_whoever_comes_after_a_flood_is_in_the_next_group() -> None:
    queue = FairQueue[tuple[str, int]]()
    flood = 0
    while queue.put("flood", [entry("flood", flood, TURN)]):
        flood += 1
    assert queue.put("other", [entry("other", 1, 1)])
    assert ("other", 1) in queue.take()


def test_a_flood_of_large_items_takes_no_more_turns_than_single_ones() -> None:
    queue = FairQueue[tuple[str, int]]()
    queue.put("flood", [entry("flood", number, TURN) for number in range(20)])
    queue.put("other", [entry("other", number, 1) for number in range(TURN)])
    taken = queue.take()
    assert len([one for one in taken if one[0] == "other"]) == TURN


def test_a_group_is_large_only_while_one_token_comes_alone() -> None:
    queue = FairQueue[tuple[str, int]]()

    def size_of_next(*, small: bool = False) -> int:
        queue.put("one", [entry("one", number, 10) for number in range(120)])
        size = 10 * len(queue.take(small=small))
        while queue:
            queue.take()
        return size

    assert size_of_next() == TURN
    for _ in range(ALONE_AFTER):
        size_of_next()
    assert size_of_next() == GROUP_LIMIT
    assert size_of_next(small=True) == TURN
    assert size_of_next() == GROUP_LIMIT
    queue.put("other", [entry("other", 1, 1)])
    queue.take()
    assert size_of_next() == TURN


def test_bodies_fill_groups_at_once_while_one_token_comes_alone() -> None:
    queue = FairQueue[tuple[str, int]](alone_after=0)
    queue.put("one", [entry("one", number, 10) for number in range(300)])
    assert 10 * len(queue.take()) == GROUP_LIMIT
    queue.put("other", [entry("other", number, 10) for number in range(120)])
    assert Counter(name for name, _ in queue.take()) == {"one": TURN // 10, "other": TURN // 10}


def test_each_token_gives_a_group_no_more_than_its_turn_and_all_together_no_more_than_a_group() -> (
    None
):
    queue = FairQueue[tuple[str, int]]()
    names = [f"token-{number}" for number in range(2 * GROUP_LIMIT // TURN)]
    for name in names:
        queue.put(name, [entry(name, number, 1) for number in range(2 * TURN)])
    first, second = Counter(name for name, _ in queue.take()), Counter(n for n, _ in queue.take())
    half = len(names) // 2
    assert first == dict.fromkeys(names[:half], TURN)
    assert second == dict.fromkeys(names[half:], TURN)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(1, 400)), max_size=60))
def test_however_many_flood_as_much_is_left_free_as_the_last_one_holds(
    asked: list[tuple[str, int]],
) -> None:
    whole = 1_000
    room, holds = Room(whole), Counter[str]()
    for name, more in asked:
        if room.has(name, more):
            room.take(name, more)
            holds[name] += more
            assert holds[name] <= whole - room.held
    for name, held in holds.items():
        room.give(name, held)
    assert room.held == 0
