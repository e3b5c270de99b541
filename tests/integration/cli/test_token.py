"""`truceline token`: made, listed, revoked, on a real database."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from services.local.endpoints import DATABASE_VARIABLE
from services.local.folder import HOME_VARIABLE
from tests.integration.cli.console import Console

CREATE = ("token", "create", "--label", "north", "--mission", "smm", "--role", "reporter")


@pytest.fixture(scope="module")
def shell(migrated_url: str, tmp_path_factory: pytest.TempPathFactory) -> Console:
    home = str(tmp_path_factory.mktemp("home"))
    return Console({DATABASE_VARIABLE: migrated_url, HOME_VARIABLE: home})


def test_the_secret_goes_to_standard_output_once_and_all_else_beside_it(shell: Console) -> None:
    made = shell.run(*CREATE)
    assert made.code == 0
    assert made.out.startswith("trc_tok-")
    assert made.out.count("\n") == 1
    assert "not shown again" in made.err
    listed = shell.run("token", "list")
    assert made.out.split("_")[1] in listed.out
    assert made.out.strip() not in listed.out


def test_the_secret_goes_into_a_file_that_nobody_else_reads(shell: Console, tmp_path: Path) -> None:
    out = tmp_path / "token"
    made = shell.run(*CREATE, "--source", "p-1", "--days", "7", "--out", out, "--json")
    (said,) = made.lines
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_text("ascii").startswith(f"trc_{said['id']}_")
    assert (said["secret"], said["validity"], said["sources"]) == (None, "valid", ["p-1"])


def test_a_person_is_named_in_one_way_alone(shell: Console) -> None:
    (said,) = shell.run(*CREATE, "--principal", "ana.petrovic", "--json").lines
    assert said["principal"] == "ana.petrovic"
    for name in ("Ana.Petrovic", "ana petrovic", ""):
        refused = shell.run(*CREATE, "--principal", name, "--json")
        assert (refused.code, refused.failure["code"]) == (2, "usage")


def test_a_file_that_is_there_is_kept_and_no_token_is_made(shell: Console, tmp_path: Path) -> None:
    out = tmp_path / "token"
    out.write_text("mine", encoding="ascii")
    before = shell.run("token", "list", "--json").lines
    refused = shell.run(*CREATE, "--out", out, "--json")
    assert (refused.code, refused.failure["code"]) == (3, "file_unusable")
    assert out.read_text("ascii") == "mine"
    assert shell.run("token", "list", "--json").lines == before


def test_a_token_is_revoked_for_good(shell: Console) -> None:
    (said,) = shell.run(*CREATE, "--json").lines
    first = shell.run("token", "revoke", said["id"], "--json")
    assert first.lines[0]["validity"] == "revoked"
    again = shell.run("token", "revoke", said["id"])
    assert again.code == 0
    listed = {one["id"]: one for one in shell.run("token", "list", "--json").lines}
    assert listed[said["id"]] == first.lines[0]


def test_a_token_that_is_not_there_is_not_found(shell: Console) -> None:
    asked = shell.run("token", "revoke", "tok-000000000000", "--json")
    assert (asked.code, asked.failure["code"]) == (1, "not_found")


def test_tokens_of_another_mission_are_not_listed(shell: Console) -> None:
    shell.run(*CREATE)
    assert shell.run("token", "list", "--mission", "unmil", "--json").lines == []
