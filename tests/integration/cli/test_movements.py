"""`truceline corridor movements` on a real database."""

from __future__ import annotations

from typing import Any

import pytest

from services.load import load_documents
from services.local.endpoints import DATABASE_VARIABLE
from services.local.folder import HOME_VARIABLE
from services.store.engine import connect
from services.store.partitions import ensure_partitions
from services.worker.documents import load_register
from streams.events import MovementDeparted
from streams.vocabulary import MovementOutcome, MovementReason
from tests.integration.cli.console import Console
from tests.integration.worker.intake import take_in_log
from tests.integration.worker.records import RECEIVED, log_of, said
from tests.unit.streams.context.said import METHODOLOGY, nameless
from tests.unit.streams.movements.moved import ACKNOWLEDGED, ended, moved, moving

AT = ("--at", "2026-03-02T15:00:00Z")
OURS, THEIRS = nameless(0xAA), nameless(0xBB)


@pytest.fixture(scope="module")
def shell(migrated_url: str, tmp_path_factory: pytest.TempPathFactory) -> Console:
    over = ended(MovementOutcome.IMPEDED, delay_min=90, reason=MovementReason.CHECKPOINT)
    of_theirs: dict[str, Any] = {"organiser": "aid-2", "source": "aid-2", "movement": THEIRS}
    events = (
        moved(1),
        moved(2, ACKNOWLEDGED, -60, source="liaison"),
        moved(3, MovementDeparted(), 1),
        moved(4, **of_theirs),
        moved(5, over, 2, **of_theirs),
    )
    with connect(migrated_url) as conn:
        ensure_partitions(conn, RECEIVED)
        load_documents(conn, [moving(), METHODOLOGY], RECEIVED)
        take_in_log(conn, load_register(conn), log_of(map(said, events)))
    home = str(tmp_path_factory.mktemp("home"))
    return Console({DATABASE_VARIABLE: migrated_url, HOME_VARIABLE: home})


def test_movements_are_listed_with_who_answered_and_how_they_ended(shell: Console) -> None:
    ours, theirs = shell.run("corridor", "movements", "--json", *AT).lines
    assert (ours["movement"], ours["phase"], ours["late_notice"]) == (OURS, "under_way", True)
    assert ours["answers"][0]["answer"] == "acknowledged"
    assert (theirs["outcome"], theirs["delay_min"], theirs["reason"]) == (
        "impeded",
        90,
        "checkpoint",
    )
    shown = shell.run("corridor", "movements", *AT).out
    for word in (OURS, "late notice", "north acknowledged", "under_way", "90 min late"):
        assert word in shown


def test_overdue_shows_those_alone_that_are_not_heard_of(shell: Console) -> None:
    (line,) = shell.run("corridor", "movements", "--overdue", "--json", *AT).lines
    assert (line["movement"], line["check_in_overdue_since"]) == (OURS, "2026-03-02T14:00:00Z")
    before = ("--at", "2026-03-02T13:30:00Z")
    assert shell.run("corridor", "movements", "--overdue", "--json", *before).lines == []
    later = ("--since", "2026-03-05T00:00:00Z")
    assert shell.run("corridor", "movements", "--json", *later, *AT).lines == []


def test_one_movement_is_shown_with_its_words(shell: Console) -> None:
    (line,) = shell.run("corridor", "movements", OURS, "--json", *AT).lines
    assert [word["step"] for word in line["words"]] == ["acknowledged", "departed"]
    assert "departed" in shell.run("corridor", "movements", OURS, *AT).out
    unknown = shell.run("corridor", "movements", nameless(0xCC), *AT)
    assert unknown.code != 0
    assert "truceline corridor movements" in unknown.err


def test_outcomes_are_counted_with_what_they_are_of(shell: Console) -> None:
    (line,) = shell.run("corridor", "movements", "--outcomes", "month", "--json", *AT).lines
    assert (line["party"], line["period"], line["notified"]) == ("north", "2026-03", 2)
    assert (line["ended"], line["not_ended"], line["outcomes"]) == (1, 1, {"impeded": 1})
    assert line["facilitated_share"] == 0
    assert "impeded 1" in shell.run("corridor", "movements", "--outcomes", "month", *AT).out


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--phase", "under_way"), [OURS]),
        (("--phase", "ended"), [THEIRS]),
        (("--kind", "static_site"), []),
        (("--kind", "movement", "--phase", "ended"), [THEIRS]),
    ],
)
def test_movements_are_narrowed_by_phase_and_kind(
    shell: Console, options: tuple[str, ...], found: list[str]
) -> None:
    rows = shell.run("corridor", "movements", "--json", *AT, *options).lines
    assert [row["movement"] for row in rows] == found


def test_what_narrows_the_list_is_refused_of_one_movement(shell: Console) -> None:
    ran = shell.run("corridor", "movements", OURS, "--phase", "ended", *AT)
    assert (ran.code, "narrow the list alone" in ran.err) == (2, True)
