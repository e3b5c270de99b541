"""`truceline phases`: which phases have begun, and what the others wait for."""

from __future__ import annotations

from typing import Final

import rich_click as click

from services.cli.standing import Asking, Shown, asked_options
from services.standing import PhaseRow
from services.standing import phases as all_phases

SHOWN: Final = Shown[PhaseRow](
    "Phases at",
    ("Phase", "Begun!", "When!", "Waits for"),
    lambda row: (
        (row.phase, row.name, row.mission),
        "yes" if row.begun else "no",
        row.at_begin,
        row.waits_for,
    ),
)


@click.command(epilog="Example: truceline phases --json")
@asked_options
def phases(asking: Asking) -> None:
    """Show which phases have begun, and which measures the others wait for.

    With --json, a line each: "mission", "phase", "name", "begun", "at_begin" (null: nothing that is
    known begins it), "waits_for", "draft", "at".
    """
    asking.show(all_phases, SHOWN)
