"""Whoever looked as of an instant saw what was shown until then, and sees it again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain

import psycopg
import pytest
from msgspec.structs import replace

from services.local.engines import Engines
from services.local.postgres import API_ROLE
from services.store.engine import Connection, connect
from services.store.errors import Fate, fate_of
from services.store.generations import known_intervals
from services.store.instants import SINCE_EVER
from services.store.queries.corridors import CorridorName, availability
from services.store.rows import AvailabilityRow
from services.store.scope import set_scope
from services.store.shown import seen_as_of, show
from tests.conftest import name_of

ROAD = CorridorName("smm", "road")
NOW = datetime.now(UTC)
WORDS = 25
LONG_AFTER = timedelta(days=1)


def generation(number: int) -> AvailabilityRow:
    """Its state names it; received long before it is shown."""
    return AvailabilityRow(
        *(*ROAD, number, 0),
        from_instant=SINCE_EVER,
        starts_at=SINCE_EVER,
        ends_at=None,
        not_valid_after=None,
        known_at=NOW - LONG_AFTER,
        state=str(number),
        cause="said",
        cause_events=[],
        events_digest=bytes(32),
        parts=None,
        shown_from=NOW - LONG_AFTER,
    )


@contextmanager
def gateway(engines: Engines, url: str) -> Iterator[Connection]:
    """A connection as a reader of the gateway has it."""
    with connect(engines.postgres.url_of(name_of(url), role=API_ROLE), scoped=True) as conn:
        conn.autocommit = True
        conn.read_only = True
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield conn


def look(conn: Connection) -> tuple[datetime, str | None]:
    """As of when, and what is seen."""
    at = seen_as_of(conn, ROAD.mission)
    return at, seen(conn, at)


def seen(conn: Connection, known_at: datetime) -> str | None:
    with conn.transaction():
        set_scope(conn, [ROAD.mission])
        found = availability(conn, *ROAD, NOW, known_at)
    return found.state if found else None


def test_what_is_seen_beside_writers_is_seen_again_whenever_they_commit(
    engines: Engines, fresh_migrated_url: str
) -> None:
    url, done = fresh_migrated_url, threading.Event()

    def write() -> None:
        with connect(url) as conn:
            for number in range(1, WORDS):
                show(conn, [generation(number)])
                time.sleep(0.004)  # it is not committed yet, and readers look
                conn.commit()
                time.sleep(0.002)
        done.set()

    def read() -> list[tuple[datetime, str | None]]:
        found = []
        with gateway(engines, url) as conn:
            while not done.is_set():
                found.append(look(conn))
        return found

    with ThreadPoolExecutor(3) as threads:
        readers = [threads.submit(read) for _ in range(2)]
        threads.submit(write).result(60)
        told = list(chain.from_iterable(reader.result(60) for reader in readers))
    assert len({state for _, state in told}) > WORDS / 2
    with gateway(engines, url) as conn:
        assert [(at, seen(conn, at)) for at, _ in told] == told


def test_who_looks_waits_for_who_is_about_to_commit_and_sees_it(
    engines: Engines, fresh_migrated_url: str
) -> None:
    url = fresh_migrated_url
    with connect(url) as writer, gateway(engines, url) as reader, ThreadPoolExecutor(1) as thread:
        show(writer, [generation(1)])
        looked = thread.submit(look, reader)
        time.sleep(0.2)
        assert not looked.done()
        assert seen_as_of_other(engines, url) > NOW, "another mission's are told at once"
        writer.commit()
        assert looked.result(30)[1] == "1"


def seen_as_of_other(engines: Engines, url: str) -> datetime:
    with gateway(engines, url) as conn:
        return seen_as_of(conn, "unmil")


def test_nothing_that_is_there_is_hidden_by_a_clock_that_went_back(
    engines: Engines, fresh_migrated_url: str
) -> None:
    ahead = datetime.now(UTC) + LONG_AFTER
    with connect(fresh_migrated_url) as conn, gateway(engines, fresh_migrated_url) as reader:
        conn.execute("INSERT INTO shown_clocks VALUES (%s, %s)", [ROAD.mission, ahead])
        show(conn, [generation(1)])
        conn.commit()
        first = look(reader)
        assert first == (ahead + timedelta(microseconds=1), "1")
        show(conn, [generation(2)])
        conn.commit()
        assert look(reader) == (ahead + timedelta(microseconds=2), "2")
        assert seen(reader, first[0]) == "1"
        assert known_intervals(conn, *ROAD, first[0]).generation == 1


def test_a_writer_that_hangs_while_others_wait_is_ended_and_runs_again(
    fresh_migrated_url: str,
) -> None:
    with connect(fresh_migrated_url) as conn:
        show(conn, [generation(1)])
        (patience,) = conn.execute("SHOW idle_in_transaction_session_timeout").fetchone() or ("",)
        assert patience == "10s"
        conn.execute("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
        time.sleep(0.5)
        with pytest.raises(psycopg.Error) as ended:
            conn.commit()
    assert fate_of(ended.value) is Fate.RETRY
    with connect(fresh_migrated_url) as conn:
        show(conn, [replace(generation(1), state="again")])
        assert known_intervals(conn, *ROAD).intervals[0].state == "again"


def test_a_gateway_may_look_and_not_say_from_when_on_something_is_shown(
    engines: Engines, fresh_migrated_url: str
) -> None:
    with gateway(engines, fresh_migrated_url) as conn:
        assert seen_as_of(conn, ROAD.mission) > NOW
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("SELECT show_from('smm')")
