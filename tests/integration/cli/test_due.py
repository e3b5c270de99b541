"""`truceline due` on a real database: coming, fallen due, not written, withdrawn."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from services.due import timer_lag
from services.load import load_documents
from services.local.endpoints import DATABASE_VARIABLE
from services.local.folder import HOME_VARIABLE
from services.store.engine import connect
from services.store.partitions import ensure_partitions
from services.timer.counts import Counts
from services.timer.timer import Timer, open_session
from services.worker.documents import load_register
from streams.events import TruceExtended, TruceInForce
from tests.integration.cli.console import Console
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import log_of, said
from tests.unit.streams.context.said import METHODOLOGY, agreement, at, terms, truce

SPAN = ("--since", "2026-03-02T12:00:00Z", "--until", "2026-03-04T00:00:00Z")
HELD = truce("f", TruceInForce(terms=terms(2, 6)))
LATE = truce("e", TruceExtended(ends_at=at(9)), hour=5)


@pytest.fixture(scope="module")
def shell(migrated_url: str, tmp_path_factory: pytest.TempPathFactory) -> Console:
    """The timer ran at hour 7; that the truce was extended at 5 became known at 8."""
    with connect(migrated_url) as conn:
        ensure_partitions(conn, at(0))
        load_documents(conn, [agreement(), METHODOLOGY], at(-48))
        take_in_log(conn, load_register(conn), log_of([said(HELD)], at(1)))
    timer = Timer(migrated_url, lambda *_: 9, threading.Event(), Counts(), clock=lambda _: at(7))
    with open_session(migrated_url) as session:
        timer.turn(session)
    with connect(migrated_url) as conn:
        take_in_log(conn, load_register(conn), log_of([said(LATE)], at(8)))
    home = str(tmp_path_factory.mktemp("home"))
    return Console({DATABASE_VARIABLE: migrated_url, HOME_VARIABLE: home})


def told(shell: Console, hour: float, *more: str) -> list[tuple[str, str]]:
    """(rule, state) in order, by what was known at an hour."""
    known_at = ("--known-at", at(hour).isoformat())
    lines = shell.run("due", "--json", *SPAN, *known_at, *more).lines
    return [(line["rule"], line["state"]) for line in lines]


def test_what_is_coming_is_shown_as_it_was_known(shell: Console) -> None:
    assert told(shell, 1.5) == [
        ("truce_begins", "coming"),
        ("truce_lapses", "coming"),
        ("measure_overdue", "coming"),
        ("phase_begins", "coming"),
    ]


def test_what_fell_due_is_shown_with_its_row(shell: Console) -> None:
    assert told(shell, 7)[:3] == [
        ("truce_begins", "due"),
        ("truce_lapses", "due"),
        ("measure_overdue", "coming"),
    ]
    (line,) = shell.run("due", "--json", *SPAN, "--rule", "truce_begins").lines
    assert (line["subject"], line["revision"], line["draft"]) == ("line", 1, True)
    assert line["written_at"] == "2026-03-02T19:00:00Z"


def test_what_a_late_word_moved_is_withdrawn_and_what_the_timer_missed_unwritten(
    shell: Console,
) -> None:
    assert told(shell, 9.5) == [
        ("truce_begins", "due"),
        ("truce_lapses", "withdrawn"),
        ("measure_overdue", "unwritten"),
        ("truce_lapses", "unwritten"),
        ("phase_begins", "coming"),
    ]
    assert told(shell, 9.5, "--state", "withdrawn") == [("truce_lapses", "withdrawn")]


def test_it_reads_as_a_table_and_refuses_an_interval_that_ends_before_it_begins(
    shell: Console,
) -> None:
    assert "measure_overdue" in shell.run("due", *SPAN).out
    wrong = shell.run("due", "--since", SPAN[3], "--until", SPAN[1])
    assert wrong.code == 2
    assert "--until lies before" in wrong.err


def test_how_far_the_timer_is_behind_counts_from_when_it_could_have_known(shell: Console) -> None:
    with connect(shell.environment[DATABASE_VARIABLE]) as conn:
        assert timer_lag(conn, at(7)) == (0, 0.0, 0)
        assert timer_lag(conn, at(5)).ahead == 1, "the lapse, written by a clock that was ahead"
        assert timer_lag(conn, at(9)) == (1, 3600.0, 0), "the deadline of the guns, since hour 8"
        assert timer_lag(conn, at(8) + timedelta(seconds=5)).unwritten == 0
        assert timer_lag(conn, at(12)).unwritten == 3
