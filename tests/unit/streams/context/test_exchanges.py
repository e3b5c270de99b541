"""Exchanges: each voice's numbers apart, what differs named, and a truce by the agreement."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.agreement import PhaseDays, Validity
from streams.context.exchanges import Discrepancy, ExchangePhase, Tally, exchange_at
from streams.context.fold import MissionState, encode_state
from streams.context.truces import truce_at
from streams.events import ContextEvent, TruceEnded, TruceExtended, TruceSuspended
from streams.vocabulary import ExchangeCategory, ExchangeSide, ExchangeStep
from tests.unit.streams.context.naive import hour as hour_of
from tests.unit.streams.context.naive_exchanges import tallies_of
from tests.unit.streams.context.said import (
    EXCHANGE,
    at,
    begins,
    counted,
    exchanging,
    folded,
    heard,
    nameless,
    reasons,
    truce,
)

Step = ExchangeStep
LISTED, TRANSFERRED = Step.LISTED, Step.TRANSFERRED
NOBODY: tuple[int, ...] = ()


def said(*events: ContextEvent) -> MissionState:
    return folded(*events, under=exchanging())


def tally(hour: float, step: Step, *events: ContextEvent) -> Tally:
    """The north's prisoners at a step."""
    now = exchange_at(said(*events).exchanges[0], at(hour))
    (found,) = [one for one in now.tallies if (one.handed_over_by, one.step) == ("north", step)]
    return found


def found(hour: float, step: Step, *events: ContextEvent) -> set[str]:
    return {one.value for one in tally(hour, step, *events).discrepancies}


def test_before_anybody_has_counted_there_are_lists_without_numbers() -> None:
    now = exchange_at(said().exchanges[0], at(-1))
    assert now.phase is ExchangePhase.AHEAD
    told = [(one.handed_over_by, one.category.value, one.step.value) for one in now.tallies]
    assert told == [
        ("north", "prisoners", "listed"),
        ("north", "prisoners", "transferred"),
        ("south", "remains", "listed"),
        ("south", "remains", "transferred"),
    ]
    assert {(one.giver_says, one.discrepancies) for one in now.tallies} == {((), ())}
    assert [one.agreed for one in now.tallies] == [100, 100, None, None]


@pytest.mark.parametrize(
    ("hour", "phase"), [(-0.01, "ahead"), (0, "open"), (11.99, "open"), (12, "over")]
)
def test_the_window_holds_its_beginning_and_not_its_end(hour: float, phase: str) -> None:
    assert exchange_at(said().exchanges[0], at(hour)).phase.value == phase


DAYS = PhaseDays(phase="declared", time_zone="UTC", from_day=1, to_day=2)


def test_on_days_of_a_phase_it_takes_place_once_that_has_begun() -> None:
    on_days = msgspec.structs.replace(EXCHANGE, window=None, during=DAYS)
    under = exchanging(exchanges=(on_days,))
    waits = folded(under=under)
    assert (waits.exchanges[0].begins_at, waits.exchanges[0].ends_at) == (None, None)
    assert exchange_at(waits.exchanges[0], at(999)).phase is ExchangePhase.AHEAD
    assert waits.context.truces == ()
    begun = folded(begins("d", hour=3), under=under)
    one = begun.exchanges[0]
    midnight = one.begins_at
    assert midnight is not None
    assert (midnight.hour, midnight > at(3), one.ends_at) == (0, True, midnight + timedelta(days=1))
    (truce_held,) = begun.context.truces
    assert (truce_held.start, truce_held.end) == (midnight, one.ends_at)
    assert exchange_at(one, midnight).phase is ExchangePhase.OPEN


def test_each_voice_is_heard_apart() -> None:
    one = tally(
        1,
        LISTED,
        counted(1, 100),
        counted(2, 98, source="southern"),
        counted(3, 99, source="hq"),
    )
    assert (one.giver_says, one.receiver_says, one.mission_says) == ((100,), (98,), (99,))
    assert (one.handed_over_by, one.received_by, one.agreed) == ("north", "south", 100)
    assert one.discrepancies == (
        Discrepancy.SIDES_DIFFER,
        Discrepancy.MISSION_DIFFERS,
        Discrepancy.NOT_AS_AGREED,
    )


def test_who_has_not_counted_contradicts_nobody() -> None:
    assert found(1, LISTED, counted(1, 100)) == set()
    assert found(1, LISTED, counted(1, 100), counted(2, 100, source="hq")) == set()


def test_of_one_source_the_latest_word_counts_from_when_it_holds() -> None:
    events = (counted(1, 90, hour=0), counted(2, 100, hour=3))
    assert tally(2.9, LISTED, *events).giver_says == (90,)
    assert tally(3, LISTED, *events).giver_says == (100,)
    issued_later = counted(3, 95, hour=3, issued_at=at(4))
    assert tally(5, LISTED, *events, issued_later).giver_says == (95,)


def test_two_words_of_one_instant_are_both_shown_and_none_is_chosen() -> None:
    one = tally(1, LISTED, counted(1, 99), counted(2, 100))
    assert one.giver_says == (99, 100)
    assert Discrepancy.ONE_VOICE_DIFFERS in one.discrepancies


def test_two_sources_of_one_side_that_differ_are_both_shown() -> None:
    one = tally(2, LISTED, counted(1, 100), counted(2, 99, hour=1, source="envoy"))
    assert one.giver_says == (99, 100)
    assert Discrepancy.ONE_VOICE_DIFFERS in one.discrepancies
    assert tally(2, LISTED, counted(1, 9), counted(2, 9, source="envoy")).giver_says == (9,)


def test_two_of_the_mission_that_differ_are_both_shown() -> None:
    one = tally(2, LISTED, counted(1, 5, source="hq"), counted(2, 6, source="second"))
    assert one.mission_says == (5, 6)


@pytest.mark.parametrize(
    ("step", "count", "differs"),
    [
        (LISTED, 99, True),
        (LISTED, 100, False),
        (LISTED, 101, True),
        (Step.RECONCILED, 99, True),
        (TRANSFERRED, 99, False),
        (TRANSFERRED, 100, False),
        (TRANSFERRED, 101, True),
        (Step.ABSENT, 101, True),
    ],
)
def test_a_list_is_as_agreed_and_no_more_come_to_any_step(
    step: Step, count: int, differs: bool
) -> None:
    assert ("not_as_agreed" in found(1, step, counted(1, count, step))) == differs


def test_where_no_number_was_agreed_none_is_missed_and_an_unknown_list_is_named() -> None:
    remains = counted(1, 7, handed_over_by=ExchangeSide.SECOND, category=ExchangeCategory.REMAINS)
    unagreed = counted(2, 7, category=ExchangeCategory.DETAINEES)
    now = exchange_at(said(remains, unagreed).exchanges[0], at(1))
    named = {(one.handed_over_by, one.category.value) for one in now.tallies if one.discrepancies}
    assert named == {("north", "detainees")}


@pytest.mark.parametrize(
    ("earlier", "later", "grows"),
    [
        (Step.LISTED, Step.RECONCILED, True),
        (Step.LISTED, Step.TRANSFERRED, True),
        (Step.IDENTITY_CONFIRMED, Step.CONSENT_CONFIRMED, True),
        (Step.TRANSFERRED, Step.LISTED, False),
        (Step.CONSENT_CONFIRMED, Step.ABSENT, False),
    ],
)
def test_more_than_at_an_earlier_step_is_named(earlier: Step, later: Step, grows: bool) -> None:
    events = (counted(1, 60, earlier), counted(2, 61, later))
    assert ("more_than_before" in found(1, later, *events)) == grows
    same = (counted(1, 60, earlier), counted(2, 60, later))
    assert "more_than_before" not in found(1, later, *same)
    other_voice = (counted(1, 60, earlier), counted(2, 61, later, source="southern"))
    assert "more_than_before" not in found(1, later, *other_voice)


def test_the_nearest_earlier_step_is_the_measure() -> None:
    listed, reconciled = counted(1, 100), counted(2, 60, Step.RECONCILED)
    assert "more_than_before" in found(
        1, TRANSFERRED, listed, reconciled, counted(3, 70, TRANSFERRED)
    )
    fewer, more = counted(1, 50), counted(2, 60, Step.RECONCILED)
    assert "more_than_before" not in found(1, TRANSFERRED, fewer, more, counted(3, 60, TRANSFERRED))
    assert "more_than_before" in found(1, Step.RECONCILED, fewer, more)


def test_who_is_not_accounted_for_when_the_window_is_over_is_named() -> None:
    events = (
        counted(1, 100, Step.RECONCILED),
        counted(2, 90, TRANSFERRED, 3),
        counted(3, 6, Step.REFUSED, 3),
        counted(4, 3, Step.ABSENT, 3),
    )
    assert found(11.99, TRANSFERRED, *events) == set()
    assert found(12, TRANSFERRED, *events) == {"unaccounted"}
    last = counted(5, 4, Step.ABSENT, 4)
    assert found(12, TRANSFERRED, *events, last) == set()
    one_more = counted(5, 5, Step.ABSENT, 4)
    assert found(12, TRANSFERRED, *events, one_more) == {"more_than_listed"}
    assert found(12, TRANSFERRED, counted(1, 100)) == {"unaccounted"}
    assert found(12, TRANSFERRED) == set()


def test_who_says_two_numbers_is_not_added_up() -> None:
    two = (counted(1, 90), counted(2, 100))
    assert found(12, TRANSFERRED, *two, counted(3, 95, TRANSFERRED)) & ENDS == set()
    ends = (counted(3, 95, TRANSFERRED), counted(4, 110, TRANSFERRED))
    assert found(12, TRANSFERRED, counted(1, 100), *ends) & ENDS == set()


ENDS = {"more_than_listed", "unaccounted"}


def test_the_reconciled_list_counts_before_the_first_one() -> None:
    events = (counted(1, 100), counted(2, 90, Step.RECONCILED), counted(3, 90, TRANSFERRED))
    assert found(12, TRANSFERRED, *events) == set()


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (counted(1, 5, exchange=2), "unknown_exchange"),
        (counted(1, 5, source="bystander"), "anothers_exchange"),
        (counted(1, 5, source="monitor"), "without_right"),
        (counted(1, 5, source="stranger"), "unknown_source"),
        (counted(1, 5, exercise=True), "exercise"),
        (counted(1, 5, hour=101, issued_at=at(0)), "from_future"),
    ],
)
def test_who_has_no_say_in_an_exchange_is_kept_without_effect_and_told_why(
    event: ContextEvent, reason: str
) -> None:
    state = said(event)
    assert reasons(state) == {nameless(1): reason}
    assert state.exchanges == said().exchanges


def test_a_count_that_is_replaced_or_withdrawn_counts_no_more() -> None:
    replaced = (counted(1, 90, hour=5), counted(2, 100, hour=1, supersedes=nameless(1)))
    assert tally(6, LISTED, *replaced).giver_says == (100,)
    withdrawn = (counted(1, 90), counted(2, 90, retracts=nameless(1)))
    assert tally(6, LISTED, *withdrawn).giver_says == NOBODY


def test_versions_of_a_count_that_differ_count_for_nothing() -> None:
    assert tally(1, LISTED, counted(1, 90), counted(1, 91)).giver_says == NOBODY


# --- the truce of its own --------------------------------------------------------------------


def held(*events: ContextEvent, **changes: object) -> list[tuple[float, float]]:
    state = folded(*events, under=exchanging(**changes))
    return [(hour_of(one.start), hour_of(one.end)) for one in state.context.truces]


def test_an_exchange_has_a_truce_that_is_in_force_by_the_agreement() -> None:
    (one,) = said().context.truces
    assert (one.truce, one.purpose.value, one.zones) == ("silence", "exchange", ("z",))
    assert (one.start, one.end, one.guarantors) == (at(0), at(12), ("guarantor",))
    assert (one.prohibits, one.event) == (("explosion",), "agreement:exchange-1")
    (history,) = said().truces
    told = [truce_at(history, at(hour)) for hour in (-1, 0, 12)]
    assert [one and (one.state.value, one.holds) for one in told] == [
        ("in_force", False),
        ("in_force", True),
        ("lapsed", False),
    ]


def test_words_on_its_truce_suspend_extend_and_end_it() -> None:
    step: dict[str, Any] = {"truce": "silence"}
    assert held(truce("s", TruceSuspended(), 3, **step)) == [(0, 3)]
    assert held(truce("s", TruceSuspended(), 3, **step), truce("f", hour=5, **step)) == [
        (0, 3),
        (5, 12),
    ]
    assert held(truce("e", TruceExtended(ends_at=at(15)), 3, **step)) == [(0, 15)]
    assert held(truce("x", TruceEnded(), -3, **step)) == []


def test_a_suspension_from_before_the_amendment_that_brings_it_still_suspends() -> None:
    amended = {"valid": Validity(from_=at(-1))}
    suspended = truce("s", TruceSuspended(), -5, truce="silence")
    assert held(suspended, **amended) == []
    assert held(**amended) == [(0, 12)]
    (history,) = folded(suspended, under=exchanging(**amended)).truces
    assert [moment.at for moment in history.moments] == [at(-5), at(-5)]
    now = truce_at(history, at(1))
    assert now is not None
    assert (now.state.value, now.holds) == ("suspended", False)


# --- as a function of the set, and as another reading has it ----------------------------------


@st.composite
def _counts(draw: st.DrawFn, number: int) -> ContextEvent:
    links: dict[str, Any] = {}
    if number and draw(st.integers(0, 5)) == 0:
        gone = nameless(draw(st.integers(0, number - 1)))
        links[draw(st.sampled_from(["supersedes", "retracts"]))] = gone
    return counted(
        number,
        draw(st.integers(0, 3)) * 50,
        draw(st.sampled_from([*Step, LISTED, LISTED, TRANSFERRED, TRANSFERRED])),
        draw(st.sampled_from([0, 0, 0, 3, 13])),
        draw(st.sampled_from(["liaison", "envoy", "southern", "hq", "second", "monitor"])),
        issued_at=at(draw(st.integers(0, 1))),
        handed_over_by=draw(st.sampled_from([ExchangeSide.FIRST] * 5 + [ExchangeSide.SECOND])),
        category=draw(
            st.sampled_from([ExchangeCategory.PRISONERS] * 5 + [ExchangeCategory.REMAINS])
        ),
        **links,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[ContextEvent]:
    return [draw(_counts(number)) for number in range(draw(st.integers(0, 10)))]


@given(histories(), st.integers(-3, 14))
@settings(max_examples=200, deadline=None)
def test_the_fold_says_of_every_hour_what_a_plain_reading_says(
    events: list[ContextEvent], hour: int
) -> None:
    now = exchange_at(said(*events).exchanges[0], at(hour))
    told = [msgspec.json.decode(msgspec.json.encode(one)) for one in now.tallies]
    assert told == tallies_of(events, hour)


@given(histories(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_and_repetition_do_not_show(events: list[ContextEvent], rng: random.Random) -> None:
    once = [heard(event) for event in events]
    again = [*once, *rng.sample(once, rng.randint(0, len(once)))]
    rng.shuffle(again)
    under = exchanging()
    assert encode_state(folded(*again, under=under)) == encode_state(folded(*once, under=under))
