"""A check-in that does not come becomes a row once, and is taken back where it had come in time."""

from __future__ import annotations

from streams.events import CheckedIn, MovementDeparted
from streams.vocabulary import MovementOutcome
from tests.integration.timer.clockwork import Clockwork, document
from tests.unit.streams.context.said import nameless
from tests.unit.streams.movements.moved import MOVING, ended, moved

SUBJECT = f"aid-1/{nameless(0xAA)}"
RULE = "check_in_overdue"
DEPARTED = moved(2, MovementDeparted(), 1)


def overdue(work: Clockwork) -> list[tuple[float, int, bool]]:
    """(hour, revision, stands) of every row about a movement."""
    rows = [row for row in work.rows() if row[1] == RULE]
    assert {row[2] for row in rows} <= {SUBJECT}
    return [(row[0], row[3], row[4]) for row in rows]


def set_out(work: Clockwork) -> None:
    work.load([document(version=2, sources=MOVING)], -80)
    work.hear(moved(1), hour=-72)
    work.hear(DEPARTED, hour=1)


def test_each_check_in_that_is_overdue_becomes_one_row_when_it_is(work: Clockwork) -> None:
    set_out(work)
    work.turn(1.9)
    assert overdue(work) == []
    work.turn(2)
    assert overdue(work) == [(2, 1, True)]
    work.hear(moved(3, CheckedIn(), 2.5), hour=2.5)
    work.turn(3.4)
    work.turn(5)
    work.turn(5, work.another())
    assert overdue(work) == [(2, 1, True), (3.5, 1, True)]


def test_a_check_in_that_reached_us_late_takes_its_row_back(work: Clockwork) -> None:
    set_out(work)
    work.turn(2)
    work.hear(moved(3, CheckedIn(), 1.8), hour=2.2)
    work.turn(2.5)
    assert overdue(work) == [(2, 1, True), (2, 2, False)]
    work.turn(3)
    assert overdue(work)[2:] == [(2.8, 1, True)]


def test_what_has_ended_is_not_waited_for_and_an_outage_is_caught_up_with(work: Clockwork) -> None:
    set_out(work)
    work.hear(moved(4, ended(MovementOutcome.FACILITATED), 1.9), hour=1.9)
    work.turn(9, work.another())
    assert overdue(work) == []
    work.hear(moved(5, ended(MovementOutcome.FACILITATED), 2, retracts=nameless(4)), hour=9)
    work.turn(10, work.another())
    assert overdue(work) == [(2, 1, True)]
