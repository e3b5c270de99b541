"""What the commands on phases, measures, truces and exchanges share: whom, when, how shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, NamedTuple, TypeVar

import rich_click as click
from msgspec import Struct
from msgspec.structs import asdict

from services.cli.output import INSTANT, instant, json_option, print_json, print_table
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


class Shown(NamedTuple, Generic[R]):
    """How rows are shown to people."""

    title: str
    """The instant they hold for is added."""
    columns: Sequence[str]
    cells: Callable[[R], Sequence[object]]
    note: str = ""


def show(rows: Sequence[R], at: datetime, shown: Shown[R], *, as_json: bool) -> None:
    """As JSON a row a line, with the instant it holds for; or as a table."""
    if as_json:
        for row in rows:
            print_json({**asdict(row), "at": at})
        return
    print_table(
        f"{shown.title} {instant(at)}",
        shown.columns,
        [shown.cells(row) for row in rows],
        note=shown.note,
    )
