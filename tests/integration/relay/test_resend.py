"""What nobody has judged goes out again, once it has had its chance; what waits is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from kafka.errors import KafkaTimeoutError

from services.lag import oldest_in_kafka
from services.relay.counts import Counts
from services.relay.resend import LOOK_BACK, OPEN_AFTER, Pursuit
from services.store.engine import Connection, connect
from services.store.instants import SINCE_EVER
from services.store.unjudged import judged_before, note_judged_before
from services.worker.documents import load_register
from streams.events import CorridorStatus, Report
from tests.integration.posted import post
from tests.integration.worker.ground import opened, report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import log_of, relayed
from tests.integration.worker.stored import one

LONG_AGO = datetime.now(UTC) - timedelta(minutes=3)


def nothing_waits(_now: datetime) -> datetime | None:
    return None


@pytest.fixture
def conn(relay_url: str) -> Iterator[Connection]:
    with connect(relay_url) as connection:
        yield connection


def lose(conn: Connection) -> None:
    """Let the relay have sent everything, and Kafka have lost it."""
    conn.execute("DELETE FROM outbox")
    conn.commit()


def queued(conn: Connection) -> int:
    return int(one(conn, "SELECT count(*) FROM outbox"))


def judge(conn: Connection, *events: Report | CorridorStatus) -> None:
    take_in_log(conn, load_register(conn), log_of(map(relayed, events)))
    conn.commit()


def test_reports_and_statuses_that_were_lost_are_queued_again_once(conn: Connection) -> None:
    post(conn, report("r"), LONG_AGO)
    post(conn, opened("s", 1), LONG_AGO)
    lose(conn)
    pursuit, counts = Pursuit(SINCE_EVER), Counts()
    pursuit.turn(conn, nothing_waits, counts)
    assert (queued(conn), counts.resent) == (2, 2)
    pursuit.turn(conn, nothing_waits, counts)
    assert (queued(conn), counts.resent) == (2, 2)
    sent = conn.execute("SELECT received_ats, revisions FROM outbox")
    assert list(sent) == [([LONG_AGO], [1]), ([LONG_AGO], [1])]


def test_what_came_just_now_still_has_its_chance(conn: Connection) -> None:
    post(conn, report("r"), datetime.now(UTC) - timedelta(seconds=5))
    lose(conn)
    counts = Counts()
    Pursuit(SINCE_EVER).turn(conn, nothing_waits, counts)
    assert counts.resent == 0


def test_what_is_judged_or_bears_on_its_road_is_left_alone(conn: Connection) -> None:
    events: list[Report | CorridorStatus] = [report("r"), opened("s", 1)]
    for event in events:
        post(conn, event, LONG_AGO)
    judge(conn, *events)
    lose(conn)
    counts = Counts()
    Pursuit(SINCE_EVER).turn(conn, nothing_waits, counts)
    assert counts.resent == 0


def test_a_version_that_is_not_judged_is_found_beside_one_that_is(conn: Connection) -> None:
    post(conn, report("r"), LONG_AGO)
    judge(conn, report("r"))
    post(conn, report("r", remark="more"), LONG_AGO + timedelta(seconds=1))
    lose(conn)
    counts = Counts()
    Pursuit(SINCE_EVER).turn(conn, nothing_waits, counts)
    assert counts.resent == 1
    assert one(conn, "SELECT revisions[1] FROM outbox") == 2


def test_what_a_worker_has_refused_has_its_outcome(conn: Connection) -> None:
    lost = report("r", mission="nobody-knows")
    post(conn, lost, LONG_AGO)
    judge(conn, lost)
    lose(conn)
    counts = Counts()
    Pursuit(SINCE_EVER).turn(conn, nothing_waits, counts)
    assert counts.resent == 0


def test_what_the_outbox_or_the_workers_have_yet_to_reach_is_not_lost(conn: Connection) -> None:
    post(conn, report("lost"), LONG_AGO)
    conn.execute("UPDATE outbox SET queued_at = received_ats[1]")
    conn.commit()
    pursuit, counts = Pursuit(SINCE_EVER), Counts()
    pursuit.turn(conn, nothing_waits, counts)
    assert counts.resent == 0, "it stands in the outbox"
    lose(conn)
    pursuit.turn(conn, lambda _: LONG_AGO, counts)
    assert counts.resent == 0, "it may be what waits in Kafka"
    pursuit.turn(conn, lambda _: SINCE_EVER, counts)
    assert counts.resent == 0, "nobody knows since when something waits"
    pursuit.turn(conn, lambda now: now, counts)
    assert counts.resent == 1


def test_as_long_as_kafka_says_nothing_nothing_is_sent_again(conn: Connection) -> None:
    def away(_now: datetime) -> datetime | None:
        raise KafkaTimeoutError

    post(conn, report("r"), LONG_AGO)
    lose(conn)
    with pytest.raises(KafkaTimeoutError):
        Pursuit(SINCE_EVER).turn(conn, away, Counts())
    assert queued(conn) == 0


def test_kafka_never_says_that_something_waits_since_later_than_now(
    kafka_bootstrap: str, tail: object
) -> None:
    del tail  # makes the topics
    now = datetime.now(UTC)
    waiting = oldest_in_kafka(kafka_bootstrap, "a-group-that-never-was")(now)
    assert waiting is None or waiting <= now


def test_the_next_leader_begins_where_everything_was_judged(conn: Connection) -> None:
    post(conn, report("r"), LONG_AGO)
    lose(conn)
    pursuit = Pursuit(SINCE_EVER)
    pursuit.turn(conn, nothing_waits, Counts())
    assert judged_before(conn) == LONG_AGO - LOOK_BACK, "not past what is open"
    note_judged_before(conn, LONG_AGO - timedelta(hours=1))
    judge(conn, report("r"))
    pursuit = Pursuit(judged_before(conn))
    pursuit.turn(conn, nothing_waits, Counts())
    assert judged_before(conn) > LONG_AGO - LOOK_BACK
    assert judged_before(conn) <= datetime.now(UTC) - OPEN_AFTER - LOOK_BACK
