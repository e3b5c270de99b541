"""Properties of the corridor fold over generated histories."""

from __future__ import annotations

import dataclasses
import os
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.agreement import Corridor
from streams.corridors.divided import Interval, PartState
from streams.corridors.events import Effect, RouteEvent, StatusEvent, events_digest
from streams.corridors.fold import at, availability
from streams.events import CorridorStatus, EventRef
from streams.vocabulary import Availability
from tests.unit.streams.corridors.agreed_times import minute
from tests.unit.streams.corridors.histories import (
    METHODOLOGY,
    History,
    agreement,
    arrived,
    corridor,
    histories,
)
from tests.unit.streams.corridors.oracle import WORST_FIRST, Place, Simulator, places
from tests.unit.streams.corridors.safety import why_not_open

HISTORIES = int(os.environ.get("TRUCELINE_HISTORIES", "150"))
"""How many are looked at minute by minute; `make corridors` looks at 10,000."""
MANY = 1_000
USABLE = {Availability.OPEN, Availability.IMPEDED}
_RANDOMS = st.randoms(use_true_random=False)
MINUTES = [minute(number) for number in range(-10, 400)]


def fold(history: History) -> tuple[Interval, ...]:
    return availability(history.corridor, history.agreement, METHODOLOGY, history.events)


def known_at(history: History, number: int) -> History:
    """What was known of a history at a minute."""
    known = tuple(it for it in history.events if it.received_at <= minute(number))
    return History(history.corridor, history.agreement, known)


def bounded(examples: int) -> settings:
    return settings(
        max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


def test_a_simulator_that_looks_once_a_minute_sees_the_same_and_open_is_always_safe() -> None:
    minutes: Counter[Availability] = Counter()
    opened: Counter[str] = Counter()

    @given(histories(), st.sampled_from([400, 400, 60, 120, 200]), st.integers(0), _RANDOMS)
    @bounded(HISTORIES)
    def agree(whole: History, knowledge: int, number: int, random: Random) -> None:
        known = known_at(whole, knowledge)
        assert_one_of_the_set(known, random)
        states = Counter(agreed(known, number))
        minutes.update(states)
        opened.update(dict.fromkeys(kinds_of(known.corridor), states[Availability.OPEN]))

    agree()
    # The histories must reach every state often, or all this would say nothing; where there are
    # many also `open` by each kind of agreed time alone.
    for state in Availability:
        assert minutes[state] > sum(minutes.values()) / 400, minutes
    for kind in ("windows", "announced", "hours", "area") if HISTORIES >= MANY else ():
        assert opened[kind] > minutes[Availability.OPEN] / 100, opened


def kinds_of(road: Corridor) -> list[str]:
    """What is special about it: where it is, and by what alone it may be open at a time."""
    times = [name for name in ("windows", "announced", "hours") if getattr(road, name)]
    return [*(times if len(times) == 1 else ()), *(["area"] if road.area else ())]


def agreed(history: History, number: int) -> Iterator[Availability]:
    """The states of one place at every minute, and of all places at some, after comparing them."""
    intervals, everywhere = fold(history), places(history.corridor)
    place = everywhere[number % len(everywhere)]
    for now, state, not_valid_after in simulated(history, place):
        told = of_place(at(intervals, now), place)
        assert (told.state, told.not_valid_after) == (state, not_valid_after), (now, place)
        if told.state is Availability.OPEN:
            assert not why_not_open(history, METHODOLOGY, now, place)
        yield state
    looks = [Simulator(history, METHODOLOGY, place) for place in everywhere]
    for now in MINUTES[number % 41 :: 41]:
        seen = [it.look(now).state for it in looks]
        interval = at(intervals, now)
        assert interval.state is min(seen, key=WORST_FIRST.index), now
        assert [of_place(interval, place).state for place in everywhere] == seen, now


def of_place(interval: Interval, place: Place) -> Interval | PartState:
    """What is said of one place: in exactly one of the parts, or in none where all are alike."""
    if not interval.parts:
        return interval
    (told,) = [
        part
        for part in interval.parts
        if part.segment in {None, place.segment}
        and part.direction in {None, place.direction}
        and part.traveller in {None, place.traveller}
    ]
    return told


def simulated(
    history: History, place: Place
) -> Iterator[tuple[datetime, Availability, datetime | None]]:
    """Every minute, the last first: its state, and how far it reaches by all that is known."""
    simulator = Simulator(history, METHODOLOGY, place)
    following, not_valid_after = None, None
    for now in reversed(MINUTES):
        seen = simulator.look(now)
        if seen.reach is None:
            not_valid_after = None
        elif not_valid_after is not None and following is seen.state:
            not_valid_after = min(seen.reach, not_valid_after)
        else:
            not_valid_after = min(seen.reach, now + timedelta(minutes=1))
        following = seen.state
        yield now, seen.state, not_valid_after


@given(histories(), _RANDOMS)
@bounded(100)
def test_any_order_and_repetition_gives_the_same_intervals_and_digest(
    history: History, random: Random
) -> None:
    assert_one_of_the_set(history, random)


def assert_one_of_the_set(history: History, random: Random) -> None:
    """Any order and repetition of its events has the same intervals and the same digest."""
    events = [*history.events, *random.choices(history.events, k=5)] if history.events else []
    random.shuffle(events)
    shuffled = History(history.corridor, history.agreement, tuple(events))
    assert fold(shuffled) == fold(history)
    assert events_digest(events) == events_digest(history.events)


@given(histories(), st.integers(1, 90))
@bounded(100)
def test_what_is_received_again_later_changes_nothing(history: History, later: int) -> None:
    again = [
        replace(event, received_at=event.received_at + timedelta(minutes=later))
        for event in history.events
    ]
    repeated = History(history.corridor, history.agreement, (*again, *history.events))
    assert fold(repeated) == fold(history)


@given(histories())
@bounded(100)
def test_intervals_are_contiguous_without_end_and_neighbours_differ(history: History) -> None:
    intervals = fold(history)
    assert intervals[0].start == history.agreement.valid.from_
    assert intervals[-1].end is None
    for before, after in pairwise(intervals):
        assert before.end == after.start > before.start
        assert dataclasses.replace(before, start=after.start, end=after.end) != after


@given(histories())
@bounded(100)
def test_every_usable_interval_says_after_when_it_is_not_valid(history: History) -> None:
    for interval in fold(history):
        assert interval.cause.state is interval.state
        if interval.state in USABLE:
            assert interval.not_valid_after is not None
            assert interval.not_valid_after > interval.start
            assert interval.causes
        else:
            assert interval.not_valid_after is None
        for part in interval.parts:
            assert (part.not_valid_after is not None) == (part.state in USABLE)
            assert part.not_valid_after is None or part.not_valid_after > interval.start


def _year_of_events(count: int) -> list[StatusEvent | RouteEvent]:
    """Words, reports and settlements of a busy corridor, `count` in all."""
    events: list[StatusEvent | RouteEvent] = []
    words = (*[Availability.OPEN] * 6, Availability.IMPEDED, Availability.CLOSED)
    for number in range(count):
        if number % 5 == 4:
            events.append(
                RouteEvent(
                    source="patrol",
                    id=f"r{number}",
                    effect=list(Effect)[number % 3],
                    observed_from=minute(number),
                    observed_to=minute(number),
                    received_at=minute(number),
                )
            )
            continue
        settles = tuple(
            EventRef(source="patrol", id=f"r{settled}")
            for settled in range(number - 31, number)
            if number % 20 == 0 and settled % 5 == 4
        )
        status = CorridorStatus(
            id=f"s{number}",
            mission="smm",
            source=("observer", "second", "closer", "stranger")[number % 4],
            corridor="east",
            segment=None if number % 7 else f"km{number % 20}",
            status=words[number % 8 if number % 3 else 0],
            issued_at=minute(number),
            observed_at=minute(number),
            effective_from=minute(number),
            settles=settles,
        )
        events.append(arrived(status, vouched=number % 11 != 0))
    return events


def test_ten_times_the_events_of_one_corridor_fold_in_little_more_than_ten_times_the_time() -> None:
    # A second for ten thousand on a usual machine; measured against itself, because a slow one
    # is no fault of the fold, while one that grew with the square would take a hundred times.
    road = corridor(windows=((0, None),))
    agreed = agreement(road, end=None)

    def folded(count: int) -> tuple[float, int]:
        events = _year_of_events(count)
        started = time.process_time()
        intervals = availability(road, agreed, METHODOLOGY, events)
        return time.process_time() - started, len(intervals)

    few = min(folded(1_000)[0] for _ in range(5))
    many, intervals = min(folded(10_000) for _ in range(2))
    assert intervals > 1_000
    assert many < 25 * few
