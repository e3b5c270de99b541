"""What the gateway has stored and nobody has judged waits: no corridor is shown open over it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from services.behind import is_behind
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
        yield connection


def judge(conn: Connection, *events: Event) -> None:
    take_in_log(conn, load_register(conn), log_of(map(relayed, events)))
    conn.commit()


def test_where_nothing_is_stored_nothing_waits(conn: Connection) -> None:
    assert not waits_unjudged(conn, MISSION, NOW)
    assert not is_behind(conn, NOTHING_IN_KAFKA, MISSION, NOW)


@pytest.mark.parametrize("event", [report("r"), opened("s", 1)])
def test_what_is_stored_waits_until_it_is_judged(conn: Connection, event: Event) -> None:
    post(conn, event, LONG_AGO)
    conn.execute("DELETE FROM outbox")
    conn.commit()
    assert waits_unjudged(conn, MISSION, NOW)
    assert is_behind(conn, NOTHING_IN_KAFKA, MISSION, NOW)
    judge(conn, event)
    assert not waits_unjudged(conn, MISSION, NOW)


def test_what_came_just_now_is_within_what_the_methodology_allows(conn: Connection) -> None:
    post(conn, opened("s", 1), NOW - timedelta(milliseconds=1))
    assert waits_unjudged(conn, MISSION, NOW)
    assert not is_behind(conn, NOTHING_IN_KAFKA, MISSION, NOW)


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
def open_roads(conn: Connection) -> datetime:
    """Two roads of one mission and one of another, all known to be open; and what time it is."""
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
    return datetime.now(UTC)


def states(conn: Connection, lag: Lag, now: datetime) -> list[str]:
    return [it.cause for it in states_now(conn, lambda: lag, ROADS, now)]


def test_a_report_that_waits_affects_every_road_of_its_mission_however_far_away(
    conn: Connection, open_roads: datetime
) -> None:
    assert states(conn, NOTHING_IN_KAFKA, open_roads) == ["open_by_status"] * 3
    post(conn, report("far", location=FAR), LONG_AGO)
    assert states(conn, NOTHING_IN_KAFKA, open_roads) == [
        *["system_behind"] * 2,
        "open_by_status",
    ]
    judge(conn, report("far", location=FAR))
    assert states(conn, NOTHING_IN_KAFKA, open_roads) == ["open_by_status"] * 3


def test_what_waits_in_kafka_affects_every_mission(conn: Connection, open_roads: datetime) -> None:
    assert states(conn, Lag(1, 0, 1e6, ()), open_roads) == ["system_behind"] * 3
