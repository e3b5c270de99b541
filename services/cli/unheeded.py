"""`truceline unheeded`: what was declared, notified or claimed without effect, and why."""

from __future__ import annotations

from datetime import datetime

import rich_click as click

from services.cli.output import instant, print_table
from services.cli.standing import ask, asked_options, print_rows_as_json
from services.standing import unheeded as all_unheeded


@click.command(epilog="Example: truceline unheeded --mission osce-smm")
@asked_options
def unheeded(
    instant_at: datetime | None, known_at: datetime | None, mission: str | None, *, as_json: bool
) -> None:
    """List context events that have no effect, each with the reason.

    With --json, a line each: "mission", "event" (source/id), "reason", "at".
    """
    at, rows = ask(all_unheeded, instant_at, known_at, mission)
    if as_json:
        print_rows_as_json(rows, at)
        return
    print_table(
        f"Said without effect, as the agreement of {instant(at)} reads it",
        ("Event", "Reason!", "Mission"),
        [(row.event, row.reason, row.mission) for row in rows],
    )
