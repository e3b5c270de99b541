"""Figures on how movements ended, with what each is of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.movements.outcomes import Ended, Period, name_of, tally
from streams.vocabulary import Acknowledgement, MovementKind, MovementOutcome
from tests.unit.streams.context.said import at

FACILITATED, DENIED = MovementOutcome.FACILITATED, MovementOutcome.DENIED


def counted(*outcomes: MovementOutcome, **changes: Any) -> Ended:  # noqa: ANN401 (its fields)
    one = Ended("north", MovementKind.MOVEMENT, at(0), outcomes, None, None, None)
    return one._replace(**changes)


def test_what_has_not_ended_and_what_differs_is_in_no_share() -> None:
    (told,) = tally(
        [counted(FACILITATED), counted(DENIED), counted(DENIED, FACILITATED), counted()],
        Period.MONTH,
    )
    assert (told.notified, told.ended, told.differing, told.not_ended) == (4, 3, 1, 1)
    assert told.outcomes == {FACILITATED: 1, DENIED: 1}
    assert told.facilitated_share == 0.5


def test_of_none_that_ended_there_is_no_share() -> None:
    (told,) = tally([counted(), counted(DENIED, FACILITATED)], Period.DAY)
    assert told.facilitated_share is None


def test_parties_periods_and_kinds_are_counted_apart() -> None:
    many = [
        counted(DENIED, delay_min=0, is_late=True, answer=Acknowledgement.OBJECTED),
        counted(DENIED, delay_min=30, is_late=False, answer=Acknowledgement.ACKNOWLEDGED),
        counted(DENIED, party="south"),
        counted(DENIED, kind=MovementKind.STATIC_SITE),
        counted(DENIED, begins_at=at(24)),
    ]
    told = tally(many, Period.DAY)
    assert [(it.period, it.party, it.kind, it.notified) for it in told] == [
        ("2026-03-02", "north", "movement", 2),
        ("2026-03-02", "north", "static_site", 1),
        ("2026-03-02", "south", "movement", 1),
        ("2026-03-03", "north", "movement", 1),
    ]
    first = told[0]
    assert (first.delayed, first.delay_min, first.late_notice, first.notice_known) == (1, 30, 1, 2)
    assert (first.acknowledged, first.objected) == (1, 1)


@pytest.mark.parametrize(
    ("period", "name"),
    [
        (Period.DAY, "2027-01-01"),
        (Period.WEEK, "2026-W53"),
        (Period.MONTH, "2027-01"),
        (Period.YEAR, "2027"),
    ],
)
def test_a_week_is_that_of_iso_8601(period: Period, name: str) -> None:
    assert name_of(datetime(2027, 1, 1, tzinfo=UTC), period) == name


_ENDED = st.builds(
    counted,
    *[st.sampled_from(MovementOutcome)] * 1,
    party=st.sampled_from(["north", "south"]),
    begins_at=st.integers(0, 2000).map(at),
    delay_min=st.none() | st.integers(0, 500),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_ENDED, max_size=30), st.sampled_from(Period))
def test_every_movement_counts_once_whatever_the_period(many: list[Ended], period: Period) -> None:
    told = tally(many, period)
    assert sum(it.notified for it in told) == len(many)
    assert sum(sum(it.outcomes.values()) + it.differing + it.not_ended for it in told) == len(many)
    assert sum(it.delay_min for it in told) == sum(it.delay_min or 0 for it in many)
    assert tally(reversed(many), period) == told
