"""`truceline desk`: looked at in the database, decided at the gateway under one's own token."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from services.client.address import GATEWAY_VARIABLE
from services.local.engines import Engines
from services.store.engine import connect
from services.tokens.stored import Wanted
from services.tokens.token import Role
from tests.integration.cli.console import Console
from tests.integration.cli.shells import Shells, shells_of
from tests.integration.gateway import seeded
from tests.integration.gateway.served import HOST

ITEM = seeded.item("smm", "smm-a", 1)
OTHER = seeded.item("smm", "smm-a", 2)
NOTE = ("--note", "seen on the camera")


@pytest.fixture(scope="module")
def shells(
    migrated_url: str, engines: Engines, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shells]:
    """Two investigators and one who may not, each with a token, and a gateway."""
    with connect(migrated_url) as conn:
        seeded.seed(conn)
    roles = {"ana": Role.INVESTIGATOR, "ben": Role.INVESTIGATOR, "cai": Role.COORDINATOR}
    people = {
        name: Wanted("test", "smm", frozenset({role}), principal=name)
        for name, role in roles.items()
    }
    with shells_of(people, migrated_url, engines, tmp_path_factory.mktemp("desk")) as shells:
        yield shells


def decide(shell: Console, action: str, revision: str, *more: str) -> dict[str, object]:
    ran = shell.run("desk", action, ITEM, "--revision", revision, *NOTE, *more, "--json")
    assert ran.code == 0, ran
    line: dict[str, object] = ran.lines[0]
    return line


def test_two_people_merge_confirm_and_release_and_everybody_can_read_who_did_what(
    shells: Shells,
) -> None:
    ana, ben = shells["ana"], shells["ben"]
    waits = [line["item"] for line in ana.run("desk", "list", "--json").lines]
    assert {ITEM, OTHER} <= set(waits)
    assert decide(ana, "merge", "0.2", "--other", f"{OTHER}@0.2")["parts"] == [OTHER]
    assert decide(ana, "confirm", "1.2")["review"] == "confirmed"
    alone = ana.run("desk", "release", ITEM, "--revision", "2.2", *NOTE, "--json")
    assert (alone.code, alone.failure["code"]) == (1, "act_refused")
    assert "two people" in alone.failure["error"]
    assert decide(ben, "release", "2.2")["review"] == "released"
    shown = ben.run("desk", "show", ITEM).out
    assert "ana: confirm of reading 2: seen on the camera" in shown
    assert "ben: release" in shown
    assert "It reads: released." in shown
    assert OTHER not in ana.run("desk", "list").out
    (one,) = ana.run("desk", "list", "--review", "merged", "--json").lines
    assert one["item"] == OTHER
    (found,) = (
        line
        for line in ana.run("violations", "--mission", "smm", "--json").lines
        if line["status"] == "released"
    )
    assert found["event_id"] == seeded.report_id("smm", "smm-a", 1)


def test_who_is_second_is_told_what_happened(shells: Shells) -> None:
    late = seeded.item("smm", "smm-b", 1)
    shells["ana"].run("desk", "return", late, "--revision", "0.2", "--note", "which bank?")
    second = shells["ben"].run("desk", "confirm", late, "--revision", "0.2", *NOTE, "--json")
    assert (second.code, second.failure["code"]) == (1, "changed_since")
    assert "ana: return (which bank?)" in second.failure["error"]
    assert "A question is open: which bank?" in shells["ben"].run("desk", "show", late).out


def test_who_may_not_is_told_so_and_who_is_no_item_is_not_found(shells: Shells) -> None:
    refused = shells["cai"].run("desk", "confirm", ITEM, "--revision", "0.2", *NOTE, "--json")
    assert (refused.code, refused.failure["code"]) == (1, "role_may_not")
    missing = shells["ana"].run("desk", "show", f"{ITEM}-at-all", "--json")
    assert (missing.code, missing.failure["code"]) == (1, "no_such_item")


def test_a_gateway_that_is_not_there_leaves_nobody_wondering(shells: Shells) -> None:
    away = Console({**shells["ana"].environment, GATEWAY_VARIABLE: f"http://{HOST}:9"})
    ran = away.run("desk", "confirm", ITEM, "--revision", "0.2", *NOTE, "--json")
    assert (ran.code, ran.failure["code"]) == (3, "gateway_away")
    assert "the same again is safe" in ran.failure["error"]


def test_another_item_is_named_with_the_revision_that_was_looked_at(shells: Shells) -> None:
    argv = ("desk", "merge", ITEM, "--revision", "0.2", *NOTE, "--other", OTHER, "--json")
    assert (shells["ana"].run(*argv).code, shells["ana"].run(*argv).failure["code"]) == (2, "usage")


def test_times_are_of_each_severity(shells: Shells) -> None:
    lines = shells["ana"].run("desk", "times", "--json").lines
    assert [line["severity"] for line in lines] == ["grave", "serious", "minor"]
    assert shells["ana"].run("desk", "times").out.count("grave") == 1
