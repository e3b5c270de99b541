"""`truceline truces`: local truces, whether they hold, and who guarantees them."""

from __future__ import annotations

from datetime import datetime

import rich_click as click

from services.cli.output import instant, print_table
from services.cli.standing import ask, asked_options, print_rows_as_json
from services.standing import truces as all_truces


@click.command(epilog="Example: truceline truces --at 2018-09-05T10:00+03:00")
@click.option("--holding", is_flag=True, help="Only those whose terms are in force.")
@asked_options
def truces(
    instant_at: datetime | None,
    known_at: datetime | None,
    mission: str | None,
    *,
    holding: bool,
    as_json: bool,
) -> None:
    """Show local truces: proposed, agreed, in force, suspended, ended early, lapsed.

    With --json, a line each: "mission", "truce", "purpose", "state", "holds", "since", "ends_at",
    "zones", "corridors", "guarantors", "text", "at".
    """
    at, rows = ask(all_truces, instant_at, known_at, mission)
    rows = [row for row in rows if row.holds or not holding]
    if as_json:
        print_rows_as_json(rows, at)
        return
    print_table(
        f"Local truces at {instant(at)}",
        ("Truce", "For", "State!", "Since!", "Ends!", "Where", "Guarantors"),
        [
            (
                (row.truce, row.mission),
                row.purpose,
                (row.state, "holds") if row.holds else row.state,
                row.since,
                row.ends_at,
                (*row.zones, *row.corridors),
                row.guarantors,
            )
            for row in rows
        ],
        note="Agreed is not in force. A truce that does not hold prohibits nothing.",
    )
