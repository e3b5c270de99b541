"""Versions under one id, corrections and withdrawals: all kept, read with caution."""

from __future__ import annotations

from itertools import permutations

import pytest

from services.load import load_documents
from services.store.digest import digest
from services.store.engine import Connection
from services.worker.documents import load_register
from services.worker.refold import CorridorChange, load_events
from streams.agreement import Validity, Where
from streams.corridors.events import Effect, RouteEvent
from streams.events import Count
from streams.inforce import Register
from streams.vocabulary import Kind
from tests.integration.worker.ground import FAR, IN_ZONE, agreement, minutes, opened, report, road
from tests.integration.worker.intake import digests_of, take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.integration.worker.stored import (
    one,
    rows,
    standing_violations,
    states,
    timeline,
    verdicts,
)
from tests.unit.streams import builders
from tests.unit.streams.builders import MISSION, NOON

HERE, THERE = said(report("r")), said(report("r", location=FAR))


def test_versions_that_contradict_each_other_are_both_kept_and_decide_nothing(
    conn: Connection, register: Register
) -> None:
    take_in_log(conn, register, log_of([HERE, THERE]), cuts=(1,))
    assert verdicts(conn) == {"r": ("cannot_determine", "stands")}
    assert standing_violations(conn) == []
    assert [row[0] for row in rows(conn, "SELECT raw FROM submissions ORDER BY revision")] == [
        HERE.raw,
        THERE.raw,
    ]
    assert rows(conn, "SELECT revision, supersedes, verdict FROM assessments ORDER BY 1") == [
        (1, None, "violation"),
        (2, 1, "cannot_determine"),
    ]
    taken_back = rows(
        conn, "SELECT term_id, supersedes, verdict FROM violations WHERE revision = 2 ORDER BY 1"
    )
    assert taken_back == [("road", 1, "cannot_determine"), ("t", 1, "cannot_determine")]
    assert rows(conn, "SELECT revision, by_revision FROM supersessions") == [(1, 2)]


def test_versions_that_agree_stand_with_the_wider_count(
    conn: Connection, register: Register
) -> None:
    few, many = (said(report("r", count=Count(min=n, max=n))) for n in (2, 7))
    take_in_log(conn, register, log_of([few, many]), cuts=(1,))
    found = rows(conn, "SELECT verdict, count_min, count_max FROM current_violations")
    assert found == [("violation", 2, 7)] * 2


@pytest.mark.parametrize("cuts", [(), (1,), (1, 2)])
def test_the_order_of_versions_means_nothing(
    conn: Connection, register: Register, cuts: tuple[int, ...]
) -> None:
    later = said(report("r", observed_from=NOON + minutes(30)))
    found = {
        digests_of(conn, register, order, cuts)[0] for order in permutations([HERE, THERE, later])
    }
    assert len(found) == 1


@pytest.mark.parametrize("link", ["retracts", "supersedes"])
def test_a_report_is_taken_back_whichever_came_first(
    conn: Connection, register: Register, link: str
) -> None:
    taker = said(report("taker", location=FAR, **{link: "r"}))
    found = set()
    for order in permutations([HERE, taker]):
        for cuts in ((), (1,)):
            with conn.transaction(force_rollback=True):
                take_in_log(conn, register, log_of(order), cuts)
                found.add(digest(conn))
                standing = {"retracts": "retracted", "supersedes": "superseded"}[link]
                assert verdicts(conn)["r"] == ("not_applicable", standing)
                assert standing_violations(conn) == []
    assert len(found) == 1


def test_what_takes_back_is_named_as_the_cause(conn: Connection, register: Register) -> None:
    taker = said(report("taker", location=FAR, retracts="r"))
    take_in_log(conn, register, log_of([HERE, taker]), cuts=(1,))
    key = one(conn, "SELECT key FROM submissions WHERE event_id = 'taker'")
    assert rows(conn, "SELECT supersedes FROM assessments WHERE cause = %s", key) == [(1,)]


def test_reports_that_supersede_each_other_both_stand_no_more(
    conn: Connection, register: Register
) -> None:
    both = [said(report("a", supersedes="b")), said(report("b", supersedes="a"))]
    take_in_log(conn, register, log_of(both))
    assert verdicts(conn) == dict.fromkeys(("a", "b"), ("not_applicable", "superseded"))


def test_a_link_reaches_no_report_of_another_source(conn: Connection, register: Register) -> None:
    taker = said(report("taker", source="patrol-2", retracts="r", location=FAR))
    take_in_log(conn, register, log_of([HERE, taker]))
    assert verdicts(conn)["r"] == ("violation", "stands")


def test_versions_on_the_road_bear_on_it_over_all_the_time_they_claim(
    conn: Connection, register: Register
) -> None:
    early, late = (said(report("r", observed_from=NOON + minutes(m))) for m in (0, 30))
    between, after = said(opened("s-1", 0.3)), said(opened("s-2", 1, settles=("r",)))
    found = set()
    for order in permutations([early, late]):
        with conn.transaction(force_rollback=True):
            take_in_log(conn, register, log_of([*order, between, after]), cuts=(1,))
            found.add(digest(conn))
            opens = [interval.starts_at for interval in timeline(conn) if interval.state == "open"]
            assert opens == [NOON + minutes(60)]
    assert len(found) == 1


@pytest.fixture
def amended(conn: Connection) -> Register:
    """From 20 minutes past noon on other terms and another road are in force."""
    later = agreement(
        version=2,
        valid=Validity(from_=NOON + minutes(20)),
        terms=(builders.term("new"), builders.term("path", where=Where(corridors=("d",)))),
        corridors=(road("d"),),
    )
    load_documents(conn, [later], RECEIVED)
    return load_register(conn)


def test_versions_under_two_versions_of_the_agreement_contradict_each_other(
    conn: Connection, amended: Register
) -> None:
    pair = [HERE, said(report("r", observed_from=NOON + minutes(30)))]
    found = set()
    for order in permutations(pair):
        with conn.transaction(force_rollback=True):
            take_in_log(conn, amended, log_of(order), cuts=(1,))
            assert verdicts(conn) == {"r": ("cannot_determine", "stands")}
            assert standing_violations(conn) == []
            for road_id in ("c", "d"):
                (event,) = load_events(conn, CorridorChange(MISSION, road_id))
                assert isinstance(event, RouteEvent)
                assert event.effect is Effect.IMPEDES
            found.add(digest(conn))
    assert len(found) == 1


@pytest.mark.parametrize("how", ["retracted", "another version"])
def test_a_finding_under_a_term_that_is_no_more_is_taken_back(
    conn: Connection, register: Register, how: str
) -> None:
    take_in_log(conn, register, log_of([HERE]))
    backdated = agreement(
        version=2,
        valid=Validity(from_=NOON - minutes(1)),
        terms=(builders.term("new", prohibits=(Kind.SHOT,)),),
        corridors=(road("d"),),
    )
    load_documents(conn, [backdated], RECEIVED)
    then = report("taker", retracts="r") if how == "retracted" else report("r", location=IN_ZONE)
    take_in_log(conn, load_register(conn), log_of([said(then)]))
    assert standing_violations(conn) == []
    taken_back = rows(
        conn,
        "SELECT term_id, clause, rule FROM current_violations WHERE event_id = 'r' ORDER BY 1",
    )
    assert taken_back == [
        ("road", "Article road", "agreement_amended"),
        ("t", "Article t", "agreement_amended"),
    ]
    assert ("suspended", "suspended_by_report") not in states(conn, "c")
