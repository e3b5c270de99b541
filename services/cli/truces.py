"""`truceline truces`: local truces, whether they hold, and who guarantees them."""

from __future__ import annotations

from typing import Final

import rich_click as click

from services.cli.standing import Asking, Shown, asked_options
from services.standing import TruceRow
from services.standing import truces as all_truces

SHOWN: Final = Shown[TruceRow](
    "Local truces at",
    ("Truce", "For", "State!", "Since!", "Ends!", "Where", "Guarantors"),
    lambda row: (
        (row.truce, row.mission),
        row.purpose,
        (row.state, "holds") if row.holds else row.state,
        row.since,
        row.ends_at,
        (*row.zones, *row.corridors),
        row.guarantors,
    ),
    "Agreed is not in force. A truce that does not hold prohibits nothing.",
)


@click.command(epilog="Example: truceline truces --at 2018-09-05T10:00+03:00")
@click.option("--holding", is_flag=True, help="Only those whose terms are in force.")
@asked_options
def truces(asking: Asking, *, holding: bool) -> None:
    """Show local truces: proposed, agreed, in force, suspended, ended early, lapsed.

    With --json, a line each: "mission", "truce", "purpose", "state", "holds", "since", "ends_at",
    "zones", "corridors", "guarantors", "text", "draft", "at".
    """
    asking.show(all_truces, SHOWN, lambda row: row.holds or not holding)
