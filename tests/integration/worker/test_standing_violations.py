"""What stands, through the tables: whatever the order, it ends as the set of reports has it."""

from __future__ import annotations

import random
from typing import NamedTuple

from services.store.digest import digest
from services.store.engine import Connection
from services.store.queries.violations import FoundViolation, violations
from streams.agreement import Agreement
from streams.events import Report, TruceInForce, TruceSuspended
from streams.inforce import Register
from streams.standing_violations import State
from streams.vocabulary import Kind, Presence
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, Voucher, log_of, said
from tests.unit.streams import builders
from tests.unit.streams.context.said import METHODOLOGY, agreement, at, terms, truce

GUN = "gun-7"


def under() -> Agreement:
    return agreement(terms=(builders.term("t", prohibits=(Kind.WEAPON_PRESENCE,)),))


REGISTER = Register((under(),), (METHODOLOGY,))


def gun(report_id: str, hour: float, **changes: object) -> Report:
    fields: dict[str, object] = {
        "kind": Kind.WEAPON_PRESENCE,
        "observed_from": at(hour),
        "subject_ref": GUN,
    }
    return builders.report(report_id, **(fields | changes))


def gone(report_id: str, hour: float, **changes: object) -> Report:
    return gun(report_id, hour, presence=Presence.GONE, **changes)


class Stands(NamedTuple):
    report: str
    state: str | None
    since: float | None
    ended_by: float | None


def told(conn: Connection, **asked: State) -> list[Stands]:
    found: list[FoundViolation] = violations(conn, **asked)  # type: ignore[arg-type]
    return sorted(
        Stands(
            row.event_id,
            row.state,
            None if row.since is None else (row.since - at(0)).total_seconds() / 3_600,
            None if row.ended_by is None else (row.ended_by - at(0)).total_seconds() / 3_600,
        )
        for row in found
    )


def take(conn: Connection, *reports: Report, by: Voucher = Voucher.LOCAL) -> None:
    take_in_log(conn, REGISTER, log_of([said(report, by) for report in reports]))


def test_a_violation_is_open_until_a_report_says_gone(conn: Connection) -> None:
    take(conn, gun("a", 1), gun("b", 2), builders.report("fire", observed_from=at(1)))
    assert told(conn) == [Stands("a", "open", 1, None), Stands("b", "open", 1, None)]
    take(conn, gone("x", 3))
    assert told(conn, state=State.OPEN) == []
    assert told(conn, state=State.ENDED) == [Stands("a", "ended", 1, 3), Stands("b", "ended", 1, 3)]
    (row, _) = violations(conn)
    assert (row.ended_as, row.ended_event) == ("gone", f"{builders.SOURCE}/x")
    assert row.subject_ref == GUN


def test_a_withdrawn_word_of_gone_leaves_it_open_again(conn: Connection) -> None:
    take(conn, gun("a", 1), gone("x", 3))
    take(conn, builders.report("w", observed_from=at(4), retracts="x"))
    assert told(conn) == [Stands("a", "open", 1, None)]


def test_a_word_that_nobody_vouches_for_ends_nothing(conn: Connection) -> None:
    take(conn, gun("a", 1))
    take(conn, gone("x", 3), by=Voucher.NOBODY)
    assert told(conn) == [Stands("a", "open", 1, None)]


def test_a_withdrawn_violation_stands_no_more(conn: Connection) -> None:
    take(conn, gun("a", 1), gun("b", 2))
    take(conn, builders.report("w", observed_from=at(4), retracts="a"))
    assert told(conn) == [Stands("b", "open", 2, None)]
    newest = conn.execute("SELECT state FROM standing_violations ORDER BY generation DESC LIMIT 1")
    assert newest.fetchone() is not None


def test_what_names_no_subject_has_no_state(conn: Connection) -> None:
    take(conn, gun("a", 1, subject_ref=None))
    assert told(conn) == [Stands("a", None, None, None)]


def test_a_report_that_was_of_another_subject_stands_for_that_one(conn: Connection) -> None:
    take(conn, gun("a", 1), gone("x", 3))
    take(conn, gun("a", 1, subject_ref="gun-8"), gone("y", 5, subject_ref="gun-8"))
    # Its two versions name two subjects: it says nothing of either.
    assert told(conn) == [Stands("a", None, None, None)]


def test_a_late_truce_makes_what_stood_a_breach_that_stands(conn: Connection) -> None:
    there = gun("a", 1, kind=Kind.TROOP_PRESENCE)
    take(conn, there, gone("x", 3, kind=Kind.TROOP_PRESENCE))
    assert told(conn) == []
    held = truce("f", TruceInForce(terms=terms(prohibits=(Kind.TROOP_PRESENCE,))))
    take_in_log(conn, REGISTER, log_of([said(held)]))
    assert told(conn) == [Stands("a", "ended", 1, 3)]
    take_in_log(conn, REGISTER, log_of([said(truce("s", TruceSuspended(), 0))]))
    assert told(conn) == []


def test_any_order_of_arrival_ends_in_the_same(conn: Connection) -> None:
    log = [
        said(report)
        for report in (
            gun("a", 1),
            gun("b", 2, location=builders.point(38.0495)),
            gone("x", 3),
            gun("c", 5),
            gun("y", 6, presence=Presence.NOT_FOUND),
            builders.report("w", observed_from=at(7), retracts="y"),
        )
    ]
    rng, ends = random.Random(7), set()
    for _ in range(4):
        with conn.transaction(force_rollback=True):
            take_in_log(conn, REGISTER, log_of(log, RECEIVED), cuts=range(1, len(log)))
            ends.add((digest(conn), tuple(told(conn))))
        rng.shuffle(log)
    assert len(ends) == 1
    (_, end) = ends.pop()
    assert [(one.report, one.state) for one in end] == [
        ("a", "ended"),
        ("b", "ended"),
        ("c", "open"),
    ]
