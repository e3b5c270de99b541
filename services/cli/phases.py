"""`truceline phases`: which phases have begun, and what the others wait for."""

from __future__ import annotations

from datetime import datetime

import rich_click as click

from services.cli.output import instant, print_table
from services.cli.standing import ask, asked_options, print_rows_as_json
from services.standing import phases as all_phases


@click.command(epilog="Example: truceline phases --json")
@asked_options
def phases(
    instant_at: datetime | None, known_at: datetime | None, mission: str | None, *, as_json: bool
) -> None:
    """Show which phases have begun, and which measures the others wait for.

    With --json, a line each: "mission", "phase", "name", "begun", "at_begin" (null: nothing that is
    known begins it), "waits_for", "at".
    """
    at, rows = ask(all_phases, instant_at, known_at, mission)
    if as_json:
        print_rows_as_json(rows, at)
        return
    print_table(
        f"Phases at {instant(at)}",
        ("Phase", "Begun!", "When!", "Waits for"),
        [
            (
                (row.phase, row.name, row.mission),
                "yes" if row.begun else "no",
                row.at_begin,
                row.waits_for,
            )
            for row in rows
        ],
    )
