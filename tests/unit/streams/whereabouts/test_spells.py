"""Spells claim what holds at whichever instants the sightings were, and of exact ones all of it."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.whereabouts.place import Side
from streams.whereabouts.spells import Evidence, Run, spells
from tests.unit.streams.whereabouts.oracle import (
    Plain,
    draw,
    plain_spells,
    require_holds,
)

IN, OUT = Side.INSIDE, Side.OUTSIDE
GAP = 30


def instants(*seen: tuple[int, Side]) -> list[Evidence]:
    """Sightings of exact instants."""
    return [Evidence(at, at, order, 0, side) for order, (at, side) in enumerate(seen)]


def only(runs: Sequence[Run], side: Side) -> list[tuple[int | None, int, int, int | None]]:
    return [run[1:5] for run in runs if run.side is side]


def test_an_entry_lies_between_the_last_outside_and_the_first_inside() -> None:
    runs = spells(instants((0, OUT), (10, IN), (20, IN), (50, OUT)), GAP)
    assert only(runs, IN) == [(0, 10, 20, 50)]
    assert only(runs, OUT) == [(None, 0, 0, 10), (20, 50, 50, None)]


def test_sightings_farther_apart_than_the_gap_are_two_spells() -> None:
    runs = spells(instants((0, IN), (30, IN), (61, IN)), GAP)
    assert only(runs, IN) == [(None, 0, 30, None), (None, 61, 61, None)]


def test_without_a_gap_nothing_holds_between_two_sightings() -> None:
    assert len(spells(instants((0, IN), (1, IN)), 0)) == 2


def test_what_lies_between_parts_a_spell_whatever_it_says() -> None:
    for side in set(Side) - {IN}:
        runs = spells(instants((0, IN), (5, side), (10, IN)), GAP)
        assert only(runs, IN)[0][1:3] == (0, 0), side


def test_a_track_that_enters_and_leaves_again_was_inside_within_its_time() -> None:
    track = [Evidence(0, 20, 0, seq, side) for seq, side in enumerate((OUT, IN, OUT))]
    assert only(spells(track, GAP), IN) == [(0, 20, 0, 20)]


def test_a_track_is_joined_to_what_it_goes_on_from() -> None:
    track = [Evidence(10, 20, 1, seq, side) for seq, side in enumerate((IN, OUT))]
    runs = spells([*track, Evidence(0, 0, 0, 0, IN)], GAP)
    assert only(runs, IN) == [(None, 0, 10, 20)]


def test_what_may_have_been_in_between_parts_a_spell() -> None:
    runs = spells([*instants((0, IN), (20, IN)), Evidence(19, 40, 9, 0, OUT)], GAP)
    assert only(runs, IN) == [(None, 0, 0, 40), (None, 20, 20, None)]


def test_a_sighting_of_some_time_of_a_day_parts_nothing_that_it_agrees_with() -> None:
    runs = spells([*instants((10, IN), (20, IN)), Evidence(0, 100, 9, 0, IN)], GAP)
    assert only(runs, IN) == [(None, 100, 0, None), (None, 10, 20, None)]


sides = st.sampled_from(Side)
determined = st.sampled_from([IN, OUT])


@st.composite
def of_intervals(draw_: st.DrawFn) -> list[Evidence]:
    evidence: list[Evidence] = []
    for order in range(draw_(st.integers(1, 9))):
        start = draw_(st.integers(0, 120))
        end = start + draw_(st.sampled_from([0, 0, 0, 1, 5, 20, 60]))
        along = draw_(st.one_of(st.tuples(sides), st.tuples(determined, determined, determined)))
        evidence += [Evidence(start, end, order, seq, side) for seq, side in enumerate(along)]
    return evidence


@settings(max_examples=150, deadline=None)
@given(of_intervals(), st.sampled_from([0, 10, 30, 200]), st.integers(0, 1 << 30))
def test_every_claim_holds_in_every_world(
    evidence: list[Evidence], max_gap: int, seed: int
) -> None:
    rng = random.Random(seed)
    # Two sides at one exact instant contradict each other; the fold leaves both out.
    exact = {item.start: item.side for item in evidence if item.start == item.end and not item.seq}
    evidence = [
        item
        for item in evidence
        if item.start != item.end or (exact.get(item.start) is item.side and not item.seq)
    ]
    runs = [run for run in spells(evidence, max_gap) if run.side in {IN, OUT}]
    for _ in range(8):
        world = draw(evidence, rng)
        for run in runs:
            members = {item.order for item in evidence if item.side is run.side}
            require_holds(run, members, world, max_gap)


@given(
    st.dictionaries(st.integers(0, 300), sides, max_size=25),
    st.sampled_from([0, 1, 10, 40, 1000]),
    st.randoms(use_true_random=False),
)
def test_of_exact_instants_nothing_is_left_out(
    seen: dict[int, Side], max_gap: int, rng: random.Random
) -> None:
    evidence = instants(*seen.items())
    rng.shuffle(evidence)
    found = spells(evidence, max_gap)
    told = [Plain(*run[:5], run.sightings) for run in found if run.side in {IN, OUT}]
    assert sorted(told, key=str) == sorted(plain_spells(list(seen.items()), max_gap), key=str)


@given(of_intervals(), st.randoms(use_true_random=False))
def test_the_order_in_which_evidence_comes_is_nothing(
    evidence: list[Evidence], rng: random.Random
) -> None:
    shuffled = evidence.copy()
    rng.shuffle(shuffled)
    assert spells(shuffled, GAP) == spells(evidence, GAP)
