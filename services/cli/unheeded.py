"""`truceline unheeded`: what was declared, notified or claimed without effect, and why."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import rich_click as click

from services.cli.standing import Shown, ask, asked_options, show
from services.standing import UnheededRow
from services.standing import unheeded as all_unheeded

SHOWN: Final = Shown[UnheededRow](
    "Said without effect, as the agreement reads it that is in force at",
    ("Event", "Reason!", "Mission"),
    lambda row: (row.event, row.reason, row.mission),
)


@click.command(epilog="Example: truceline unheeded --mission osce-smm")
@asked_options
def unheeded(
    instant_at: datetime | None, known_at: datetime | None, mission: str | None, *, as_json: bool
) -> None:
    """List context events that have no effect, each with the reason.

    With --json, a line each: "mission", "event" (source/id), "reason", "at".
    """
    at, rows = ask(all_unheeded, instant_at, known_at, mission)
    show(rows, at, SHOWN, as_json=as_json)
