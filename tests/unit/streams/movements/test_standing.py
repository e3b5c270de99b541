"""How a movement stands at an instant."""

from __future__ import annotations

import pytest

from streams.events import CheckedIn, MovementDeparted, MovementEvent, WaypointPassed
from streams.movements.standing import MovementNow, MovementPhase, movement_at
from streams.vocabulary import Acknowledgement, MovementOutcome, MovementReason
from tests.unit.streams.context.said import at, nameless
from tests.unit.streams.movements.moved import (
    ACKNOWLEDGED,
    OBJECTED,
    ended,
    history,
    moved,
    notified,
)

BOTH = moved(1, notified(addressed=("north", "south")))
NORTH = moved(2, ACKNOWLEDGED, -60, source="liaison")
SOUTH = moved(3, ACKNOWLEDGED, -50, source="southern")
DEPARTED = moved(4, MovementDeparted(), 1)


def standing(hour: float, *events: MovementEvent) -> MovementNow:
    now = movement_at(history(*events), at(hour))
    assert now is not None
    return now


def answers(hour: float, *events: MovementEvent) -> dict[str, Acknowledgement | None]:
    return {one.party: one.answer for one in standing(hour, *events).answers}


def test_it_is_acknowledged_when_all_have_and_not_before() -> None:
    events = (BOTH, NORTH, SOUTH)
    assert movement_at(history(*events), at(-73)) is None
    assert standing(-60, *events).phase is MovementPhase.NOTIFIED
    assert standing(-50, *events).phase is MovementPhase.ACKNOWLEDGED
    assert answers(-60, *events) == {"north": "acknowledged", "south": None}


def test_an_objection_of_one_source_is_its_partys_until_that_source_takes_it_back() -> None:
    events = (BOTH, NORTH, SOUTH, moved(5, OBJECTED, -40, source="envoy"))
    assert standing(-30, *events).phase is MovementPhase.OBJECTED
    assert answers(-30, *events, moved(6, ACKNOWLEDGED, -35, source="liaison"))["north"] == (
        "objected"
    )
    taken_back = moved(7, ACKNOWLEDGED, -35, source="envoy")
    assert standing(-30, *events, taken_back).phase is MovementPhase.ACKNOWLEDGED


def test_notified_anew_it_is_acknowledged_anew_and_an_objection_stands() -> None:
    again = moved(5, notified(2, 14, addressed=("north", "south")), -49, supersedes=nameless(1))
    assert answers(-40, BOTH, NORTH, SOUTH, again) == {"north": None, "south": None}
    objected = moved(6, OBJECTED, -60, source="southern")
    assert answers(-40, BOTH, objected, again) == {"north": None, "south": "objected"}


@pytest.mark.parametrize(
    ("hour", "overdue"),
    [(0.5, None), (1.9, None), (2, 2), (2.4, 2), (2.5, None), (3.4, None), (3.5, 3.5), (9, 3.5)],
)
def test_a_check_in_is_overdue_from_its_minute_until_it_is_heard_of(
    hour: float, overdue: float | None
) -> None:
    now = standing(hour, BOTH, DEPARTED, moved(5, WaypointPassed(waypoint=2), 2.5))
    assert now.overdue_since == (None if overdue is None else at(overdue))


def test_nothing_is_overdue_before_it_departs_once_it_has_ended_or_where_nothing_is_agreed() -> (
    None
):
    assert standing(40, BOTH, NORTH).overdue_since is None
    over = moved(6, ended(MovementOutcome.FACILITATED), 4)
    assert standing(5, BOTH, DEPARTED, over).overdue_since is None
    unsaid = moved(1, notified(check_in_every_min=None))
    assert standing(9, unsaid, DEPARTED).overdue_since is None


def test_a_check_in_that_comes_late_counts_when_it_was() -> None:
    assert standing(3, BOTH, DEPARTED, moved(5, CheckedIn(), 2.2)).overdue_since is None


def test_it_ends_as_those_say_who_may_and_where_they_differ_it_is_not_decided() -> None:
    ours = moved(
        6, ended(MovementOutcome.IMPEDED, delay_min=90, reason=MovementReason.CHECKPOINT), 4
    )
    now = standing(5, BOTH, DEPARTED, ours)
    assert (now.phase, now.outcome, now.delay_min, now.reason) == (
        "ended",
        "impeded",
        90,
        "checkpoint",
    )
    theirs = moved(7, ended(MovementOutcome.DENIED), 4.5, source="hq")
    now = standing(5, BOTH, DEPARTED, ours, theirs)
    assert (now.outcome, now.outcomes) == (None, ("denied", "impeded"))
    mended = moved(8, ended(MovementOutcome.IMPEDED), 4.7, source="hq")
    assert standing(5, BOTH, DEPARTED, ours, theirs, mended).outcome == "impeded"


def test_a_retracted_end_has_not_been() -> None:
    over = moved(6, ended(MovementOutcome.FACILITATED), 4)
    gone = moved(7, ended(MovementOutcome.FACILITATED), 5, retracts=nameless(6))
    assert standing(6, BOTH, DEPARTED, over, gone).phase is MovementPhase.UNDER_WAY
