"""`truceline case` and `truceline channel`: acts to the gateway, the rest from the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.local.engines import Engines
from services.private_file import private_pem, write_private
from services.store.engine import connect
from services.tokens.stored import Wanted
from services.tokens.token import Role
from tests.integration.cli.console import Console
from tests.integration.cli.shells import Shells, shells_of
from tests.integration.gateway.tribunal import MISSION, NAME, PANEL, load_signed, under
from tests.unit.streams.signatures import private_key

UNDER = ("--under", f"{MISSION}/{NAME}")
OFFICE = (*UNDER, "--as", "office")
NORTH = (*UNDER, "--as", "north-liaison")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where keys and tokens are."""
    return tmp_path_factory.mktemp("cases")


@pytest.fixture(scope="module")
def shells(migrated_url: str, engines: Engines, folder: Path) -> Iterator[Shells]:
    """An investigator and a party, each with a token, and a gateway."""
    for name in PANEL:
        write_private(folder / f"{name}.pem", private_pem(private_key(name)).decode("ascii"))
    with connect(migrated_url) as conn:
        load_signed(conn, under(), datetime.now(UTC) - timedelta(minutes=5))
    liaison = frozenset({"north-liaison"})
    people = {
        "ana": Wanted("t", MISSION, frozenset({Role.INVESTIGATOR}), principal="ana"),
        "north": Wanted("t", MISSION, frozenset({Role.PARTY}), sources=liaison, principal="north"),
    }
    with shells_of(people, migrated_url, engines, folder) as shells:
        yield shells


def signing(folder: Path, who: str, case: str, *more: str | Path) -> list[str | Path]:
    key: list[str | Path] = ["--key", folder / f"{who}.pem", "--key-id", who, *UNDER, "--as", who]
    return ["case", "sign-ruling", case, *key, *more]


def opened(shell: Console, text: str) -> str:
    about = ("--violation", "patrol-1/r-1", "--text", text)
    ran = shell.run("case", "open", *about, *OFFICE, "--json")
    assert ran.code == 0, ran
    case = str(ran.lines[0]["name"])
    for to in ("pending", "under_inquiry"):
        assert shell.run("case", "advance", case, "--to", to, *OFFICE).code == 0
    return case


def test_two_people_rule_the_first_without_a_network(shells: Shells, folder: Path) -> None:
    ana, north = shells["ana"], shells["north"]
    case = opened(ana, "Shelling.")
    assert ana.run("case", "address", case, "--party", "north", *OFFICE).code == 0
    first = folder / "first.json"
    words = ("--finding", "inconclusive", "--text", "Heard once.")
    assert ana.run(*signing(folder, "anna", case, *words, "--write", first)).code == 0
    assert "under_inquiry" in ana.run("case", "file", first).out
    otherwise = ("--finding", "not_applicable", "--text", "Heard once.")
    twice = ana.run(*signing(folder, "anna", case, *otherwise), "--json")
    assert (twice.code, twice.failure["code"]) == (1, "filing_refused")
    assert "has signed another ruling" in twice.failure["error"]
    assert "inconclusive" in ana.run(*signing(folder, "bo", case, "--same-as", first)).out
    assert north.run("case", "reply", case, "--dissent", "--text", "No.", *NORTH).code == 0
    shown = ana.run("case", "show", case).out
    assert "ruling: inconclusive, signed by" in shown
    assert "dissent of north" in shown
    (line,) = ana.run("case", "list", "--state", "inconclusive", "--json").lines
    assert (line["case"], line["addressed"]) == (case, ["north"])
    (whole,) = ana.run("case", "show", case, "--json").lines
    ruling = whole["stages"][0]["findings"][0]["ruling"]
    appeal = north.run("case", "appeal", case, "--ruling", ruling, "--text", "Again.", *NORTH)
    assert "pending" in appeal.out


def test_evidence_goes_from_hand_to_hand_and_its_acts_are_given_byte_for_byte(
    shells: Shells,
) -> None:
    ana = shells["ana"]
    case = opened(ana, "A piece of metal.")
    link = ("--evidence", "e" * 64, "--since", "2026-01-01T10:00Z")
    taken = ana.run("case", "custody", case, *link, "--holder", "patrol-1", *OFFICE, "--json")
    act = str(taken.lines[0]["sha256"])
    more = ("--holder", "lab", "--after", act)
    assert ana.run("case", "custody", case, *link, *more, *OFFICE).code == 0
    assert "patrol-1 2026-01-01 10:00Z → lab" in ana.run("case", "show", case).out
    assert '"holder":"patrol-1"' in ana.run("case", "show", case, "--act", act).out


def test_what_is_not_there_or_cannot_be_made_is_said(shells: Shells, folder: Path) -> None:
    ana = shells["ana"]
    none = ana.run("case", "show", "0" * 20, "--json")
    assert (none.code, none.failure["code"]) == (1, "no_case")
    assert ana.run("case", "open", "--text", "x", *OFFICE).code == 2
    bad = ana.run("case", "advance", "no-id", "--to", "pending", *OFFICE, "--json")
    assert (bad.code, bad.failure["code"]) == (1, "unusable_act")
    case = opened(ana, "Whose key?")
    words = ("--finding", "inconclusive", "--text", "x")
    strange = ana.run(*signing(folder, "anna", case, *words, "--as", "bo"), "--json")
    assert (strange.code, strange.failure["code"]) == (1, "filing_forbidden")


def test_a_request_is_overdue_until_it_is_answered(shells: Shells) -> None:
    ana, north = shells["ana"], shells["north"]
    soon = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    words = ("--to", "north", "--text", "Which units?", "--deadline", soon)
    asked = ana.run("channel", "request", *words, *OFFICE, "--json").lines[0]
    (listed,) = ana.run("channel", "list", "--json").lines
    assert (listed["sha256"], listed["owed"][0]["answer"]) == (asked["sha256"], None)
    assert ana.run("channel", "list", "--overdue", "--json").out == ""
    answer = ("channel", "reply", str(asked["sha256"]), "--text", "None.", *NORTH)
    assert north.run(*answer).code == 0
    assert "answered" in ana.run("channel", "list").out
    coming = ana.run("due", "--rule", "reply_overdue", "--json")
    assert coming.out == ""
