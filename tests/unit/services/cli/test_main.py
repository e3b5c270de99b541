"""The table of commands, their help, and what an error becomes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import psycopg
import pytest

from services.cli import main as main_module
from services.cli.main import COMMANDS, load, truceline
from tests.unit.services.cli.conftest import Run


def commands() -> dict[str, click.Command]:
    """Every command by its words, subcommands as `group command`."""
    found: dict[str, click.Command] = {}
    for name in COMMANDS:
        found |= runnable(name, load(name))
    return found


def runnable(words: str, command: click.Command) -> dict[str, click.Command]:
    """What can be run under these words; a group too, where it does something by itself."""
    if not isinstance(command, click.Group):
        return {words: command}
    found: dict[str, click.Command] = {words: command} if command.invoke_without_command else {}
    for name, inner in command.commands.items():
        found |= runnable(f"{words} {name}", inner)
    return found


@pytest.mark.parametrize("words", sorted(commands()))
def test_every_commands_help_has_an_example_and_json(words: str, run: Run) -> None:
    asked = run(*words.split(), "--help")
    assert asked.code == 0
    assert f"Example: truceline {words}" in asked.out
    assert "--json" in asked.out


@pytest.mark.parametrize("words", sorted(commands()))
def test_every_option_of_every_command_says_what_it_is(words: str) -> None:
    for parameter in commands()[words].params:
        if isinstance(parameter, click.Option):
            choice = isinstance(parameter.type, click.Choice | click.IntRange)
            assert parameter.help or choice, f"{words} {parameter.name}"


def test_the_summaries_in_the_table_are_the_first_lines_of_the_help() -> None:
    for name, summary in COMMANDS.items():
        text = load(name).help or ""
        assert text.split("\n\n")[0].replace("\n", " ").strip() == summary


def test_help_lists_every_command_with_its_summary(run: Run) -> None:
    asked = run("--help")
    assert asked.code == 0
    for name, summary in COMMANDS.items():
        assert name in asked.out
        assert summary.split()[0] in asked.out
    assert "Example: truceline demo" in asked.out


@pytest.mark.parametrize("words", ["", "agreement", "submit", "violations", "demo", "worker"])
def test_help_imports_no_faust_and_that_of_all_commands_nothing(words: str) -> None:
    program = (
        "import sys\nfrom services.cli.main import main\n"
        "try:\n    main([*sys.argv[1:], '--help'])\nexcept SystemExit:\n"
        "    print([name for name in ('faust', 'shapely', 'kafka', 'sqlalchemy') "
        "if name in sys.modules])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, *words.split()], capture_output=True, text=True, check=True
    )
    imported = ran.stdout.splitlines()[-1]
    assert "faust" not in imported
    if words in {"", "demo", "worker"}:
        assert imported == "[]"


def test_a_misspelt_command_is_answered_with_the_nearest(run: Run) -> None:
    asked = run("violation")
    assert asked.code == 2
    assert "Did you mean 'violations'?" in asked.err


def test_wrong_usage_is_json_where_json_was_asked_for(run: Run) -> None:
    asked = run("violations", "--json", "--limit", "0")
    assert (asked.code, asked.out) == (2, "")
    assert asked.failure["code"] == "usage"
    assert "--limit" in asked.failure["error"]


@pytest.mark.parametrize(
    "words",
    [
        "violations",
        "violations --totals",
        "explain r-1",
        "corridor list",
        "corridor availability c",
        "rejected",
        "status",
        "db upgrade",
        "agreement list",
        "agreement show a@1",
        "token list",
        "token create --label n --mission m --role reporter",
        "token revoke tok-0123456789ab",
    ],
)
def test_where_no_engine_runs_one_line_says_what_to_do(words: str, run: Run) -> None:
    asked = run(*words.split())
    assert (asked.code, asked.out) == (3, "")
    assert asked.err == (
        "truceline: no database: start one with `truceline up`, or set TRUCELINE_DATABASE_URL "
        "[settings]\n"
    )
    assert run(*words.split(), "--json").failure["code"] == "settings"


def test_a_database_that_does_not_answer_is_said_with_its_reason(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUCELINE_DATABASE_URL", "postgresql:///x?host=/nowhere")
    asked = run("violations", "--json")
    assert asked.code == 3
    assert asked.failure["code"] == "postgres_away"
    assert "/nowhere" in asked.failure["error"]


def test_an_address_that_is_none_is_refused_and_not_quoted(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUCELINE_DATABASE_URL", "me:hunter2@host/db")
    asked = run("violations")
    assert asked.code == 3
    assert "must begin with postgresql://" in asked.err
    assert "hunter2" not in asked.err


def test_a_fault_of_ours_shows_its_traceback_and_exits_70(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(main_module.truceline, "main", broken)
    asked = run("violations")
    assert asked.code == 70
    assert "ZeroDivisionError: ours" in asked.err
    assert "fault of ours" in asked.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (psycopg.errors.UndefinedTable("no such table"), "not_migrated"),
        (psycopg.errors.InsufficientPrivilege("not yours"), "postgres_forbids"),
        (psycopg.OperationalError("gone"), "postgres_away"),
        (PermissionError(13, "Permission denied", "/secret"), "file_unusable"),
    ],
)
def test_errors_of_engines_and_system_have_a_code(
    error: Exception, code: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(main_module.truceline, "main", failing)
    asked = run("violations", "--json")
    assert (asked.code, asked.failure["code"]) == (3, code)


def test_ctrl_c_exits_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(truceline, "invoke", interrupted)
    assert run("status").code == 130


def test_a_reader_that_has_enough_is_no_fault() -> None:
    program = f"{sys.executable} -m services.cli schema | head -c 10"
    ran = subprocess.run(
        ["/bin/sh", "-c", program], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert len(ran.stdout) == 10
    assert "Traceback" not in ran.stderr


def complete(words: str, typed: str, shell: str = "bash") -> str:
    environment = {
        **os.environ,
        "_TRUCELINE_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": f"truceline {words}{typed}",
        "COMP_CWORD": str(len(words.split()) + 1),
    }
    program = "from services.cli.main import main; main([])"
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    return ran.stdout


@pytest.mark.parametrize(
    ("words", "typed", "offered"),
    [
        ("", "viol", "violations"),
        ("corridor ", "av", "availability"),
        ("violations ", "--zo", "--zone"),
    ],
)
def test_tab_completes_commands_and_those_of_groups(words: str, typed: str, offered: str) -> None:
    found = complete(words, typed)
    assert found == f"plain,{offered}\n"


def test_tab_completes_the_words_of_a_choice() -> None:
    assert "plain,fire_into_zone" in complete("violations --kind ", "fire_into")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shells_script_calls_the_program(shell: str, run: Run) -> None:
    asked = run("completion", shell)
    assert "_TRUCELINE_COMPLETE" in asked.out
    (said,) = run("completion", shell, "--json").lines
    assert said["shell"] == shell
    assert said["script"] in asked.out
