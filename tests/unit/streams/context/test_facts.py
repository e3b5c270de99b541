"""What is known besides a report: a set, of which only what touches the report counts."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import msgspec
import pytest

from streams.assessment import Context
from streams.context.facts import NOTHING_KNOWN, MissionContext, Notification, PhaseBegan
from streams.judge import context_digest
from streams.vocabulary import Activity, Authentication
from tests.unit.streams.builders import NOON, hours

SECOND = timedelta(seconds=1)


def notification(start: float = 0, end: float = 1, **changes: object) -> Notification:
    made = Notification(
        activity=Activity.DEMINING,
        zones=("z",),
        start=NOON + hours(start),
        end=NOON + hours(end),
        notified_at=NOON - hours(48),
        by="north",
    )
    return msgspec.structs.replace(made, **changes)


FACTS = (notification(0, 1), notification(1, 2), notification(0, 1, by="south"))


def test_the_order_in_which_facts_are_given_is_nothing() -> None:
    assert len({MissionContext.of(order) for order in permutations(FACTS)}) == 1


def test_a_fact_given_twice_is_one_fact() -> None:
    assert MissionContext.of((*FACTS, *FACTS)) == MissionContext.of(FACTS)


@pytest.mark.parametrize(
    ("start", "end", "touched"),
    [
        (NOON - SECOND, NOON - SECOND, 0),
        (NOON - SECOND, NOON, 1),
        (NOON, NOON, 1),
        (NOON + hours(1) - SECOND, NOON + hours(2), 1),
        (NOON + hours(1), NOON + hours(2), 0),
    ],
)
def test_a_notification_touches_what_happens_in_its_window(
    start: object, end: object, touched: int
) -> None:
    known = MissionContext.of([notification(0, 1)])
    assert len(known.touching(start, end).notifications) == touched  # type: ignore[arg-type]


def test_a_phase_bears_on_all_that_ends_after_it_began() -> None:
    known = MissionContext.of(phases=[PhaseBegan(phase="one", at=NOON)])
    assert known.touching(NOON - SECOND, NOON) == known
    assert known.touching(NOON - hours(1), NOON - SECOND) == NOTHING_KNOWN


def test_a_late_word_covers_what_is_left_of_its_window() -> None:
    late = notification(0, 10, notified_at=NOON - hours(1))
    assert late.begins_after(hours(1)) == NOON
    assert late.begins_after(hours(3)) == NOON + hours(2)


def test_facts_change_the_digest_and_their_absence_leaves_it_as_it_was() -> None:
    plain = Context(Authentication.OPERATOR)
    assert msgspec.json.encode(plain) == b'{"authentication":"operator"}'
    known = MissionContext.of(FACTS, [PhaseBegan(phase="one", at=NOON)])
    told = [
        Context(Authentication.OPERATOR, notifications=known.notifications),
        Context(Authentication.OPERATOR, phases=known.phases),
    ]
    assert len({context_digest(context) for context in (plain, *told)}) == 3
