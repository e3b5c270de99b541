"""`truceline completion`: tab completion for a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from services.cli.output import json_option, print_json


@click.command(epilog="Example: truceline completion bash >> ~/.bashrc")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@json_option
def completion(shell: str, *, as_json: bool) -> None:
    """Print the completion script of SHELL; source it from the shell's start-up file."""
    found = get_completion_class(shell)
    assert found is not None, "the choice lists only shells that click knows"
    root = click.get_current_context().find_root().command
    script = found(root, {}, "truceline", "_TRUCELINE_COMPLETE").source()
    if as_json:
        print_json({"shell": shell, "script": script})
    else:
        click.echo(script)
