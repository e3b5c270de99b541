"""What the gateway has stored is judged as it is stored, once, whichever way it comes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.store.digest import digest, full_digest
from services.store.engine import Connection
from streams.events import CorridorStatus, Report
from streams.inforce import Register
from streams.vocabulary import Authentication
from tests.integration.posted import TOKEN_ID, post
from tests.integration.worker.ground import FAR, opened, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, Voucher, log_of, relayed, said
from tests.integration.worker.stored import one, rows, states, verdicts

POSTED = RECEIVED - timedelta(minutes=5, microseconds=7)
OPEN = ("open", "open_by_status")


def test_a_posted_report_is_judged_with_its_own_receipt_and_voucher(
    conn: Connection, register: Register
) -> None:
    post(conn, report("r"), POSTED)
    take_in_log(conn, register, log_of([relayed(report("r"))]))
    assert verdicts(conn) == {"r": ("violation", "stands")}
    assert rows(conn, "SELECT received_at, revision FROM assessments") == [(POSTED, 1)]
    assert rows(conn, "SELECT received_at, authentication, key_id FROM submissions") == [
        (POSTED, Authentication.TOKEN, TOKEN_ID)
    ]
    assert one(conn, "SELECT count(*) FROM event_keys") == 1


def test_relayed_again_it_changes_nothing(conn: Connection, register: Register) -> None:
    post(conn, report("r"), POSTED)
    post(conn, opened("s", 1), POSTED)
    log = log_of([relayed(report("r")), relayed(report("r")), relayed(opened("s", 1))])
    take_in_log(conn, register, log)
    before = full_digest(conn)
    take_in_log(conn, register, log, cuts=(1, 2))
    assert full_digest(conn) == before
    assert one(conn, "SELECT count(*) FROM assessments") == 1


@pytest.mark.parametrize("cuts", [(), (1,)])
@pytest.mark.parametrize("direct_first", [False, True])
@pytest.mark.parametrize("stored_first", [False, True])
def test_sent_straight_to_kafka_as_well_it_is_judged_once(
    conn: Connection,
    register: Register,
    *,
    direct_first: bool,
    stored_first: bool,
    cuts: tuple[int, ...],
) -> None:
    both = [said(report("r")), relayed(report("r"))]
    log = log_of(both if direct_first else both[::-1])
    if stored_first:
        post(conn, report("r"), POSTED)
    take_in_log(conn, register, log, cuts)
    if not stored_first:
        assert not post(conn, report("r"), POSTED), "a tagged one is as good"
    assert verdicts(conn) == {"r": ("violation", "stands")}
    assert one(conn, "SELECT count(*) FROM assessments") == (
        1 if stored_first or direct_first else one(conn, "SELECT count(*) FROM submissions")
    )


def test_known_by_nobodys_word_and_then_posted_it_counts_as_vouched_for(
    conn: Connection, register: Register
) -> None:
    take_in_log(conn, register, log_of([said(report("r"), Voucher.NOBODY)]))
    assert post(conn, report("r"), POSTED)
    take_in_log(conn, register, log_of([relayed(report("r"))]))
    assert verdicts(conn) == {"r": ("violation", "stands")}
    kept = rows(conn, "SELECT revision, authentication FROM submissions ORDER BY 1")
    assert kept == [(1, Authentication.NO_TAG), (2, Authentication.TOKEN)]
    assert rows(conn, "SELECT revision, supersedes FROM assessments ORDER BY 1") == [
        (1, None),
        (2, 1),
    ]


def test_a_hint_that_is_false_vouches_for_nothing(conn: Connection, register: Register) -> None:
    post(conn, report("q", location=FAR), POSTED)
    take_in_log(conn, register, log_of([relayed(report("r")), relayed(report("q"))]))
    assert verdicts(conn) == dict.fromkeys("rq", ("possible_violation", "stands"))
    assert one(conn, "SELECT authentication FROM submissions WHERE event_id = 'r'") == (
        Authentication.NO_TAG
    )
    take_in_log(conn, register, log_of([relayed(report("q", location=FAR))]))
    assert verdicts(conn)["q"] == ("no_violation", "stands"), "nobody's version contradicts nothing"


def test_what_is_posted_counts_only_once_its_record_has_come(
    conn: Connection, register: Register
) -> None:
    take_in_log(conn, register, log_of([said(report("r"))]))
    assert post(conn, report("r", location=FAR), POSTED)
    take_in_log(conn, register, log_of([said(report("r", remark="another version"))]))
    assert verdicts(conn)["r"] == ("violation", "stands")
    take_in_log(conn, register, log_of([relayed(report("r", location=FAR))]))
    assert verdicts(conn)["r"] == ("cannot_determine", "stands")
    kept = rows(conn, "SELECT revision, authentication FROM submissions ORDER BY 1")
    assert [authentication for _, authentication in kept] == [
        Authentication.TAG_VALID,
        Authentication.TOKEN,
        Authentication.TAG_VALID,
    ]


@pytest.mark.parametrize("cuts", [(), (1,)])
@pytest.mark.parametrize("taker_first", [False, True])
def test_a_posted_report_is_taken_back_by_a_posted_one(
    conn: Connection, register: Register, *, taker_first: bool, cuts: tuple[int, ...]
) -> None:
    events = [report("r"), report("taker", location=FAR, retracts="r")]
    for event in events:
        post(conn, event, POSTED)
    log = log_of(map(relayed, events[::-1] if taker_first else events))
    take_in_log(conn, register, log, cuts)
    assert verdicts(conn)["r"] == ("not_applicable", "retracted")
    assert one(conn, "SELECT count(*) FROM report_links") == 1


def test_a_posted_status_opens_the_road_once(conn: Connection, register: Register) -> None:
    status = opened("s", 1)
    post(conn, status, POSTED)
    log = log_of([said(status), relayed(status), relayed(status)])
    take_in_log(conn, register, log, cuts=(1, 2))
    assert OPEN in states(conn)
    assert rows(conn, "SELECT revision, received_at FROM corridor_events") == [(1, POSTED)]
    assert one(conn, "SELECT authentication FROM submissions") == Authentication.TOKEN


def test_a_posted_status_that_is_not_stored_opens_nothing(
    conn: Connection, register: Register
) -> None:
    take_in_log(conn, register, log_of([relayed(opened("s", 1))]))
    assert OPEN not in states(conn)


def test_posted_and_sent_straight_the_same_is_known_of_reports_and_roads(
    conn: Connection, register: Register
) -> None:
    events: list[Report | CorridorStatus] = [report("r"), opened("s", 1, settles=("r",))]
    with conn.transaction(force_rollback=True):
        take_in_log(conn, register, log_of(map(said, events)))
        straight = states(conn), verdicts(conn)
    for event in events:
        post(conn, event, RECEIVED)
    take_in_log(conn, register, log_of(map(relayed, events)))
    assert (states(conn), verdicts(conn)) == straight
    assert digest(conn)
