"""What the commands about phases, measures and truces share: whom, when, and how it is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import rich_click as click
from msgspec import Struct
from msgspec.structs import asdict

from services.cli.output import INSTANT, json_option, print_json
from services.settings import load_settings
from services.standing import Asked
from services.store.engine import Connection, connect

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R", bound=Struct)


def asked_options(command: F) -> F:
    """`--at`, `--known-at`, `--mission`, `--json`."""
    options = (
        json_option,
        click.option("--mission", help="Of this mission alone."),
        click.option("--known-at", type=INSTANT, help="By what was known then. Default: now."),
        click.option("--at", "instant_at", type=INSTANT, help="As it stands then. Default: now."),
    )
    for option in options:
        command = option(command)
    return command


def ask(
    question: Callable[[Connection, Asked], list[R]],
    instant_at: datetime | None,
    known_at: datetime | None,
    mission: str | None,
) -> tuple[datetime, list[R]]:
    """The instant that was asked about, and the rows."""
    now = datetime.now(UTC)
    asked = Asked(mission, instant_at or now, min(known_at or now, now))
    with connect(load_settings().database()) as conn:
        return asked.at, question(conn, asked)


def print_rows_as_json(rows: Sequence[Struct], at: datetime) -> None:
    """A row a line, with the instant it holds for."""
    for row in rows:
        print_json({**asdict(row), "at": at})
