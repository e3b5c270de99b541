"""Histories of movements, generated, shuffled and repeated, against a reader of another kind.

The naive reader walks the events hour by hour and keeps what each speaker said last; it shares no
code with the fold and knows nothing of histories, notices or due instants.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.context.heard import Heard
from streams.due import SINCE_EVER, MovementsRead, due_of_movements
from streams.events import (
    CheckedIn,
    MovementAcknowledged,
    MovementDeparted,
    MovementEnded,
    MovementEvent,
    MovementNotified,
    MovementStep,
)
from streams.movements.history import MovementState, encode_history
from streams.movements.standing import movement_at
from streams.vocabulary import Acknowledgement, MovementOutcome
from tests.unit.streams.context.said import at, heard, nameless
from tests.unit.streams.movements.moved import moved, notified, told

LAST = 12
PARTY_OF = {"liaison": "north", "envoy": "north", "southern": "south"}
EVERY_H = 2


@st.composite
def _step(draw: st.DrawFn) -> MovementStep:
    kind = draw(st.integers(0, 6))
    if kind < 2:
        parties = draw(st.sampled_from([("north",), ("south",), ("north", "south")]))
        return notified(addressed=parties, check_in_every_min=EVERY_H * 60)
    if kind < 4:
        return MovementDeparted() if draw(st.booleans()) else CheckedIn()
    if kind < 6:
        return MovementAcknowledged(answer=draw(st.sampled_from(Acknowledgement)))
    outcomes = [MovementOutcome.DENIED, MovementOutcome.FACILITATED]
    return MovementEnded(outcome=draw(st.sampled_from(outcomes)))


@st.composite
def _event(draw: st.DrawFn, number: int) -> Heard:
    step = draw(_step())
    speakers = ["aid-1", "aid-2", "hq", "liaison", "envoy", "southern"]
    if isinstance(step, MovementNotified | MovementDeparted | CheckedIn):
        speakers = ["aid-1"] * 4 + ["aid-2", "hq"]
    gone = draw(st.sampled_from([None] * 9 + list(range(number))))
    links: dict[str, Any] = {
        draw(st.sampled_from(["supersedes", "retracts"])): None if gone is None else nameless(gone)
    }
    event = moved(
        number, step, draw(st.integers(0, LAST)), source=draw(st.sampled_from(speakers)), **links
    )
    return heard(event, vouched=draw(st.sampled_from([True] * 9 + [False])))


@st.composite
def _events(draw: st.DrawFn) -> list[Heard]:
    first = heard(moved(0, notified(check_in_every_min=EVERY_H * 60), 0))
    return [first, *(draw(_event(number)) for number in range(1, draw(st.integers(1, 12))))]


class Seen(NamedTuple):
    """What can be said of a movement at an hour."""

    answers: dict[str, str | None]
    departed: bool
    overdue: bool
    outcomes: tuple[str, ...]


def naive(heard_events: Sequence[Heard], hour: int) -> Seen | None:
    """The movement at an hour, by going through what was said."""
    events = [item.event for item in heard_events if item.vouched]
    said = [event for event in events if isinstance(event, MovementEvent)]
    withdrawn = {(it.source, gone) for it in said for gone in (it.supersedes, it.retracts) if gone}
    said = [it for it in said if (it.source, it.id) not in withdrawn and it.retracts is None]
    notices = [it for it in said if isinstance(it.step, MovementNotified) and it.source == "aid-1"]
    ever = {party for it in notices for party in it.step.addressed}  # type: ignore[union-attr]
    standing: MovementEvent | None = None
    for it in sorted(notices, key=lambda it: (it.at, it.id)):
        if it.at <= at(hour):
            standing = it
    if standing is None:
        return None
    answers: dict[str, str | None] = {}
    for party in standing.step.addressed:  # type: ignore[union-attr]
        words: list[str] = []
        for source in (source for source, of in PARTY_OF.items() if of == party and party in ever):
            last = [
                it
                for it in said
                if it.source == source
                and isinstance(it.step, MovementAcknowledged)
                and it.at <= at(hour)
            ]
            latest = max((it.at for it in last), default=None)
            for it in (it for it in last if it.at == latest):
                assert isinstance(it.step, MovementAcknowledged)
                if it.step.answer == "objected" or it.at >= standing.at:
                    words.append(it.step.answer.value)
        answers[party] = max(words, default=None)  # "objected" sorts after "acknowledged"
    signs = [
        it
        for it in said
        if isinstance(it.step, MovementDeparted | CheckedIn)
        and it.source == "aid-1"
        and it.at <= at(hour)
    ]
    departed = any(isinstance(it.step, MovementDeparted) for it in signs)
    outcomes: set[str] = set()
    for source in ("aid-1", "hq"):
        ends = [
            it
            for it in said
            if isinstance(it.step, MovementEnded) and it.source == source and it.at <= at(hour)
        ]
        latest = max((it.at for it in ends), default=None)
        outcomes |= {
            it.step.outcome.value
            for it in ends
            if it.at == latest and isinstance(it.step, MovementEnded)
        }
    quiet = bool(signs) and max(it.at for it in signs) <= at(hour - EVERY_H)
    return Seen(answers, departed, departed and quiet and not outcomes, tuple(sorted(outcomes)))


def seen(state: MovementState, hour: int) -> Seen | None:
    now = None if state.history is None else movement_at(state.history, at(hour))
    if now is None:
        return None
    answers = {one.party: None if one.answer is None else one.answer.value for one in now.answers}
    return Seen(
        answers,
        now.departed_at is not None,
        now.overdue_since is not None,
        tuple(sorted(way.value for way in now.outcomes)),
    )


@settings(max_examples=120, deadline=None)
@given(_events())
def test_a_movement_stands_as_who_walks_through_the_hours_finds_it(events: list[Heard]) -> None:
    state = told(*events)
    for hour in range(-1, LAST + 4):
        assert seen(state, hour) == naive(events, hour), hour


@settings(max_examples=60, deadline=None)
@given(_events(), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(events: list[Heard], chance: random.Random) -> None:
    shuffled = [*events, *chance.sample(events, len(events) // 2)]
    chance.shuffle(shuffled)
    assert told(*shuffled) == told(*events)


@settings(max_examples=60, deadline=None)
@given(_events(), st.data())
def test_who_may_see_it_only_grows_with_what_is_heard(
    events: list[Heard], data: st.DataObject
) -> None:
    fewer = data.draw(st.lists(st.sampled_from(events), max_size=len(events)))
    assert set(told(*fewer).readers) <= set(told(*events).readers)


@settings(max_examples=80, deadline=None)
@given(_events())
def test_a_due_instant_is_there_where_the_naive_reader_finds_it_overdue_anew(
    events: list[Heard],
) -> None:
    state = told(*events)
    movements = [] if state.history is None else [state.history]
    due = due_of_movements([MovementsRead(SINCE_EVER, None, movements)])
    hours = range(-1, LAST + EVERY_H + 2)
    overdue = {hour: (found := naive(events, hour)) is not None and found.overdue for hour in hours}
    expected = [hour for hour in hours[1:] if overdue[hour] and not overdue[hour - 1]]
    assert [it.due_at for it in due] == [at(hour) for hour in expected]


@settings(max_examples=40, deadline=None)
@given(_events())
def test_what_is_stored_is_read_as_it_was(events: list[Heard]) -> None:
    again = [replace(item, received_at=item.received_at) for item in reversed(events)]
    first, second = told(*events).history, told(*again).history
    assert first == second
    if first is not None and second is not None:
        assert encode_history(first) == encode_history(second)
