"""`truceline db`: the database's tables."""

from __future__ import annotations

import click

from services.cli.output import json_option, print_json
from services.settings import load_settings
from services.store.migrate import upgrade as migrate


@click.group()
def db() -> None:
    """Bring the database to this version."""


@db.command(epilog="Example: truceline db upgrade")
@json_option
def upgrade(*, as_json: bool) -> None:
    """Migrate the tables to this version and make the next months' partitions; safe to repeat."""
    migrate(load_settings().database())
    if as_json:
        print_json({"upgraded": True})
    else:
        click.echo("the database is at this version")
