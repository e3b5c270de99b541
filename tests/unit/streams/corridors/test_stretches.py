"""A corridor under documents that follow each other: each rules its own stretch and no other."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from itertools import pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.agreement import Agreement, Validity
from streams.corridors.divided import Interval
from streams.corridors.effects import Cause
from streams.corridors.events import CorridorEvent, StatusEvent
from streams.corridors.fold import at
from streams.corridors.stretches import availability_over
from streams.events import CorridorStatus
from streams.inforce import Register
from streams.methodology import CorridorRules, Methodology
from streams.vocabulary import Availability
from tests.unit.streams.corridors.agreed_times import Times, agreed_times, minute, validity
from tests.unit.streams.corridors.histories import (
    END,
    METHODOLOGY,
    History,
    agreement,
    arrived,
    corridor,
    histories,
    timed,
)
from tests.unit.streams.corridors.oracle import Simulator, places
from tests.unit.streams.corridors.test_fold_against_oracle import of_place

OPEN, CLOSED, UNKNOWN = Availability.OPEN, Availability.CLOSED, Availability.UNKNOWN
ROAD = corridor(windows=((0, None),))
V1 = agreement(ROAD, end=None)


def amended(start: float, *, drops: bool = False, version: int = 2) -> Agreement:
    """A later version, in force from a minute on."""
    roads = () if drops else (ROAD,)
    terms = () if drops else V1.terms
    valid = validity(start, None)
    return replace(V1, version=version, valid=valid, corridors=roads, terms=terms)


def method(version: int, valid: Validity, stale_min: int) -> Methodology:
    rules = CorridorRules(stale_after_s=60 * stale_min)
    return replace(METHODOLOGY, version=version, valid=valid, corridor=rules)


def says(status: Availability, number: float) -> StatusEvent:
    """The observer says what the road is, seen and received at a minute."""
    return arrived(
        CorridorStatus(
            id=f"{status}{number}",
            mission="smm",
            source="observer",
            corridor="east",
            status=status,
            issued_at=minute(number),
            observed_at=minute(number),
            effective_from=minute(number),
        )
    )


def over(
    agreements: list[Agreement],
    *events: CorridorEvent,
    methodologies: tuple[Methodology, ...] = (METHODOLOGY,),
) -> tuple[Interval, ...]:
    return availability_over(Register(agreements, methodologies).stretches("smm", "east"), events)


def readings(intervals: tuple[Interval, ...], until: datetime) -> list[tuple[object, ...]]:
    """State, cause and causes of every minute before an instant."""
    start = minute(0)
    minutes = (start + timedelta(minutes=n) for n in range((until - start) // timedelta(minutes=1)))
    found = (at(intervals, it) for it in minutes)
    return [(it.state, it.cause, it.causes) for it in found]


class TestEachStretchHasItsOwnRules:
    def test_a_later_methodology_does_not_rule_the_past(self) -> None:
        patient = method(1, validity(0, None), 60)
        strict = method(2, validity(100, None), 10)
        intervals = over([V1], says(OPEN, 20), says(OPEN, 120), methodologies=(patient, strict))
        assert [at(intervals, minute(it)).state for it in (79, 80)] == [OPEN, UNKNOWN]
        assert [at(intervals, minute(it)).state for it in (129, 130)] == [OPEN, UNKNOWN]

    def test_an_amendment_that_drops_the_corridor_ends_it(self) -> None:
        intervals = over([V1, amended(50, drops=True)], says(OPEN, 20), says(OPEN, 60))
        assert at(intervals, minute(49)).state is OPEN
        last = intervals[-1]
        assert (last.start, last.end) == (minute(50), None)
        assert (last.state, last.cause, last.causes) == (UNKNOWN, Cause.NOT_IN_FORCE, ())
        assert last.not_valid_after is None

    def test_without_a_methodology_in_force_nothing_is_known(self) -> None:
        brief = method(1, validity(30, 50), 60)
        intervals = over([V1], says(OPEN, 20), methodologies=(brief,))
        states = [
            (at(intervals, minute(it)).state, at(intervals, minute(it)).cause)
            for it in (29, 30, 49, 50)
        ]
        nothing, open_ = (UNKNOWN, Cause.NOT_IN_FORCE), (OPEN, Cause.OPEN_BY_STATUS)
        assert states == [nothing, open_, open_, nothing]

    def test_a_version_that_ends_gives_the_corridor_back_to_the_one_before(self) -> None:
        passing = replace(amended(50, drops=True), valid=validity(50, 60))
        intervals = over([V1, passing], says(OPEN, 20))
        states = [at(intervals, minute(it)).state for it in (49, 50, 59, 60)]
        assert states == [OPEN, UNKNOWN, UNKNOWN, OPEN]

    def test_a_corridor_that_only_an_amendment_names_is_unknown_before_it(self) -> None:
        before = replace(amended(0, drops=True), version=1)
        intervals = over([before, amended(50)], says(OPEN, 45))
        assert at(intervals, minute(49)).cause is Cause.NOT_IN_FORCE
        assert at(intervals, minute(50)).state is OPEN


class TestAnAmendmentLoadedAhead:
    def test_it_changes_nothing_before_its_validity(self) -> None:
        events = (says(OPEN, 20), says(CLOSED, 40), says(OPEN, 90))
        ahead = over([V1, amended(100, drops=True)], *events)
        assert readings(ahead, minute(100)) == readings(over([V1], *events), minute(100))

    def test_a_closure_stands_across_it(self) -> None:
        intervals = over([V1, amended(50)], says(OPEN, 20), says(CLOSED, 40))
        assert intervals[-1].state is CLOSED
        assert (intervals[-1].start, intervals[-1].end) == (minute(40), None)

    def test_a_closure_from_before_a_gap_stands_after_it(self) -> None:
        first = replace(V1, valid=validity(0, 50))
        intervals = over([first, amended(70)], says(CLOSED, 40))
        states = [(it.start, it.state) for it in intervals[-3:]]
        assert states == [(minute(40), CLOSED), (minute(50), UNKNOWN), (minute(70), CLOSED)]

    def test_no_word_reaches_beyond_the_documents_it_was_read_by(self) -> None:
        intervals = over([V1, amended(50)], says(OPEN, 20))
        opened = [(it.start, it.not_valid_after) for it in intervals if it.state is OPEN]
        assert opened == [(minute(20), minute(50)), (minute(50), minute(80))]


def test_an_amendment_that_changes_nothing_lengthens_what_stands() -> None:
    assert over([V1, amended(50)]) == over([V1])


def test_a_corridor_that_nobody_names_has_no_rules_and_an_unknown_mission_no_stretches() -> None:
    register = Register([V1], [METHODOLOGY])
    assert [it.rules for it in register.stretches("smm", "west")] == [None]
    assert register.stretches("other", "east") == []


def test_the_order_of_events_and_of_loading_decides_nothing() -> None:
    events = (says(OPEN, 20), says(CLOSED, 40), says(OPEN, 60))
    documents = [V1, amended(50), amended(90, drops=True, version=3)]
    expected = over(documents, *events)
    for order in permutations(range(3)):
        shuffled = [documents[it] for it in order]
        assert over(shuffled, *(events[it] for it in order)) == expected


@settings(max_examples=100, deadline=None)
@given(histories(), st.lists(st.tuples(st.integers(0, END), st.booleans()), max_size=3))
def test_intervals_are_contiguous_and_vouch_for_nothing_beyond_their_stretch(
    history: History, changes: list[tuple[int, bool]]
) -> None:
    versions = [
        amended(start, drops=drops, version=2 + n) for n, (start, drops) in enumerate(changes)
    ]
    stretches = Register([history.agreement, *versions], [METHODOLOGY]).stretches("smm", "east")
    intervals = availability_over(stretches, history.events)
    assert (intervals[0].start, intervals[-1].end) == (stretches[0].start, None)
    assert availability_over(stretches, history.events[::-1]) == intervals
    for before, after in pairwise(intervals):
        assert before.end == after.start > before.start
        assert dataclasses.replace(before, start=after.start, end=after.end) != after
    for stretch in stretches:
        for one in intervals:
            if stretch.end is None or not stretch.start <= one.start < stretch.end:
                continue
            if stretch.rules is None:
                assert (one.state, one.cause) == (UNKNOWN, Cause.NOT_IN_FORCE)
            if one.not_valid_after is not None:
                assert one.start < one.not_valid_after <= stretch.end


@settings(max_examples=40, deadline=None)
@given(histories(), agreed_times(), st.integers(0, END), st.integers(0))
def test_each_minute_is_as_a_simulator_sees_it_by_the_version_in_force_then(
    history: History, times: Times, start: int, number: int
) -> None:
    later = timed(history.corridor, times)
    valid = validity(start, None)
    second = replace(history.agreement, version=2, valid=valid, corridors=(later,))
    stretches = Register([history.agreement, second], [METHODOLOGY]).stretches("smm", "east")
    intervals = availability_over(stretches, history.events)
    everywhere = places(history.corridor)
    place = everywhere[number % len(everywhere)]
    before = Simulator(history, METHODOLOGY, place)
    after = Simulator(History(later, second, history.events), METHODOLOGY, place)
    for now in [*range(number % 5, END + 60, 5), start - 1, start]:
        seen = (after if now >= start else before).look(minute(now))
        told = of_place(at(intervals, minute(now)), place)
        assert told.state is seen.state, now
        assert (told.not_valid_after is None) == (seen.reach is None), now
