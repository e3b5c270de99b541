"""Every commit of the relay, failed both ways: not written, and written but an error came back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import LiteralString, NamedTuple

import psycopg
import pytest
from kafka.errors import KafkaTimeoutError

from services.crash_points import Hook, Point, on_reached
from services.relay.counts import Counts
from services.relay.relay import Relay
from services.relay.resend import Resender
from services.relay.send import Sender
from services.store.engine import connect
from services.store.outbox import Waiting
from services.worker.documents import load_register
from tests.integration.posted import post
from tests.integration.relay.crew import Crew, until, waiting_rows
from tests.integration.relay.topic import Tail, firsts
from tests.integration.worker.ground import report
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.stored import one

COUNT = 30
PROGRESS: LiteralString = "SELECT count(*) FROM resend_progress"


class Loss(NamedTuple):
    """A write that goes wrong."""

    write: str
    form: str
    point: Point
    sent_again: bool


NOT_WRITTEN, WRITTEN = "not written", "written but an error came back"
LOSSES = (
    Loss("kafka", NOT_WRITTEN, Point.RELAY_READ, sent_again=False),
    Loss("kafka", WRITTEN, Point.RELAY_SENT, sent_again=True),
    Loss("forget", NOT_WRITTEN, Point.RELAY_SENT, sent_again=True),
    Loss("forget", WRITTEN, Point.RELAY_FORGOTTEN, sent_again=False),
)


class Once:
    """Fails at a point, the first two times."""

    def __init__(self, point: Point, fail: Callable[[], None]) -> None:
        self._point = point
        self._fail = fail
        self.times = 0

    def __call__(self, point: Point) -> None:
        if point is self._point and self.times < 2:
            self.times += 1
            self._fail()


def kill_sessions(url: str, name: str) -> None:
    """End every session of a name on the server, as its crash would, and say what a client says."""
    with connect(url) as conn:
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE %s",
            [f"{name}%"],
        )
    raise psycopg.OperationalError("server closed the connection unexpectedly")


class LosingSender(Sender):
    """Loses what it is told, or the answer to it, at the relay's crash points."""

    def __init__(self, bootstrap: str, point: Point, once: Once) -> None:
        super().__init__(bootstrap)
        self._point = point
        self._once = once

    def send(self, rows: list[Waiting]) -> list[Waiting]:  # type: ignore[override]  # rows as read
        """Send, unless they get lost before, or their acknowledgement after."""
        try:
            if self._point is Point.RELAY_READ:
                self._once(self._point)
            sent = super().send(rows)
            if self._point is Point.RELAY_SENT:
                self._once(self._point)
        except KafkaTimeoutError as error:
            self._give_up(len(rows), error)
            return []
        return sent


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: f"{loss.write}-{loss.form}")
def test_a_write_of_the_relay_that_fails_loses_and_doubles_nothing(
    relay_url: str, kafka_bootstrap: str, tail: Tail, loss: Loss
) -> None:
    def no_answer() -> None:
        raise KafkaTimeoutError("no answer")

    def no_server() -> None:
        kill_sessions(relay_url, "truceline relay")

    once = Once(loss.point, no_answer if loss.write == "kafka" else no_server)
    sender = (
        LosingSender(kafka_bootstrap, loss.point, once)
        if loss.write == "kafka"
        else Sender(kafka_bootstrap)
    )
    hook: Hook = once if loss.write == "forget" else lambda _: None
    crew = Crew(relay_url, lambda: sender)
    with on_reached(hook):
        for turn in range(3):
            with connect(relay_url) as conn:
                for number in range(turn * COUNT, (turn + 1) * COUNT):
                    post(conn, report(f"r-{number:03}"), datetime.now(UTC))
            if turn == 0:
                crew.start()
        arrived = tail.take(3 * COUNT, quiet_s=1.0)
        until(lambda: waiting_rows(relay_url) == 0)
        crew.stop()
    assert once.times == 2
    assert not crew.errors
    assert (len(arrived) > 3 * COUNT) is loss.sent_again
    assert firsts(arrived)[arrived[0].key] == [f"r-{number:03}" for number in range(3 * COUNT)]
    with connect(relay_url) as conn:
        take_in_log(conn, load_register(conn), arrived, cuts=range(0, len(arrived), 17))
        assert one(conn, "SELECT count(*) FROM assessments") == 3 * COUNT
        assert one(conn, "SELECT count(DISTINCT key) FROM assessments") == 3 * COUNT


@pytest.mark.parametrize(
    ("point", "queued"),
    [
        (Point.RESEND_FOUND, 1),
        (Point.RESEND_QUEUED, 1),
        (Point.RESEND_COMMITTED, 3),  # once by each leader: two fell after their commit
    ],
)
def test_a_resend_that_fails_is_done_by_the_next_leader(
    relay_url: str, monkeypatch: pytest.MonkeyPatch, point: Point, queued: int
) -> None:
    monkeypatch.setattr("services.relay.resend.TURN_S", 0.05)
    with connect(relay_url) as conn:
        post(conn, report("r"), datetime.now(UTC) - timedelta(minutes=2))
        conn.execute("DELETE FROM outbox")
    once = Once(point, lambda: kill_sessions(relay_url, "truceline resend"))
    stopping, counts = threading.Event(), Counts()

    def nothing_waits(now: datetime) -> datetime | None:
        # Nor in the outbox, as far as a leader can tell: each sends it the moment it leads.
        with connect(relay_url) as conn:
            conn.execute("UPDATE outbox SET queued_at = now()")
        return now

    resender = Resender(relay_url, nothing_waits, stopping, counts)
    thread = threading.Thread(target=resender.run, daemon=True)
    with on_reached(once):
        thread.start()
        until(lambda: once.times == 2 and counts.resent == 1)
        stopping.set()
        thread.join(timeout=30)
    assert waiting_rows(relay_url) == queued


@pytest.mark.parametrize(("point", "noted"), [(Point.RESEND_NOTING, 0), (Point.RESEND_NOTED, 1)])
def test_progress_that_fails_to_be_noted_is_noted_by_the_next_leader(
    relay_url: str, monkeypatch: pytest.MonkeyPatch, point: Point, noted: int
) -> None:
    monkeypatch.setattr("services.relay.resend.TURN_S", 0.05)
    seen: list[int] = []
    stopping = threading.Event()

    def fail() -> None:
        with connect(relay_url) as conn:
            seen.append(one(conn, PROGRESS))
        kill_sessions(relay_url, "truceline resend")

    once = Once(point, fail)
    resender = Resender(relay_url, lambda now: now, stopping, Counts())
    thread = threading.Thread(target=resender.run, daemon=True)

    def gone_on() -> bool:
        with connect(relay_url) as conn:
            return once.times == 1 + (not noted) and one(conn, PROGRESS) == 1

    with on_reached(once):
        thread.start()
        until(gone_on)
        stopping.set()
        thread.join(timeout=30)
    assert seen[0] == noted


def test_every_point_is_failed_by_a_test() -> None:
    here = Path(__file__).parents[1]
    told = "".join(
        (here / part / "test_crash_points.py").read_text(encoding="utf-8")
        for part in ("relay", "gateway", "timer")
    )
    assert [point for point in Point if f"Point.{point.name}" not in told] == []


def test_outside_of_tests_nothing_happens_at_a_crash_point(relay_url: str) -> None:
    from services import crash_points  # noqa: PLC0415  what stands in the program itself

    assert crash_points._hook is crash_points._nothing
    assert Relay(relay_url, Sender("nowhere:1"), threading.Event(), Counts()).counts.sent == 0
