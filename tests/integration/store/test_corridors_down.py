"""A corridor that grows stale while everything is down is stale when it is up again."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from services.load import load_documents
from services.local.engines import Engines
from services.store.engine import Connection, connect
from services.store.migrate import upgrade
from services.store.partitions import ensure_partitions
from services.store.queries.corridors import CorridorName
from services.store.shown import seen_as_of
from services.timeline import state_now
from services.worker.documents import load_register
from tests.integration.kept_up import keep_up
from tests.integration.worker.ground import agreement, methodology, opened
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import log_of, said
from tests.unit.streams.builders import MISSION

ROAD = CorridorName(MISSION, "c")
STALE_AFTER = timedelta(hours=1)
"""The methodology's."""
OPEN_FOR = timedelta(seconds=8)
"""From the word to staleness: time enough for the fold, on a slow machine as well."""
SHOWN = "SELECT state, cause FROM corridors_now WHERE (mission, corridor_id) = (%s, %s)"


@pytest.fixture
def alone() -> Iterator[Engines]:
    """PostgreSQL that this test may stop; Kafka is given, and not there."""
    folder = Path(tempfile.mkdtemp(prefix="truceline-test-"))
    engines = Engines(folder, given_kafka_bootstrap="127.0.0.1:9")
    try:
        yield engines
    finally:
        engines.stop()
        shutil.rmtree(folder, ignore_errors=True)


def hear_that_it_is_open(url: str) -> datetime:
    """The worker takes the word in; returns when it grows stale."""
    upgrade(url)
    with connect(url) as conn:
        now = datetime.now(UTC)
        ensure_partitions(conn, now)
        load_documents(conn, [agreement(), methodology()], now - timedelta(days=1))
        keep_up(conn, MISSION)
        register = load_register(conn)
        now = datetime.now(UTC)
        seen = now - STALE_AFTER + OPEN_FOR
        word = replace(opened("s-1", 0), issued_at=seen, observed_at=seen, effective_from=seen)
        take_in_log(conn, register, log_of([said(word)], now))
    return seen + STALE_AFTER


def shown(conn: Connection) -> tuple[tuple[str, str], tuple[str, str]]:
    """As the API has it, and the view."""
    found = state_now(conn, ROAD, seen_as_of(conn, MISSION))
    (view,) = conn.execute(SHOWN, ROAD).fetchall()
    return (str(found.state), found.cause), (view[0], view[1])


def test_what_grows_stale_while_everything_is_down_is_unknown_at_the_first_question(
    alone: Engines,
) -> None:
    url = alone.start().database_url
    stale_at = hear_that_it_is_open(url)
    with connect(url) as conn:
        before = shown(conn)
    assert datetime.now(UTC) < stale_at, "too slow a machine: it says nothing"
    assert before == (("open", "open_by_status"), ("open", "open_by_status"))
    alone.stop()
    time.sleep(max(0.0, (stale_at - datetime.now(UTC)).total_seconds()))
    with connect(alone.start().database_url) as conn:
        assert shown(conn) == (("unknown", "stale"), ("unknown", "stale"))
