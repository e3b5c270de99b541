"""What the commands on phases, measures, truces and exchanges share: whom, when, how shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Generic, NamedTuple, TypeVar

import rich_click as click
from msgspec import Struct
from msgspec.structs import asdict

from services.cli.output import INSTANT, instant, json_option, print_json, print_table
from services.settings import load_settings
from services.standing import Asked
from services.store.engine import Connection, connect
from streams.assessment import DRAFT

R = TypeVar("R", bound=Struct)


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
    by_draft = any(getattr(row, "draft", False) for row in rows)
    print_table(
        f"{shown.title} {instant(at)}",
        shown.columns,
        [shown.cells(row) for row in rows],
        note=f"{shown.note} Agreed {DRAFT}.".strip() if by_draft else shown.note,
    )


class Asking(NamedTuple):
    """What each of these commands may be asked: as it stands when, by what was known when."""

    instant_at: datetime | None
    known_at: datetime | None
    mission: str | None
    as_json: bool

    def show(
        self,
        question: Callable[[Connection, Asked], list[R]],
        shown: Shown[R],
        keep: Callable[[R], bool] = lambda _: True,
    ) -> None:
        """Show the rows that are to be kept, and the instant they hold for."""
        now = datetime.now(UTC)
        asked = Asked(self.mission, self.instant_at or now, min(self.known_at or now, now))
        with connect(load_settings().database()) as conn:
            rows = question(conn, asked)
        show([row for row in rows if keep(row)], asked.at, shown, as_json=self.as_json)


def asked_options(command: Callable[..., None]) -> Callable[..., None]:
    """`--at`, `--known-at`, `--mission`, `--json`, handed to the command as what is `Asking`."""

    @wraps(command)
    def run(
        *,
        instant_at: datetime | None,
        known_at: datetime | None,
        mission: str | None,
        as_json: bool,
        **more: Any,  # noqa: ANN401 (the command's own)
    ) -> None:
        command(Asking(instant_at, known_at, mission, as_json), **more)

    options = (
        json_option,
        click.option("--mission", help="Of this mission alone."),
        click.option("--known-at", type=INSTANT, help="By what was known then. Default: now."),
        click.option("--at", "instant_at", type=INSTANT, help="As it stands then. Default: now."),
    )
    for option in options:
        run = option(run)
    return run
