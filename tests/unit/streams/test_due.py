"""Due instants: by hand at each edge, and against a reading hour by hour that knows no edges."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.agreement import Agreement, Measure, Validity
from streams.agreement import Due as Deadline
from streams.context.fold import MissionState
from streams.corridors.effects import Cause
from streams.corridors.fold import availability
from streams.due import (
    CHANNEL_RULES,
    CONTEXT_RULES,
    CORRIDOR_RULES,
    INCIDENT_RULES,
    MOVEMENT_RULES,
    SINCE_EVER,
    Due,
    Reading,
    Rule,
    due_in_context,
    due_on_corridor,
    has_closures,
    version_at,
    versions_over_time,
)
from streams.events import (
    ContextEvent,
    TruceAgreed,
    TruceEnded,
    TruceExtended,
    TruceInForce,
    TruceProposed,
    TruceSuspended,
)
from streams.vocabulary import Availability, ExchangeStep, MeasureStatus
from tests.unit.streams.context.naive import LAST, Naive
from tests.unit.streams.context.said import (
    MEASURES,
    agreement,
    at,
    begins,
    counted,
    exchanging,
    folded,
    heard,
    measured,
    terms,
    truce,
)
from tests.unit.streams.context.test_fold_against_naive import histories
from tests.unit.streams.corridors import histories as corridors

VERIFIED, REFUSED = MeasureStatus.VERIFIED, MeasureStatus.NOT_VERIFIED
END_OF_TIME = 140
"""Hours after which no history of `histories` has a due instant."""


def due(state: MissionState) -> list[Due]:
    return due_in_context([Reading(SINCE_EVER, None, state)])


def told(*events: ContextEvent) -> list[tuple[float, Rule, str]]:
    """What falls due by these events, as hours; the dated phase and the guns always do."""
    found = [
        ((it.due_at - at(0)).total_seconds() / 3600, it.rule, it.subject)
        for it in due(folded(*events))
    ]
    always = {(8, Rule.MEASURE_OVERDUE, "guns"), (10, Rule.PHASE_BEGINS, "dated")}
    assert always <= set(found)
    return [it for it in found if it not in always]


def of_guns(*events: ContextEvent) -> list[datetime]:
    return [it.due_at for it in due(folded(*events)) if it.subject == "guns"]


def test_a_measure_is_overdue_from_its_deadline_on() -> None:
    assert of_guns() == [at(8)]
    assert of_guns(measured("v", VERIFIED, 7)) == []
    assert of_guns(measured("v", VERIFIED, 8)) == []
    assert of_guns(measured("v", VERIFIED, 8.001)) == [at(8)]
    assert of_guns(measured("c", MeasureStatus.CLAIMED, 7)) == [at(8)]
    assert of_guns(measured("v", VERIFIED, 7, done=49)) == [at(8)]


def test_a_measure_that_is_no_longer_verified_is_overdue_from_then_on() -> None:
    assert of_guns(measured("v", VERIFIED, 7), measured("n", REFUSED, 9)) == [at(9)]
    words = (measured("v", VERIFIED, 9), measured("n", REFUSED, 11))
    assert of_guns(*words) == [at(8), at(11)]


def test_a_deadline_that_counts_from_a_phase_waits_for_it() -> None:
    assert told() == []
    assert told(begins("d", hour=3)) == [
        (3, Rule.PHASE_BEGINS, "declared"),
        (51, Rule.MEASURE_OVERDUE, "mines"),
    ]


def test_a_truce_begins_and_lapses_with_its_window() -> None:
    assert told(truce("f", TruceInForce(terms=terms(2, 6)))) == [
        (2, Rule.TRUCE_BEGINS, "line"),
        (6, Rule.TRUCE_LAPSES, "line"),
    ]
    late = truce("f", TruceInForce(terms=terms(2, 6)), hour=4)
    assert told(late)[0] == (4, Rule.TRUCE_BEGINS, "line")


def test_a_truce_that_is_extended_in_time_has_no_due_instant_at_its_old_end() -> None:
    extended = truce("e", TruceExtended(ends_at=at(9)), hour=5)
    assert told(truce("f", TruceInForce(terms=terms(2, 6))), extended) == [
        (2, Rule.TRUCE_BEGINS, "line"),
        (9, Rule.TRUCE_LAPSES, "line"),
    ]


def test_a_truce_that_is_extended_too_late_has_lapsed() -> None:
    extended = truce("e", TruceExtended(ends_at=at(9)), hour=6)
    assert (6, Rule.TRUCE_LAPSES, "line") in told(
        truce("f", TruceInForce(terms=terms(2, 6))), extended
    )


def test_a_truce_that_is_broken_off_ends_and_does_not_lapse() -> None:
    held = truce("f", TruceInForce(terms=terms(2, 6)))
    ended = [(2, Rule.TRUCE_BEGINS, "line"), (4, Rule.TRUCE_ENDS, "line")]
    assert told(held, truce("e", TruceEnded(), hour=4)) == ended
    # Suspended it may go on, so that its window is still one.
    suspended = told(held, truce("s", TruceSuspended(), hour=4))
    assert suspended == [*ended, (6, Rule.TRUCE_LAPSES, "line")]


def test_a_truce_that_is_broken_off_after_its_first_end_ends_and_lapses_at_the_new_one() -> None:
    held = truce("f", TruceInForce(terms=terms(2, 6)))
    extended = truce("e", TruceExtended(ends_at=at(9)), hour=5)
    assert told(held, extended, truce("s", TruceSuspended(), hour=7)) == [
        (2, Rule.TRUCE_BEGINS, "line"),
        (7, Rule.TRUCE_ENDS, "line"),
        (9, Rule.TRUCE_LAPSES, "line"),
    ]


def test_an_offer_that_nobody_took_lapses_and_never_began() -> None:
    for step in (TruceProposed, TruceAgreed):
        assert told(truce("p", step(terms=terms(2, 6)))) == [(6, Rule.TRUCE_LAPSES, "line")]
    never = told(truce("p", TruceProposed(terms=terms(2, 6))), truce("e", TruceEnded(), hour=1))
    assert never == []


def test_what_is_announced_for_later_falls_due_then() -> None:
    held = truce("f", TruceInForce(terms=terms(2, 60)))
    ahead = truce("e", TruceEnded(), hour=50)
    assert (50, Rule.TRUCE_ENDS, "line") in told(held, ahead)


@given(histories())
@settings(max_examples=60)
def test_every_hour_is_as_a_plain_reading_of_it_says(events: list[ContextEvent]) -> None:
    found = {(it.due_at, it.rule, it.subject) for it in due(folded(*events))}
    expected = set(_by_the_hour(Naive(events)))
    lapsed = {it for it in found if it[1] is Rule.TRUCE_LAPSES}
    over = {(when, Rule.TRUCE_LAPSES, name) for when, rule, name in expected if rule in _OVER}
    # What held and does not any longer has lapsed or was broken off; other lapses never held.
    assert found - lapsed - {it for it in found if it[1] is Rule.TRUCE_ENDS} == {
        it for it in expected if it[1] not in _OVER
    }
    ended = {(when, Rule.TRUCE_LAPSES, name) for when, rule, name in found if rule in _OVER}
    assert over <= ended
    broken_off = {(when, name) for when, rule, name in found if rule is Rule.TRUCE_ENDS}
    assert broken_off <= {(when, name) for when, _, name in over}


_OVER = {Rule.TRUCE_ENDS, Rule.TRUCE_LAPSES}


def _by_the_hour(naive: Naive) -> Iterator[tuple[datetime, Rule, str]]:
    """What changes from one hour to the next; all that happens in a history is on the hour."""
    hours = range(-LAST - 1, END_OF_TIME)
    begun = [h for h in hours if "declared" in naive.phases_begun(h)]
    deadlines = {"guns": 8, "mines": begun[0] + 48 if begun else END_OF_TIME}
    was: set[tuple[Rule, str]] = set()
    for h in hours:
        overdue = {m for m, by in deadlines.items() if h >= by and not naive.verified(m, h)}
        now = {(Rule.MEASURE_OVERDUE, name) for name in overdue}
        now |= {(Rule.PHASE_BEGINS, name) for name in naive.phases_begun(h)}
        now |= {(Rule.TRUCE_BEGINS, name) for name in naive.truces_holding(h)}
        yield from ((at(h), rule, name) for rule, name in now - was)
        yield from (
            (at(h), Rule.TRUCE_ENDS, name) for rule, name in was - now if rule is Rule.TRUCE_BEGINS
        )
        was = now


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_and_repetition_do_not_show(events: list[ContextEvent], rng: random.Random) -> None:
    said = [heard(event) for event in events]
    again = [*said, *rng.sample(said, rng.randint(0, len(said)))]
    rng.shuffle(again)
    assert due(folded(*again)) == due(folded(*said))


def amended(
    version: int, since: float, *measures: Measure, until: float | None = None
) -> Agreement:
    valid = Validity(from_=at(since), to=None if until is None else at(until))
    return agreement(version=version, valid=valid, measures=measures, phases=())


def read_by(*versions: Agreement) -> list[tuple[datetime, str]]:
    readings = [
        Reading(it.start, it.end, folded(under=it.agreement)) for it in versions_over_time(versions)
    ]
    return [(it.due_at, it.subject) for it in due_in_context(readings)]


GUNS = MEASURES[0]


def guns_by(hour: float) -> Measure:
    return msgspec.structs.replace(GUNS, due=Deadline(on=at(hour)))


def test_a_version_in_force_at_the_deadline_says_what_falls_due() -> None:
    first = amended(1, -100, guns_by(8))
    assert read_by(first, amended(2, 4, guns_by(20))) == [(at(20), "guns")]
    assert read_by(first, amended(2, 12, guns_by(20))) == [(at(8), "guns"), (at(20), "guns")]
    assert read_by(first, amended(2, 4, until=6)) == [(at(8), "guns")]


def test_a_version_that_moves_a_deadline_into_the_past_makes_it_fall_due_when_it_begins() -> None:
    assert read_by(amended(1, -100, guns_by(30)), amended(2, 4, guns_by(2))) == [(at(4), "guns")]


def test_a_version_that_is_the_first_to_know_a_place_does_not_make_its_old_truces_lapse() -> None:
    first = msgspec.structs.replace(amended(1, -100), zones=())
    held = truce("f", TruceInForce(terms=terms(2, 6)))
    readings = [
        Reading(it.start, it.end, folded(held, under=it.agreement))
        for it in versions_over_time([first, amended(2, 10)])
    ]
    assert due_in_context(readings) == []
    assert readings[-1].state != readings[1].state


def test_outside_of_every_version_the_newest_one_is_read() -> None:
    first, second = amended(1, 0, until=10), amended(2, 20, until=30)
    asked = {-5: 2, 0: 1, 9.9: 1, 10: 2, 20: 2, 30: 2}
    assert {h: version_at([first, second], at(h)).version for h in asked} == asked


def test_versions_follow_each_other_without_a_gap() -> None:
    found = versions_over_time([amended(1, 0, until=10), amended(2, 20)])
    assert [it.start for it in found] == [SINCE_EVER, at(0), at(10), at(20)]
    assert [it.end for it in found] == [at(0), at(10), at(20), None]
    assert [it.agreement.version for it in found] == [2, 1, 2, 2]


def test_a_mission_of_which_nothing_is_known_has_nothing_due() -> None:
    assert due_in_context([Reading(SINCE_EVER, None, None)]) == []


def on_road(*causes: Cause) -> list[tuple[int, Rule]]:
    found = due_on_corridor("c", [(at(hour), cause) for hour, cause in enumerate(causes)])
    return [(round((it.due_at - at(0)).total_seconds() / 3600), it.rule) for it in found]


def test_a_corridor_that_was_usable_grows_stale_or_lapses() -> None:
    assert on_road(Cause.OPEN_BY_STATUS, Cause.STALE) == [(1, Rule.CORRIDOR_STALE)]
    assert on_road(Cause.IMPEDED_BY_STATUS, Cause.IMPEDIMENT_STALE) == [(1, Rule.CORRIDOR_STALE)]
    assert on_road(Cause.OPEN_BY_STATUS, Cause.LAPSED) == [(1, Rule.CORRIDOR_LAPSES)]
    assert on_road(Cause.CLOSED_BY_STATUS, Cause.STALE) == []
    assert on_road(Cause.STALE, Cause.IMPEDIMENT_STALE) == []
    assert on_road(Cause.OPEN_BY_STATUS, Cause.CLOSED_BY_STATUS) == []


def test_a_window_ends_where_nothing_stronger_hid_it() -> None:
    assert on_road(Cause.OPEN_BY_STATUS, Cause.OUTSIDE_WINDOW) == [(1, Rule.CORRIDOR_WINDOW_ENDS)]
    assert on_road(Cause.NEVER_OPENED, Cause.OUTSIDE_WINDOW) == [(1, Rule.CORRIDOR_WINDOW_ENDS)]
    # It was over before: the agreement begins outside of it, a closure is settled outside of it.
    assert on_road(Cause.NOT_IN_FORCE, Cause.OUTSIDE_WINDOW) == []
    assert on_road(Cause.CLOSED_BY_STATUS, Cause.OUTSIDE_WINDOW) == []


def test_a_closure_that_says_until_when_ends_by_itself_and_one_that_is_settled_does_not() -> None:
    for closed in (Cause.CLOSED_BY_STATUS, Cause.SUSPENDED_BY_STATUS):
        for after in (Cause.OPEN_BY_STATUS, Cause.NOT_REOPENED, Cause.OUTSIDE_WINDOW):
            causes = [(at(0), closed), (at(1), after)]
            assert due_on_corridor("c", causes) == []
            ended = due_on_corridor("c", causes, {at(1)})
            assert ended == [Due(at(1), Rule.CORRIDOR_CLOSURE_ENDS, "c")]
            assert has_closures(causes)
    # Another of its kind is left, or something stronger.
    for after in (Cause.CLOSED_BY_STATUS, Cause.SUSPENDED_BY_STATUS, Cause.NOT_IN_FORCE):
        causes = [(at(0), Cause.CLOSED_BY_STATUS), (at(1), after)]
        rules = [it.rule for it in due_on_corridor("c", causes, {at(1)})]
        assert Rule.CORRIDOR_CLOSURE_ENDS not in rules
        assert not has_closures(causes)
    assert not has_closures([(at(0), Cause.OPEN_BY_STATUS), (at(1), Cause.STALE)])


def exchanged(*events: ContextEvent) -> list[datetime]:
    """When the exchange, whose window ends at hour 12, falls due."""
    found = due(folded(*events, under=exchanging()))
    return [it.due_at for it in found if it.rule is Rule.EXCHANGE_UNACCOUNTED]


def test_an_exchange_is_unaccounted_from_the_end_of_its_window_until_all_are() -> None:
    listed = counted(1, 5)
    some, rest = counted(2, 3, ExchangeStep.TRANSFERRED), counted(3, 2, ExchangeStep.ABSENT)
    assert exchanged() == []
    assert exchanged(listed) == [at(12)]
    assert exchanged(listed, some) == [at(12)]
    assert exchanged(listed, some, rest) == []
    late = counted(3, 2, ExchangeStep.ABSENT, hour=15)
    assert exchanged(listed, some, late) == [at(12)]
    fewer = counted(4, 2, ExchangeStep.TRANSFERRED, hour=20)
    assert exchanged(listed, some, late, fewer) == [at(12), at(20)]


def test_a_corridor_goes_out_of_force_once() -> None:
    causes = (Cause.NOT_IN_FORCE, Cause.OUTSIDE_WINDOW, Cause.CLOSED_BY_STATUS, Cause.NOT_IN_FORCE)
    assert on_road(*causes) == [(3, Rule.CORRIDOR_NOT_IN_FORCE)]


@given(corridors.histories())
@settings(max_examples=100, deadline=None)
def test_no_corridor_stops_being_usable_by_time_without_a_due_instant(
    history: corridors.History,
) -> None:
    intervals = availability(
        history.corridor, history.agreement, corridors.METHODOLOGY, history.events
    )
    found = due_on_corridor("c", [(it.start, it.cause) for it in intervals])
    assert found == sorted(set(found))
    instants = {it.due_at for it in found}
    usable = {Availability.OPEN, Availability.IMPEDED}
    for before, after in pairwise(intervals):
        # By an event it becomes closed or suspended, or must be opened again.
        if before.state in usable and after.state is Availability.UNKNOWN:
            by_event = after.cause in {Cause.UNKNOWN_BY_STATUS, Cause.NOT_REOPENED}
            assert by_event or after.start in instants, (before, after)


def test_every_rule_is_of_the_context_or_of_corridors_or_of_movements() -> None:
    kinds = (CONTEXT_RULES, CORRIDOR_RULES, MOVEMENT_RULES, INCIDENT_RULES, CHANNEL_RULES)
    assert sorted(rule for rules in kinds for rule in rules) == sorted(Rule)
