"""Measures that are owed again and again: each time by itself."""

from __future__ import annotations

from streams.agreement import Due, Measure, Phase, Repeats
from streams.context.authority import NoEffect
from streams.context.fold import MissionState, fold
from streams.context.measures import MeasureState, measure_at
from streams.events import ContextEvent
from streams.vocabulary import MeasureStatus
from tests.unit.streams.builders import NOON, hours
from tests.unit.streams.context.said import METHODOLOGY, agreement, at, heard, measured

TRUCKS = Measure(
    id="trucks",
    name="Lorries let in",
    clause="Article 5",
    party="north",
    amount=600,
    unit="lorries",
    due=Due(phase="dated", days=1),
    repeats=Repeats(times=3),
)
AFTER = Phase(id="after", name="After", gated_by=("trucks",))


def folded(*events: ContextEvent, measure: Measure = TRUCKS) -> MissionState:
    phases = (Phase(id="dated", name="Dated", on=NOON), AFTER)
    known = agreement(phases=phases, measures=(measure,))
    return fold(known, METHODOLOGY, [heard(event) for event in events])


def told(time: int, hour: float, done: int = 600) -> ContextEvent:
    return measured(
        f"m-{time}-{done}", MeasureStatus.VERIFIED, hour, done, measure=f"trucks.{time}"
    )


def test_each_time_has_its_own_deadline() -> None:
    dues = {measure.id: measure.due for measure in folded().measures}
    assert dues == {f"trucks.{day}": NOON + hours(24 * day) for day in (1, 2, 3)}


def test_a_dated_deadline_moves_by_the_days_between() -> None:
    weekly = Measure(
        id="trucks",
        name="Lorries",
        clause="Article 5",
        party="north",
        due=Due(on=NOON),
        repeats=Repeats(times=2, every_days=7),
    )
    dues = [measure.due for measure in folded(measure=weekly).measures]
    assert dues == [NOON, NOON + hours(7 * 24)]


def test_what_is_missing_on_one_day_is_not_made_up_on_the_next() -> None:
    state = folded(told(1, 23, done=580), told(2, 47, done=640))
    first, second, third = (measure_at(measure, at(49)) for measure in state.measures)
    assert (first.state, first.overdue, first.verified) == (MeasureState.PENDING, True, 580)
    assert (second.state, second.overdue) == (MeasureState.VERIFIED, False)
    assert (third.state, third.overdue) == (MeasureState.PENDING, False)


def test_a_phase_waits_for_each_time() -> None:
    two, three = (told(1, 20), told(2, 40)), (told(1, 20), told(2, 40), told(3, 60))
    assert {it.id: it.at for it in folded(*two).phases}["after"] is None
    assert {it.id: it.at for it in folded(*three).phases}["after"] == at(60)


def test_a_word_that_names_no_time_has_no_effect() -> None:
    state = folded(measured("m", MeasureStatus.VERIFIED, 1, measure="trucks"))
    assert [one.reason for one in state.unheeded] == [NoEffect.UNKNOWN_MEASURE]
