"""Every commit of the timer, failed both ways and by SIGKILL: each row is written exactly once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import psycopg
import pytest

from services.crash_points import Point, on_reached
from services.local.endpoints import DATABASE_VARIABLE, KAFKA_VARIABLE
from services.store.engine import connect
from services.timer.counts import Counts
from services.timer.timer import Timer
from tests.integration.relay.crew import until
from tests.integration.relay.test_crash_points import Once, kill_sessions
from tests.integration.timer.clockwork import ALWAYS, Clockwork
from tests.unit.streams.context.said import at

POINTS = (Point.TIMER_FOUND, Point.TIMER_ADDED, Point.TIMER_COMMITTED)
WRITTEN = {Point.TIMER_FOUND: 0, Point.TIMER_ADDED: 0, Point.TIMER_COMMITTED: 2}
"""How many rows are there when it has failed at a point."""
EVERY = [(*told, 1, True) for told in ALWAYS]


@pytest.mark.parametrize("point", POINTS)
def test_a_write_that_fails_loses_and_doubles_nothing(work: Clockwork, point: Point) -> None:
    seen: list[int] = []

    def fail() -> None:
        seen.append(len(work.rows()))
        kill_sessions(work.url, "truceline timer")

    once = Once(point, fail)
    stopping, counts = threading.Event(), Counts()
    timer = Timer(work.url, lambda *_: 1_000, stopping, counts, clock=lambda _: at(100))
    thread = threading.Thread(target=timer.run, daemon=True)
    # What is committed is not missing any more, so nothing is written, or lost, a second time.
    times = 1 if point is Point.TIMER_COMMITTED else 2
    with on_reached(once):
        thread.start()
        until(lambda: once.times == times and len(work.rows()) == 2 and counts.turns > times)
        stopping.set()
        thread.join(timeout=30)
    assert seen == [WRITTEN[point]] * times
    assert work.rows() == EVERY


PROGRAM = """
import os, signal
from services.crash_points import Point, on_reached
from services.timer.__main__ import main

def die(point):
    if point is Point.{name}:
        os.kill(os.getpid(), signal.SIGKILL)

with on_reached(die):
    main()
"""


@pytest.mark.parametrize("point", POINTS)
def test_a_timer_that_is_killed_at_a_point_is_made_good_by_the_next_one(
    work: Clockwork, kafka_bootstrap: str, point: Point
) -> None:
    environment = {**os.environ, DATABASE_VARIABLE: work.url, KAFKA_VARIABLE: kafka_bootstrap}
    program = [sys.executable, "-c", PROGRAM.format(name=point.name)]
    done = subprocess.run(program, env=environment, check=False, timeout=60, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2_000:]
    until(lambda: _sessions(work.url) == 0)
    assert len(work.rows()) == WRITTEN[point]
    work.turn(100)
    assert work.rows() == EVERY


def _sessions(url: str) -> int:
    with connect(url) as conn:
        row = conn.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'truceline timer%'"
            " AND datname = current_database()"
        ).fetchone()
        assert row is not None
        return int(row[0])


def test_an_error_that_repetition_does_not_mend_ends_it(work: Clockwork) -> None:
    def fail(*_: object) -> int:
        raise psycopg.errors.InsufficientPrivilege("permission denied for table due_instants")

    timer = Timer(work.url, fail, threading.Event(), Counts(), clock=lambda _: at(100))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        timer.run()
