"""PostgreSQL going away under a worker: it retries in place; what can't be mended ends it."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from services.local.folder import Folder
from services.local.postgres import Postgres
from services.store.engine import Connection, connect
from services.worker.transact import Transactor

ADD = "INSERT INTO done VALUES (1)"


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[Postgres]:
    """A server of this module's own: it is killed, which nobody else should see."""
    folder = Path(tempfile.mkdtemp(prefix="truceline-test-"))
    server = Postgres(Folder(folder))
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def url(own_postgres: Postgres) -> str:
    with connect(own_postgres.url) as conn:
        conn.execute("DROP TABLE IF EXISTS done")
        conn.execute("CREATE TABLE done (n int)")
    return own_postgres.url


class Beats:
    """Counts how often the worker says that it is alive."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def beats() -> Beats:
    return Beats()


def count(url: str) -> int:
    with connect(url) as conn:
        row = conn.execute("SELECT count(*) FROM done").fetchone()
        assert row is not None
        return int(row[0])


def in_background(run: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def test_killed_in_the_middle_the_chunk_is_run_again_when_it_is_back(
    own_postgres: Postgres, url: str, beats: Beats
) -> None:
    transactor = Transactor(url, beats, name="test")
    attempts = 0

    def work(conn: Connection) -> str:
        nonlocal attempts
        attempts += 1
        conn.execute(ADD)
        if attempts == 1:
            own_postgres.kill()
        conn.execute(ADD)
        return "done"

    results: list[str] = []
    running = in_background(lambda: results.append(transactor.run(work)))
    deadline = time.monotonic() + 20
    while beats.count < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert beats.count >= 3, "retrying for seconds without a sign of life"
    assert running.is_alive()
    own_postgres.start()
    running.join(timeout=30)
    transactor.close()
    assert results == ["done"]
    assert count(url) == 2


def test_killed_between_two_chunks_the_next_one_connects_anew(
    own_postgres: Postgres, url: str, beats: Beats
) -> None:
    transactor = Transactor(url, beats, name="test")
    transactor.run(lambda conn: conn.execute(ADD) and None)
    own_postgres.kill()
    own_postgres.start()
    transactor.run(lambda conn: conn.execute(ADD) and None)
    transactor.close()
    assert count(url) == 2


def test_a_session_that_an_administrator_ends_is_replaced(
    own_postgres: Postgres, url: str, beats: Beats
) -> None:
    transactor = Transactor(url, beats, name="test ended")
    first = True

    def work(conn: Connection) -> None:
        nonlocal first
        conn.execute(ADD)
        if first:
            first = False
            with psycopg.connect(own_postgres.admin_url, autocommit=True) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'test ended'"
                )
        conn.execute("SELECT 1")

    transactor.run(work)
    transactor.close()
    assert count(url) == 1


@pytest.mark.parametrize("state", ["23505", "40001", "40P01", "55P03"])
def test_a_conflict_is_run_again_at_once(url: str, beats: Beats, state: str) -> None:
    transactor = Transactor(url, beats, name="test")
    attempts = 0

    def work(conn: Connection) -> None:
        nonlocal attempts
        attempts += 1
        conn.execute(ADD)
        if attempts < 4:
            conn.execute(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$".encode())

    began = time.monotonic()
    transactor.run(work)
    transactor.close()
    assert time.monotonic() - began < 1
    assert (attempts, count(url), beats.count) == (4, 1, 3)


def test_a_conflict_that_turns_into_an_outage_is_retried(
    own_postgres: Postgres, url: str, beats: Beats
) -> None:
    transactor = Transactor(url, beats, name="test")
    attempts = 0

    def work(conn: Connection) -> None:
        nonlocal attempts
        attempts += 1
        conn.execute(ADD)
        if attempts == 1:
            try:
                conn.execute("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$")
            finally:
                own_postgres.kill()
                own_postgres.start()

    transactor.run(work)
    transactor.close()
    assert (attempts, count(url)) == (2, 1)


@pytest.mark.parametrize("state", ["42P01", "22021", "XX001", "TC001"])
def test_what_repetition_does_not_mend_is_raised(url: str, beats: Beats, state: str) -> None:
    transactor = Transactor(url, beats, name="test")

    def work(conn: Connection) -> None:
        conn.execute(ADD)
        conn.execute(f"DO $$ BEGIN RAISE SQLSTATE '{state}'; END $$".encode())

    with pytest.raises(psycopg.Error) as caught:
        transactor.run(work)
    transactor.close()
    assert caught.value.sqlstate == state
    assert (beats.count, count(url)) == (0, 0)


def test_a_mistake_in_the_program_is_raised(url: str, beats: Beats) -> None:
    transactor = Transactor(url, beats, name="test")

    def work(conn: Connection) -> None:
        conn.execute(ADD)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        transactor.run(work)
    transactor.close()
    assert count(url) == 0
