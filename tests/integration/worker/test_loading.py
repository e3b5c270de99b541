"""Documents loaded while workers are at work."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from geo.zones import ZoneSet
from services.load import load_documents
from services.store.engine import connect
from services.worker.documents import Documents
from streams.agreement import Agreement
from tests.integration.worker.ground import agreement, minutes, opened
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.integration.worker.stored import rows, states
from tests.unit.streams import builders


def test_a_load_waits_for_the_batches_that_are_judged_by_what_was_loaded_before(
    fresh_url: str,
) -> None:
    never = agreement(version=2, corridors=(builders.corridor("c"),))
    with connect(fresh_url) as conn:
        take_in_log(conn, Documents().ask(conn)(), log_of([said(opened("s-1", 1))]))
        loading = threading.Thread(target=_load, args=(fresh_url, never), daemon=True)
        loading.start()
        _wait_until_somebody_waits(fresh_url)
        assert loading.is_alive()
        conn.commit()
        loading.join(timeout=10)
        conn.commit()
        assert states(conn) == [("unknown", "outside_window")]


def test_a_batch_is_judged_by_what_was_loaded_before_it(fresh_url: str) -> None:
    documents = Documents()
    with connect(fresh_url) as conn:
        before = documents.ask(conn)()
        conn.commit()
        _load(fresh_url, agreement(version=2))
        after = documents.ask(conn)()
        assert after is not before
        assert after is documents.ask(conn)()


def test_the_index_is_built_aside_and_taken_into_use_at_once(fresh_url: str) -> None:
    may_build, asked = threading.Event(), threading.Event()

    def slow(zones: ZoneSet, _: ZoneSet | None) -> ZoneSet:
        asked.set()
        may_build.wait(10)
        return replace(zones)

    documents = Documents(slow)
    with connect(fresh_url) as conn:
        _load(fresh_url, agreement(version=2))
        before = documents.ask(conn)()
        assert asked.wait(10)
        assert documents.ask(conn)() is before, "a report waited for the index"
        may_build.set()
        deadline = time.monotonic() + 10
        while documents.ask(conn)() is before:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        conn.commit()


def test_an_index_that_cannot_be_built_leaves_the_register_as_it_is(fresh_url: str) -> None:
    failed = threading.Event()

    def broken(zones: ZoneSet, _: ZoneSet | None) -> ZoneSet:
        failed.set()
        raise MemoryError(len(zones))

    documents = Documents(broken)
    with connect(fresh_url) as conn:
        _load(fresh_url, agreement(version=2))
        before = documents.ask(conn)()
        assert failed.wait(10)
        time.sleep(0.05)
        assert documents.ask(conn)() is before
        conn.commit()


def _load(url: str, document: Agreement) -> None:
    with connect(url) as conn:
        load_documents(conn, [document], RECEIVED + minutes(1))


def _wait_until_somebody_waits(url: str) -> None:
    deadline = time.monotonic() + 10
    with connect(url) as conn:
        while not rows(conn, "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
            assert time.monotonic() < deadline, "nobody waits"
            conn.rollback()
            time.sleep(0.01)
