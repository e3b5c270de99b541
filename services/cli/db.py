"""`truceline db`: the database's tables."""

from __future__ import annotations

import rich_click as click

from services.cli.output import json_option, print_json
from services.settings import load_settings


@click.group(epilog="Example: truceline db upgrade")
def db() -> None:
    """Bring the database to this version."""


@db.command(epilog="Example: truceline db upgrade")
@json_option
def upgrade(*, as_json: bool) -> None:
    """Migrate the tables to this version and make the next months' partitions; safe to repeat.

    With --json one line {"upgraded": true}.
    """
    from services.store.migrate import upgrade as migrate  # noqa: PLC0415  Alembic takes its time

    migrate(load_settings().database())
    if as_json:
        print_json({"upgraded": True})
    else:
        click.echo("the database is at this version")
