"""`truceline phases`, `measures`, `truces`, `exchanges`, `unheeded` on a real database."""

from __future__ import annotations

import pytest

from services.load import load_documents
from services.local.endpoints import DATABASE_VARIABLE
from services.local.folder import HOME_VARIABLE
from services.store.engine import connect
from services.store.partitions import ensure_partitions
from services.worker.documents import load_register
from streams.vocabulary import MeasureStatus
from tests.integration.cli.console import Console
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.unit.streams.context.said import (
    METHODOLOGY,
    begins,
    counted,
    exchanging,
    measured,
    notifies,
    truce,
)

AT = ("--at", "2026-03-02T21:00:00Z")


@pytest.fixture(scope="module")
def shell(migrated_url: str, tmp_path_factory: pytest.TempPathFactory) -> Console:
    events = (
        begins("d", hour=3),
        measured("v", MeasureStatus.VERIFIED, 2, done=38),
        truce("f"),
        notifies("n", source="monitor"),
        counted(1, 100),
        counted(2, 98, source="southern"),
    )
    with connect(migrated_url) as conn:
        ensure_partitions(conn, RECEIVED)
        load_documents(conn, [exchanging(), METHODOLOGY], RECEIVED)
        take_in_log(conn, load_register(conn), log_of([said(event) for event in events]))
    home = str(tmp_path_factory.mktemp("home"))
    return Console({DATABASE_VARIABLE: migrated_url, HOME_VARIABLE: home})


def test_measures_show_what_is_overdue(shell: Console) -> None:
    (guns,) = shell.run("measures", "--overdue", "--json", *AT).lines
    assert (guns["measure"], guns["verified"], guns["amount"]) == ("guns", 38, 50)
    shown = shell.run("measures", *AT).out
    assert "overdue" in shown
    assert "50 guns" in shown
    assert guns["draft"] is True
    assert "under a draft: not all parties have signed" in shown


def test_truces_show_which_hold(shell: Console) -> None:
    line, _ = shell.run("truces", "--holding", "--json", *AT).lines
    assert (line["truce"], line["state"], line["holds"]) == ("line", "in_force", True)
    later = ("--at", "2026-03-03T00:00:00Z")
    assert shell.run("truces", "--holding", "--json", *later).lines == []
    assert "lapsed" in shell.run("truces", *later).out


def test_phases_show_what_the_others_wait_for(shell: Console) -> None:
    told = {row["phase"]: row for row in shell.run("phases", "--json", *AT).lines}
    assert told["declared"]["begun"]
    assert told["declared"]["at_begin"] == "2026-03-02T15:00:00Z"
    assert told["gated"]["waits_for"] == ["guns"]
    assert "guns" in shell.run("phases", *AT).out


def test_exchanges_show_each_sides_count_and_what_differs(shell: Console) -> None:
    (line,) = shell.run("exchanges", "--differing", "--json", *AT).lines
    assert (line["exchange"], line["step"], line["agreed"]) == (1, "listed", 100)
    assert (line["giver_says"], line["receiver_says"], line["mission_says"]) == ([100], [98], [])
    assert line["discrepancies"] == ["sides_differ", "not_as_agreed"]
    shown = shell.run("exchanges", *AT).out
    assert "All for all" in shown
    assert "sides_differ" in shown
    assert "truce holds" in shown


def test_what_had_no_effect_is_listed_with_the_reason(shell: Console) -> None:
    (line,) = shell.run("unheeded", "--json").lines
    assert (line["event"], line["reason"]) == ("monitor/n", "without_right")
    assert "without_right" in shell.run("unheeded").out
