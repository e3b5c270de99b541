"""`truceline completion`: tab completion for a shell."""

from __future__ import annotations

import rich_click as click
from click.shell_completion import get_completion_class

from services.cli.main import truceline
from services.cli.output import json_option, print_json


@click.command(epilog="Example: truceline completion bash >> ~/.bashrc")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@json_option
def completion(shell: str, *, as_json: bool) -> None:
    """Print the tab completion script of SHELL.

    Append it to the shell's start-up file. With --json one line {"shell", "script"}.
    """
    found = get_completion_class(shell)
    assert found is not None, "the choice lists only shells that click knows"
    script = found(truceline, {}, "truceline", "_TRUCELINE_COMPLETE").source()
    if as_json:
        print_json({"shell": shell, "script": script})
    else:
        click.echo(script)
