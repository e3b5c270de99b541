"""What the gateway has stored and nobody has judged waits: no corridor is shown open over it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.behind import as_of, is_behind, missions_to_keep_up, note_kept_up
from services.lag import Lag
from services.load import load_documents
from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.store.engine import Connection, connect
from services.store.queries.corridors import CorridorName
from services.store.scope import set_scope
from services.store.unjudged import note_judged_before, waits_unjudged
from services.timeline import states_now
from services.worker.documents import load_register
from streams.events import CorridorStatus, Report
from tests.integration.kept_up import fall_behind
from tests.integration.posted import post
from tests.integration.worker.ground import (
    FAR,
    OPERATOR,
    OTHER_MISSION,
    agreement,
    methodology,
    opened,
    report,
    road,
)
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import log_of, relayed

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(minutes=30)
NOTHING_IN_KAFKA = Lag(0, 2, None, ())

MISSION = report("r").mission
Event = Report | CorridorStatus


@pytest.fixture
def conn(relay_url: str) -> Iterator[Connection]:
    with connect(relay_url) as connection:
        fall_behind(connection)
        yield connection


def looks_behind(conn: Connection, mission: str = MISSION, lag: Lag = NOTHING_IN_KAFKA) -> bool:
    """Whether it is behind for who asks now, and knows nothing of what was before."""
    fall_behind(conn)
    return is_behind(conn, mission, as_of(conn, lambda: lag, mission))


def judge(conn: Connection, *events: Event) -> None:
    take_in_log(conn, load_register(conn), log_of(map(relayed, events)))
    conn.commit()


def test_where_nothing_is_stored_nothing_waits(conn: Connection) -> None:
    assert not waits_unjudged(conn, MISSION, NOW)
    assert not looks_behind(conn)


@pytest.mark.parametrize("event", [report("r"), opened("s", 1)])
def test_what_is_stored_waits_until_it_is_judged(conn: Connection, event: Event) -> None:
    post(conn, event, LONG_AGO)
    conn.execute("DELETE FROM outbox")
    conn.commit()
    assert waits_unjudged(conn, MISSION, NOW)
    assert looks_behind(conn)
    judge(conn, event)
    assert not waits_unjudged(conn, MISSION, NOW)
    assert not looks_behind(conn)


def test_what_came_just_now_is_within_what_the_methodology_allows(conn: Connection) -> None:
    now = datetime.now(UTC)
    post(conn, opened("s", 1), now - timedelta(milliseconds=1))
    assert waits_unjudged(conn, MISSION, now)
    assert not looks_behind(conn)


def test_a_further_version_waits_beside_one_that_is_judged(conn: Connection) -> None:
    post(conn, report("r"), LONG_AGO)
    judge(conn, report("r"))
    post(conn, report("r", remark="more"), LONG_AGO + timedelta(seconds=1))
    assert waits_unjudged(conn, MISSION, NOW)


def test_what_a_worker_has_refused_has_its_outcome(conn: Connection) -> None:
    strange = replace(opened("s", 1), mission="nobody-knows")
    for lost in (report("r", mission="nobody-knows"), strange):
        post(conn, lost, LONG_AGO)
        assert waits_unjudged(conn, "nobody-knows", NOW)
        judge(conn, lost)
        assert not waits_unjudged(conn, "nobody-knows", NOW)


def test_another_missions_events_and_what_the_relay_has_looked_at_do_not_count(
    conn: Connection,
) -> None:
    post(conn, report("r"), LONG_AGO)
    assert not waits_unjudged(conn, "somebody-else", NOW)
    note_judged_before(conn, LONG_AGO)
    assert not waits_unjudged(conn, MISSION, NOW)


def test_a_token_of_another_agreement_is_told_the_same(
    conn: Connection, relay_url: str, engines: Engines
) -> None:
    post(conn, report("r"), LONG_AGO)
    judge(conn, report("r"))
    api = engines.postgres.url_of(relay_url.partition("?")[0].rpartition("/")[2], role=API_ROLE)
    with connect(api, scoped=True) as gateway:
        set_scope(gateway, [MISSION], ["none-of-these"])
        assert not waits_unjudged(gateway, MISSION, NOW)
        gateway.commit()
        post(conn, report("r2"), LONG_AGO)
        conn.commit()
        set_scope(gateway, [MISSION], ["none-of-these"])
        assert waits_unjudged(gateway, MISSION, NOW)


ROADS = [CorridorName(MISSION, "c"), CorridorName(MISSION, "d"), CorridorName(OTHER_MISSION, "c")]


@pytest.fixture
def open_roads(conn: Connection) -> None:
    """Two roads of one mission and one of another, all known to be open."""
    for mission in (MISSION, OTHER_MISSION):
        both = agreement(mission, version=2, corridors=(road(), road("d")))
        load_documents(conn, [both, methodology(mission, version=2)], LONG_AGO)
    now = datetime.now(UTC)
    seen = {"issued_at": now, "observed_at": now, "effective_from": now, "source": OPERATOR}
    said = [
        replace(opened(f"o-{name.corridor_id}", 0), mission=name.mission, corridor=name.corridor_id)
        for name in ROADS
    ]
    opens = [replace(it, **seen) for it in said]
    for it in opens:
        post(conn, it, now)
    judge(conn, *opens)


def states(conn: Connection, lag: Lag) -> list[str]:
    fall_behind(conn)
    for mission in (MISSION, OTHER_MISSION):
        as_of(conn, lambda: lag, mission)
    return [it.cause for it in states_now(conn, ROADS, as_of(conn, lambda: lag, MISSION))]


@pytest.mark.usefixtures("open_roads")
def test_a_report_that_waits_affects_every_road_of_its_mission_however_far_away(
    conn: Connection,
) -> None:
    assert states(conn, NOTHING_IN_KAFKA) == ["open_by_status"] * 3
    post(conn, report("far", location=FAR), LONG_AGO)
    assert states(conn, NOTHING_IN_KAFKA) == [
        *["system_behind"] * 2,
        "open_by_status",
    ]
    judge(conn, report("far", location=FAR))
    assert states(conn, NOTHING_IN_KAFKA) == ["open_by_status"] * 3


@pytest.mark.usefixtures("open_roads")
def test_what_waits_in_kafka_affects_every_mission(conn: Connection) -> None:
    assert states(conn, Lag(1, 0, 1e6, ())) == ["system_behind"] * 3


def test_what_was_kept_up_is_made_longer_in_time_and_no_instant_is_told_otherwise_later(
    conn: Connection,
) -> None:
    told: list[tuple[datetime, bool]] = []

    def look(lag: Lag = NOTHING_IN_KAFKA) -> bool:
        now = as_of(conn, lambda: lag, MISSION)
        told.append((now, is_behind(conn, MISSION, now)))
        return told[-1][1]

    assert look(Lag(1, 1, 60.1, ()))
    assert not look(Lag(1, 1, 20.0, ())), "what has waited for 20 s may wait for another 40"
    assert not look(Lag(9, 0, None, ())), "nobody need ask as long as it holds"
    assert not look()
    conn.execute("UPDATE kept_up SET until = clock_timestamp()")  # as if so long had passed
    assert look(Lag(1, 1, 61.0, ()))
    note_kept_up(conn, Lag(1, 1, 61.0, ()), [MISSION])
    assert look(Lag(0, 0, None, ("truceline.reports.v1",)))
    assert not look()
    note_kept_up(conn, NOTHING_IN_KAFKA, [MISSION, OTHER_MISSION])
    assert [(at, is_behind(conn, MISSION, at)) for at, _ in told] == told
    (stretches,) = conn.execute(
        "SELECT count(*) FROM kept_up WHERE mission = %s", [MISSION]
    ).fetchall()
    assert stretches == (2,)
    assert is_behind(conn, MISSION, NOW - timedelta(days=1)), "nobody looked then"


def test_who_does_not_know_of_a_mission_notes_nothing_of_it(conn: Connection) -> None:
    note_kept_up(conn, NOTHING_IN_KAFKA, ["nobody-knows"])
    assert conn.execute("SELECT FROM kept_up").rowcount == 0
    assert missions_to_keep_up(conn) == sorted([MISSION, OTHER_MISSION])
