"""`truceline`: the table of commands, and where an error becomes one line and an exit code.

Exit codes:

    0    done
    1    done, and the answer is no: mistakes found, nothing under that id, events refused,
         another version under a known id, a history that does not replay, something that needs an
         operator's eye (`status`)
    2    wrong usage, a file argument that is not there included
    3    cannot: an engine, the gateway, a key or a folder is not there or not usable; the line says
         what to do, and what waits is safe in the spool
    70   a fault of ours, with its traceback
    78   `worker`, `relay`, `timer` and `gateway` only: a person has to change something before it
         can run
    130  Ctrl-C

Results go to standard output, everything else to standard error. With `--json` an error is one
JSON object on standard error: "error" (the line), "code" (stable, lower_snake_case) and, where
there are any, "mistakes".
"""

from __future__ import annotations

import difflib
import importlib
import json
import sys
import traceback
from collections.abc import Sequence
from typing import Any, Final

import rich_click as click

from services.cli.output import EXIT_FAULT, EXIT_INTERRUPTED, EXIT_USAGE

COMMANDS: Final = {
    "up": "Start PostgreSQL, Kafka, workers, relay, timer and gateway, and keep them up.",
    "demo": "Run the whole way on 174 real observations, in a temporary folder.",
    "judge": "Judge REPORTS under AGREEMENT and METHODOLOGY, with no engine.",
    "agreement": "Check, sign, load, list, show and compare agreements and methodologies.",
    "rejudge": "Assess history again as a version has it that was loaded after it.",
    "where": "Say what TEXTS about places are understood as.",
    "submit": "Send FILES of reports and corridor statuses to the gateway.",
    "spool": "Show, send on or export what waits for the gateway.",
    "violations": "List the violations that stand, newest first.",
    "desk": "Look at results, and release them: what waits, who did what, decide.",
    "case": "Open, work, rule and show cases: allegations that people rule on.",
    "channel": "Write and read the joint channel: requests, replies, dissents, notices.",
    "incidents": "List incidents, the newest first: violations near each other in space and time.",
    "coverage": "Show how long zones were watched, beside what was found there.",
    "flags": "List what in the reports asks for a second look, each with its reason.",
    "explain": "Say why the report REPORT_ID was judged as it was.",
    "whereabouts": "Show where sighted subjects are known to have been: entries, exits, how long.",
    "corridor": "Show the availability of corridors.",
    "measures": "Show what is due, and what is overdue; the first due comes first.",
    "totals": "Show totals by zone, kind, party or day, against the period before.",
    "truces": "Show local truces: proposed, agreed, in force, suspended, ended early, lapsed.",
    "phases": "Show which phases have begun, and which measures the others wait for.",
    "exchanges": "Show exchanges of prisoners, detainees and remains: each side's counts by step.",
    "due": "Show deadlines, truces, phases and corridors that fall due, or have.",
    "unheeded": "List context events that have no effect, each with the reason.",
    "rejected": "List refused events, newest first.",
    "status": "Show engines, workers, lag and figures.",
    "token": "Make, list and revoke the tokens of the gateway's callers.",
    "receipt": "Verify receipts; show and rotate the keys that sign them.",
    "db": "Bring the database to this version.",
    "topics": "Make the Kafka topics that are not there; those that are stay as they are.",
    "worker": "Run one worker, until SIGTERM.",
    "relay": "Run one relay, until SIGTERM.",
    "timer": "Run one timer, until SIGTERM.",
    "gateway": "Run one gateway, until SIGTERM.",
    "schema": "Write the JSON Schema of reports and statuses, or the AsyncAPI document.",
    "completion": "Print the tab completion script of SHELL.",
}
"""In the order of a first day, each with the first line of its help.

Each is `services.cli.<name>:<name>`, imported when it is asked, so that all of them start fast.
"""


def load(name: str) -> click.Command:
    """Import a command of `COMMANDS`."""
    command: click.Command = getattr(importlib.import_module(f"services.cli.{name}"), name)
    return command


class Commands(click.RichGroup):
    """Lists commands by the table above, and imports the one that is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, in the order above."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Name and summary alone: help and completion of the whole import nothing."""
        del ctx
        summary = COMMANDS.get(cmd_name)
        return None if summary is None else click.Command(cmd_name, help=summary)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command itself, imported."""
        near = difflib.get_close_matches(args[0], COMMANDS, n=1)
        if args[0] not in COMMANDS and near and not ctx.resilient_parsing:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        name, found, rest = super().resolve_command(ctx, args)
        return name, load(name) if name and found else None, rest


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: truceline demo",
)
@click.version_option(package_name="truceline")
def truceline() -> None:
    """Verify ceasefires: reports in, judged by what was agreed, with reasons."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command; every error that a person can act on becomes one line."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json = "--json" in arguments
    try:
        sys.exit(truceline.main(arguments, prog_name="truceline", standalone_mode=False))
    except click.Abort:
        sys.exit(EXIT_INTERRUPTED)
    except click.ClickException as error:
        _say_usage(error, as_json=as_json)
        sys.exit(EXIT_USAGE)
    except Exception as error:  # noqa: BLE001  the last resort: the process ends here
        sys.exit(_say(error, as_json=as_json))


def _say_usage(error: click.ClickException, *, as_json: bool) -> None:
    if as_json:
        _say_json({"error": error.format_message(), "code": "usage"})
    else:
        error.show()


def _say(error: Exception, *, as_json: bool) -> int:
    """Say what is wrong in one line where a person can act on it; returns the exit code."""
    from services.cli.failures import failure_of  # noqa: PLC0415  needs every package; only now

    failure = failure_of(error)
    if failure is None:
        traceback.print_exception(error)
        sys.stderr.write("truceline: this is a fault of ours: please report the lines above\n")
        return EXIT_FAULT
    if as_json:
        _say_json(failure.plain())
    else:
        sys.stderr.write(f"{failure}\n")
    return failure.exit_code


def _say_json(body: dict[str, Any]) -> None:
    sys.stderr.write(json.dumps(body, ensure_ascii=False) + "\n")
