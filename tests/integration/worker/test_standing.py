"""How phases, measures and truces are shown, at any instant and by what was known at another."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from services.load import load_documents
from services.standing import Asked, measures, phases, truces, unheeded
from services.store.engine import Connection
from services.worker.documents import load_register
from streams.events import ContextEvent, TruceEnded
from streams.inforce import Register
from streams.vocabulary import MeasureStatus
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.unit.streams.builders import MISSION
from tests.unit.streams.context.said import agreement, at, begins, measured, notifies, truce
from tests.unit.streams.signatures import PARTIES, signed_by


@pytest.fixture
def amended(conn: Connection) -> Register:
    """The agreement of the mission amended by phases and measures, in this transaction."""
    load_documents(conn, [agreement(id=f"truce-{MISSION}", version=2)], RECEIVED)
    return load_register(conn)


def asked(hour: float, known_at: datetime | None = None) -> Asked:
    return Asked(MISSION, at(hour), known_at or RECEIVED + timedelta(days=1))


def hear(conn: Connection, register: Register, *events: ContextEvent) -> None:
    take_in_log(conn, register, log_of([said(event) for event in events]))


def test_before_anything_is_said_measures_are_pending_and_then_overdue(
    conn: Connection, amended: Register
) -> None:
    assert amended.knows(MISSION)
    told = {row.measure: (row.state.value, row.overdue) for row in measures(conn, asked(7))}
    assert told == {"guns": ("pending", False), "mines": ("pending", False)}
    assert [row.measure for row in measures(conn, asked(8)) if row.overdue] == ["guns"]


def test_both_numbers_stand_beside_each_other(conn: Connection, amended: Register) -> None:
    words = (
        measured("c", MeasureStatus.CLAIMED, 1, done=45),
        measured("v", MeasureStatus.VERIFIED, 2, done=38),
    )
    hear(conn, amended, *words)
    (guns,) = [row for row in measures(conn, asked(9)) if row.measure == "guns"]
    assert (guns.claimed, guns.verified, guns.amount, guns.overdue) == (45, 38, 50, True)


def test_a_phase_says_what_it_waits_for(conn: Connection, amended: Register) -> None:
    hear(conn, amended, begins("d", hour=3), measured("v", MeasureStatus.VERIFIED, 4))
    told = {row.phase: row for row in phases(conn, asked(6))}
    assert (told["declared"].begun, told["declared"].at_begin) == (True, at(3))
    assert (told["gated"].begun, told["gated"].waits_for) == (True, ())
    assert (told["both"].begun, told["both"].waits_for) == (False, ("mines",))
    assert (told["dated"].begun, told["dated"].at_begin) == (False, at(10))


def test_a_truce_lapses_without_a_word(conn: Connection, amended: Register) -> None:
    hear(conn, amended, truce("f"))
    (row,) = truces(conn, asked(11))
    assert (row.state.value, row.holds, row.guarantors) == ("in_force", True, ("guarantor",))
    (row,) = truces(conn, asked(12))
    assert (row.state.value, row.holds) == ("lapsed", False)


def test_what_stands_by_a_draft_says_so_until_it_is_signed(conn: Connection) -> None:
    under = agreement(id=f"truce-{MISSION}", version=2, parties=PARTIES)
    load_documents(conn, [under], RECEIVED)
    later = RECEIVED + timedelta(hours=2)
    load_documents(conn, [], later, [signed_by(party.id, under) for party in PARTIES])
    for known_at, draft in ((RECEIVED, True), (later, False)):
        known = asked(7, known_at)
        assert {row.draft for row in measures(conn, known)} == {draft}
        assert {row.draft for row in phases(conn, known)} == {draft}


def test_what_was_known_then_is_shown_as_it_was(conn: Connection, amended: Register) -> None:
    hear(conn, amended, truce("f"))
    later = RECEIVED + timedelta(hours=2)
    take_in_log(conn, amended, log_of([said(truce("x", TruceEnded(), 3))], later))
    assert [row.state.value for row in truces(conn, asked(4, RECEIVED))] == ["in_force"]
    assert [row.state.value for row in truces(conn, asked(4, later))] == ["ended_early"]


def test_what_had_no_effect_is_shown_with_its_reason(conn: Connection, amended: Register) -> None:
    hear(conn, amended, notifies("n"), notifies("m", source="monitor"))
    told = [(row.event, row.reason, row.draft) for row in unheeded(conn, asked(0))]
    assert told == [("monitor/m", "without_right", True)]
