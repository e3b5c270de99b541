"""`truceline`: the table of commands, and where an error becomes one line and an exit code.

Exit codes: 0 done; 1 done, and the answer is no (mistakes found, nothing under that id, events
refused); 2 wrong usage; 3 cannot (an engine or a file is not there, the line says what to do);
70 a fault of ours, with its traceback.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from typing import Any

import click
import rich_click

from services.cli.output import EXIT_CANNOT, EXIT_NO

COMMANDS = (
    "up",
    "demo",
    "judge",
    "agreement",
    "submit",
    "violations",
    "explain",
    "corridor",
    "rejected",
    "status",
    "db",
    "schema",
    "completion",
)
"""In the order of a first day. Each is `services.cli.<name>:<name>`, imported when it is asked."""


class Commands(rich_click.RichGroup):
    """Imports a command only when it is asked, so that each starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them, in the order above."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(
            importlib.import_module(f"services.cli.{cmd_name}"), cmd_name
        )
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="A first look: truceline demo",
)
@click.version_option(package_name="truceline")
def truceline() -> None:
    """Verify ceasefires: reports in, judged by what was agreed, with reasons."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command; every error that a person can act on becomes one line."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        truceline.main(arguments, prog_name="truceline", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.Abort:
        sys.exit(130)  # Ctrl-C, as shells report it
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has enough
        sys.exit(EXIT_NO)
    except Exception as error:  # the last resort: what is not ours to explain goes on upwards
        code = _explain(error, as_json="--json" in arguments)
        if code is None:
            raise
        sys.exit(code)


def _explain(error: Exception, *, as_json: bool) -> int | None:
    """Say what is wrong in one line, where the error is one that a person can act on."""
    from services.cli.failures import line_of  # noqa: PLC0415  needs every package; only now

    line = line_of(error)
    if line is None:
        return None
    body: dict[str, Any] = {"error": line, "type": type(error).__name__}
    sys.stderr.write(json.dumps(body) + "\n" if as_json else f"truceline: {line}\n")
    return EXIT_CANNOT
