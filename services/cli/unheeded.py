"""`truceline unheeded`: what was declared, notified or claimed without effect, and why."""

from __future__ import annotations

from typing import Final

import rich_click as click

from services.cli.standing import Asking, Shown, asked_options
from services.standing import UnheededRow
from services.standing import unheeded as all_unheeded

SHOWN: Final = Shown[UnheededRow](
    "Said without effect, by the agreement in force at",
    ("Event", "Reason!", "Mission"),
    lambda row: (row.event, row.reason, row.mission),
)


@click.command(epilog="Example: truceline unheeded --mission osce-smm")
@asked_options
def unheeded(asking: Asking) -> None:
    """List context events that have no effect, each with the reason.

    With --json, a line each: "mission", "event" (source/id), "reason", "draft", "at".
    """
    asking.show(all_unheeded, SHOWN)
