"""Incidents, through the tables: whatever the order, they end as the set of reports has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import pytest

from services.incidents import NoSuchIncidentError, differences, incident, newest_incidents
from services.load import load_documents
from services.store.engine import Connection, connect
from services.store.incidents import waits_unfolded
from services.store.queries.incidents import IncidentFilters, count_incidents, incidents
from services.worker.documents import load_register
from services.worker.keep_incidents import IncidentKeeper, keep_all
from streams.events import Report
from streams.incidents.revise import Reason
from streams.incidents.tell import Progress, Told
from streams.inforce import Register
from streams.methodology import IncidentRules
from streams.vocabulary import ViolationKind
from tests.integration.worker import ground
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.unit.streams import builders
from tests.unit.streams.builders import LAT, LON, NOON, SOURCE, hours

MISSION = "near"
RULES = IncidentRules(near_m=1_000, gap_s=900, largest_m=4_000, time_zone="UTC")
KM_LON = 1 / 74.6
NOW = datetime(2026, 3, 4, tzinfo=UTC)
ALL = IncidentFilters(MISSION)


@pytest.fixture(name="register")
def _register(conn: Connection) -> Register:
    """A mission that says what is near."""
    rules = ground.methodology(MISSION, incidents=RULES)
    load_documents(conn, [ground.agreement(MISSION), rules], RECEIVED)
    return load_register(conn)


def seen(report_id: str, km: float, minute: float = 0, **changes: object) -> Report:
    place = builders.point(LON + km * KM_LON, LAT + 0.03)
    fields = {"mission": MISSION, "location": place, "observed_from": NOON + hours(minute / 60)}
    return builders.report(report_id, **(fields | changes))


def take(conn: Connection, register: Register, *reports: Report) -> None:
    take_in_log(conn, register, log_of([said(it) for it in reports]))
    keep_all(conn)


def told(conn: Connection) -> list[Told]:
    return sorted(newest_incidents(conn, ALL, NOW, 1_000).told, key=lambda it: it.reports)


def groups(conn: Connection) -> list[list[str]]:
    return [[name.removeprefix(f"{SOURCE}/") for name in it.reports] for it in told(conn)]


def test_a_late_report_merges_two_and_a_retraction_splits_them(
    conn: Connection, register: Register
) -> None:
    take(conn, register, seen("a", 0.0), seen("c", 1.6, 2))
    assert groups(conn) == [["a"], ["c"]]
    first, second = (it.id for it in told(conn))
    take(conn, register, seen("b", 0.8, 1))
    assert groups(conn) == [["a", "b", "c"]]
    gone = incident(conn, second, NOW)
    assert not gone.is_there
    assert gone.leads_to == (first,)
    assert [it.reason for it in gone.revisions] == [Reason.BEGUN, Reason.BECAME]
    take(conn, register, seen("late", 9, 600, retracts="b"))
    assert groups(conn)[:2] == [["a"], ["c"]]
    assert [it.id for it in told(conn)][:2] == [first, second]
    reasons = [it.reason for it in incident(conn, first, NOW).revisions]
    assert reasons == [Reason.BEGUN, Reason.MERGED, Reason.SPLIT]
    assert incident(conn, second, NOW).revisions[-1].reason is Reason.RESUMED
    assert differences(conn, MISSION) == []


def test_what_is_corrected_to_another_day_leads_to_where_it_is(
    conn: Connection, register: Register
) -> None:
    take(conn, register, seen("a", 0.0), seen("b", 0.5, 1))
    (whole,) = told(conn)
    moved = seen("a2", 0.0, -60 * 24, supersedes="a")
    take(conn, register, moved)
    assert groups(conn) == [["a2"], ["b"]]
    assert incident(conn, whole.id, NOW).leads_to == (told(conn)[1].id,)
    assert differences(conn, MISSION) == []


def test_an_id_that_nobody_knows_is_said_so(conn: Connection) -> None:
    with pytest.raises(NoSuchIncidentError, match="nothing"):
        incident(conn, "nothing", NOW)


def test_a_mark_is_there_until_it_is_folded(conn: Connection, register: Register) -> None:
    take_in_log(conn, register, log_of([said(seen("a", 0.0))]))
    assert waits_unfolded(conn, MISSION)
    keep_all(conn)
    assert not waits_unfolded(conn, MISSION)
    before = conn.execute("SELECT count(*) FROM incidents").fetchone()
    take(conn, register, seen("a", 0.0), seen("x", 50.0))
    assert conn.execute("SELECT count(*) FROM incidents").fetchone() == before


def test_filters_narrow(conn: Connection, register: Register) -> None:
    take(conn, register, seen("a", 0.0), seen("b", 0.2, 1), seen("c", 0.0, 60))

    def found(now: datetime = NOW, **asked: object) -> int:
        filters = IncidentFilters(MISSION, **asked)  # type: ignore[arg-type]
        rows = incidents(conn, filters, now, limit=10)
        assert count_incidents(conn, filters, now) == len(rows)
        return len(rows)

    assert found() == 2
    assert (found(zone="z"), found(zone="")) == (2, 0)
    assert found(kind=ViolationKind.FIRE_INTO_ZONE) == 2
    assert found(kind=ViolationKind.CIVILIAN_HARM) == 0
    assert (found(state=Progress.ENDED), found(state=Progress.STARTED)) == (2, 0)
    then = NOON + hours(1)
    assert (found(then, state=Progress.STARTED), found(then, state=Progress.ENDED)) == (1, 1)
    early = NOON + hours(0.1)
    assert (found(early, state=Progress.ONGOING), found(early, state=Progress.ENDED)) == (1, 0)
    assert (found(since=NOON.date()), found(since=NOW.date())) == (2, 0)
    assert (found(until=NOON.date()), found(agreements=[])) == (2, 0)


HISTORY: Sequence[Report] = (
    *(seen(f"r{number}", number * 0.7, number * 3.0) for number in range(8)),
    seen("evening", 0.0, 11.9 * 60),
    seen("night", 0.2, 12.05 * 60),
    seen("r2-again", 2.5, 6.5, supersedes="r2"),
    seen("not-r5", 9.0, 600, retracts="r5"),
    seen("r3", 2.1, 9.5),
)
"""A chain over 5 km that is cut, one over the cut-off, a correction, a retraction, two versions."""


def test_any_order_and_any_batches_end_in_the_same_rows(
    conn: Connection, register: Register
) -> None:
    chance = Random(8)
    ends = []
    for turn in range(8):
        history = [*HISTORY, *chance.choices(HISTORY, k=4)]
        if turn:
            chance.shuffle(history)
        with conn.transaction(force_rollback=True):
            while history:
                size = chance.randint(1, 6)
                take_in_log(conn, register, log_of([said(it) for it in history[:size]]))
                del history[:size]
                if chance.random() < 0.7:
                    keep_all(conn)
            keep_all(conn)
            assert differences(conn, MISSION) == []
            ends.append(told(conn))
    assert len(ends[0]) > 3
    assert all(end == ends[0] for end in ends)


def test_one_writer_a_mission_at_a_time(fresh_url: str) -> None:
    with connect(fresh_url) as one, connect(fresh_url) as other:
        take_in_log(one, load_register(one), log_of([said(ground.report("a"))]))
        one.commit()
        assert IncidentKeeper()(one) == 1
        assert IncidentKeeper()(other) == 0, "somebody else is at it"
        one.rollback()
        other.rollback()
        assert IncidentKeeper()(other) == 1, "what was not committed is marked still"
        other.commit()
        assert IncidentKeeper()(one) == 0
