"""The parties' claims in the store: a verdict under each is kept, and found by who asks for it."""

from __future__ import annotations

from services.store.digest import digest
from services.store.engine import Connection
from services.store.queries.violations import violations
from streams.inforce import Register
from streams.vocabulary import Verdict
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import log_of, said
from tests.unit.streams import builders
from tests.unit.streams.builders import LAT, LON, hours
from tests.unit.streams.test_claims import disputed

REGISTER = Register((disputed(),), (builders.methodology(),))
UNDRAWN = Register((disputed(agreed=False),), (builders.methodology(),))
IN_BOTH = builders.report("both", location=builders.point(LON, LAT + 0.03))
IN_NORTHS = builders.report("norths", location=builders.point(LON, LAT + 0.08))
NEAR_NONE = builders.report("far", location=builders.point(LON + 1, LAT))


def told(conn: Connection, **asked: str | Verdict) -> list[tuple[str, str]]:
    return sorted((row.event_id, row.verdict) for row in violations(conn, **asked))  # type: ignore[arg-type]


def test_a_violation_says_what_it_is_under_each_claim(conn: Connection) -> None:
    take_in_log(conn, REGISTER, log_of([said(IN_BOTH)]))
    (row,) = violations(conn)
    assert {claim.party: claim.verdict for claim in row.under_claims} == {
        "north": Verdict.VIOLATION,
        "south": Verdict.NO_VIOLATION,
    }


def test_what_is_one_under_a_claim_alone_is_found_by_that_claim_alone(conn: Connection) -> None:
    take_in_log(conn, REGISTER, log_of([said(one) for one in (IN_BOTH, IN_NORTHS, NEAR_NONE)]))
    assert told(conn) == [("both", "violation")]
    assert told(conn, claim="north") == [("both", "violation"), ("norths", "no_violation")]
    assert told(conn, claim="north", zone="z", verdict=Verdict.VIOLATION) == told(
        conn, claim="north"
    )
    assert told(conn, claim="north", verdict=Verdict.POSSIBLE_VIOLATION) == []
    assert told(conn, claim="south") == told(conn, claim="nobody") == []


def test_where_nothing_is_agreed_each_claims_violations_are_found(conn: Connection) -> None:
    take_in_log(conn, UNDRAWN, log_of([said(IN_NORTHS)]))
    assert told(conn) == []
    assert told(conn, claim="north") == [("norths", "cannot_determine")]


def test_a_retracted_report_is_one_under_no_claim(conn: Connection) -> None:
    retraction = builders.report(
        "w", observed_from=IN_NORTHS.observed_from + hours(1), retracts="norths"
    )
    take_in_log(conn, REGISTER, log_of([said(IN_NORTHS)]))
    before = digest(conn)
    take_in_log(conn, REGISTER, log_of([said(retraction)]))
    assert told(conn, claim="north") == []
    assert digest(conn) != before


def test_in_whatever_order_the_same_is_kept(conn: Connection) -> None:
    second = builders.report("norths", location=builders.point(LON, LAT + 0.081))
    messages = [said(one) for one in (IN_NORTHS, second, IN_BOTH)]
    kept = []
    for order in (messages, messages[::-1]):
        take_in_log(conn, REGISTER, log_of(order))
        kept.append((told(conn, claim="north"), digest(conn)))
        conn.rollback()
    assert kept[0] == kept[1]
