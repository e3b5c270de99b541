"""Who said it is known before it counts (architecture.md, decision 10)."""

from __future__ import annotations

import msgspec
import pytest

from services.store.engine import Connection
from streams.inforce import Register
from streams.vocabulary import Authentication, Availability
from tests.integration.worker.ground import FAR, opened, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import Voucher, log_of, said
from tests.integration.worker.stored import one, rows, standing_violations, states, verdicts

UNVOUCHED = {
    Voucher.NOBODY: Authentication.NO_TAG,
    Voucher.FORGED: Authentication.TAG_MISMATCH,
    Voucher.STRANGER: Authentication.TAG_UNKNOWN_KEY,
    Voucher.ELSEWHERE: Authentication.KEY_NOT_FOR_SOURCE,
}
OPEN = ("open", "open_by_status")


@pytest.fixture(params=list(UNVOUCHED), ids=lambda voucher: voucher.name.lower())
def nobody(request: pytest.FixtureRequest) -> Voucher:
    voucher = request.param
    assert isinstance(voucher, Voucher)
    return voucher


def test_it_is_stored_and_judged_and_never_more_than_possible(
    conn: Connection, register: Register, nobody: Voucher
) -> None:
    take_in_log(conn, register, log_of([said(report("r"), nobody)]))
    assert verdicts(conn) == {"r": ("possible_violation", "stands")}
    assert one(conn, "SELECT authentication FROM submissions") == UNVOUCHED[nobody]
    assert standing_violations(conn) == [
        ("r", "road", "possible_violation"),
        ("r", "t", "possible_violation"),
    ]


def test_the_same_bytes_vouched_for_later_count(
    conn: Connection, register: Register, nobody: Voucher
) -> None:
    take_in_log(conn, register, log_of([said(report("r"), nobody), said(report("r"))]), cuts=(1,))
    assert verdicts(conn) == {"r": ("violation", "stands")}
    kept = rows(conn, "SELECT revision, authentication FROM submissions ORDER BY revision")
    assert kept == [(1, UNVOUCHED[nobody]), (2, Authentication.TAG_VALID)]
    assert rows(conn, "SELECT revision, supersedes FROM assessments ORDER BY 1") == [
        (1, None),
        (2, 1),
    ]


def test_sent_again_by_nobody_what_was_vouched_for_stays_so(
    conn: Connection, register: Register, nobody: Voucher
) -> None:
    take_in_log(conn, register, log_of([said(report("r")), said(report("r"), nobody)]), cuts=(1,))
    assert verdicts(conn) == {"r": ("violation", "stands")}
    assert one(conn, "SELECT count(*) FROM submissions") == 1


def test_it_contradicts_nobody(conn: Connection, register: Register, nobody: Voucher) -> None:
    elsewhere = said(report("r", location=FAR), nobody)
    take_in_log(conn, register, log_of([said(report("r")), elsewhere]), cuts=(1,))
    assert verdicts(conn) == {"r": ("violation", "stands")}


def test_what_only_it_said_is_taken_back_when_the_source_itself_speaks(
    conn: Connection, register: Register, nobody: Voucher
) -> None:
    elsewhere = said(report("r", location=FAR))
    take_in_log(conn, register, log_of([said(report("r"), nobody), elsewhere]), cuts=(1,))
    assert verdicts(conn) == {"r": ("no_violation", "stands")}
    assert standing_violations(conn) == []


@pytest.mark.parametrize("link", ["retracts", "supersedes"])
def test_it_takes_nothing_back(
    conn: Connection, register: Register, nobody: Voucher, link: str
) -> None:
    speaks = report("taker", location=FAR, **{link: "r"})
    take_in_log(conn, register, log_of([said(speaks, nobody), said(report("r"))]))
    take_in_log(conn, register, log_of([said(report("q")), said(speaks, nobody)]))
    assert verdicts(conn)["r"] == ("violation", "stands")


@pytest.mark.parametrize("link", ["retracts", "supersedes"])
def test_vouched_for_later_it_does_take_back(
    conn: Connection, register: Register, nobody: Voucher, link: str
) -> None:
    speaks = report("taker", location=FAR, **{link: "r"})
    log = log_of([said(speaks, nobody), said(report("r")), said(speaks)])
    take_in_log(conn, register, log, cuts=(1, 2))
    expected = {"retracts": "retracted", "supersedes": "superseded"}[link]
    assert verdicts(conn)["r"] == ("not_applicable", expected)
    assert standing_violations(conn) == []


def test_it_opens_nothing(conn: Connection, register: Register, nobody: Voucher) -> None:
    take_in_log(conn, register, log_of([said(opened("s", 1), nobody)]))
    assert OPEN not in states(conn)


def test_it_settles_nothing(conn: Connection, register: Register, nobody: Voucher) -> None:
    log = log_of([said(report("r")), said(opened("s-1", 1, settles=("r",)), nobody)])
    take_in_log(conn, register, log)
    take_in_log(conn, register, log_of([said(opened("s-2", 2))]))
    assert OPEN not in states(conn)
    assert states(conn)[-1] == ("suspended", "suspended_by_report")


def test_its_word_against_the_road_impedes_and_does_not_close(
    conn: Connection, register: Register, nobody: Voucher
) -> None:
    closed = msgspec.structs.replace(opened("s-2", 1.2), status=Availability.CLOSED)
    take_in_log(conn, register, log_of([said(opened("s-1", 1)), said(closed, nobody)]))
    assert OPEN in states(conn)
    assert "closed" not in {state for state, _ in states(conn)}
    assert ("impeded", "impeded_unverified") in states(conn)
