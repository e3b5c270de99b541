"""What is sent again changes nothing; what only looks alike is another event."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from services.store.digest import full_digest
from services.store.engine import Connection
from services.store.known import known_keys
from streams.inforce import Register
from streams.keys import EventKind, event_key
from tests.integration.worker.ground import FAR, OTHER_MISSION, opened, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, Message, Voucher, log_of, message, said
from tests.integration.worker.stored import one, rows, verdicts
from tests.unit.streams.builders import MISSION, SOURCE


def everything() -> list[Message]:
    """A batch of whatever there is: plain, versions, links, unvouched, refused, statuses."""
    return [
        said(report("plain")),
        said(report("twice")),
        said(report("twice", location=FAR)),
        said(report("gone")),
        said(report("takes-back", retracts="gone")),
        said(report("early", supersedes="late")),
        said(report("late")),
        said(report("unvouched"), Voucher.NOBODY),
        said(report("vouched-later"), Voucher.FORGED),
        said(report("vouched-later")),
        message(b"not json"),
        said(report("lost", mission="nobody-knows")),
        said(opened("s-1", 1, settles=("plain",))),
        said(opened("s-2", 2)),
    ]


def test_the_same_batch_again_changes_nothing(conn: Connection, register: Register) -> None:
    log = log_of(everything())
    take_in_log(conn, register, log)
    before = full_digest(conn), rows(conn, "SELECT * FROM event_keys ORDER BY key")
    take_in_log(conn, register, log)
    take_in_log(conn, register, log, cuts=range(len(log)))
    assert (full_digest(conn), rows(conn, "SELECT * FROM event_keys ORDER BY key")) == before


def test_an_event_sent_again_months_later_is_known(conn: Connection, register: Register) -> None:
    take_in_log(conn, register, log_of(everything()))
    before = full_digest(conn)
    take_in_log(conn, register, log_of(everything(), since=RECEIVED + timedelta(days=95)))
    assert full_digest(conn) == before
    assert one(conn, "SELECT count(*) FROM submissions WHERE event_id = 'plain'") == 1


def test_an_event_twice_in_a_batch_is_kept_once(conn: Connection, register: Register) -> None:
    take_in_log(conn, register, log_of([said(report("r"))] * 3))
    assert one(conn, "SELECT count(*) FROM submissions") == 1
    assert one(conn, "SELECT count(*) FROM assessments") == 1


def test_the_bytes_are_kept_as_they_came(conn: Connection, register: Register) -> None:
    raw = msgspec.json.format(msgspec.json.encode(report("r")), indent=3)
    odd = raw.replace(b"{", b'{ "unknown_field": ["kept", 1.0e-3], ', 1)
    take_in_log(conn, register, log_of([message(odd)]))
    assert one(conn, "SELECT raw FROM submissions") == odd


def test_two_missions_may_use_the_same_id(conn: Connection, register: Register) -> None:
    take_in_log(
        conn,
        register,
        log_of([said(report("same")), said(report("same", mission=OTHER_MISSION, location=FAR))]),
    )
    found = rows(conn, "SELECT mission, verdict FROM current_assessments ORDER BY mission")
    assert found == [(MISSION, "violation"), (OTHER_MISSION, "no_violation")]


def test_two_sources_may_use_the_same_id(conn: Connection, register: Register) -> None:
    first, second = report("same"), report("same", source="patrol-2", location=FAR)
    take_in_log(conn, register, log_of([said(first), said(second)]))
    found = rows(conn, "SELECT verdict FROM current_assessments ORDER BY verdict")
    assert found == [("no_violation",), ("violation",)]


def test_a_report_and_a_status_may_use_the_same_id(conn: Connection, register: Register) -> None:
    status = msgspec.structs.replace(opened("same", 1), source=SOURCE)
    take_in_log(conn, register, log_of([said(report("same")), said(status)]))
    assert rows(conn, "SELECT kind, revision FROM submissions ORDER BY kind") == [
        ("corridor_status", 1),
        ("report", 1),
    ]
    assert verdicts(conn) == {"same": ("violation", "stands")}


def test_the_same_bytes_vouched_for_later_are_so_from_then_on(
    conn: Connection, register: Register
) -> None:
    key = event_key(EventKind.REPORT, MISSION, SOURCE, "r")
    log = log_of([said(report("r"), Voucher.NOBODY), said(report("r"))])
    for cuts in ((), (1,)):
        with conn.transaction(force_rollback=True):
            take_in_log(conn, register, log, cuts)
            assert known_keys(conn, [key])[key].vouched
            assert verdicts(conn) == {"r": ("violation", "stands")}
