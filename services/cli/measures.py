"""`truceline measures`: what the parties owe and claim, what is verified, what is overdue."""

from __future__ import annotations

from datetime import datetime

import rich_click as click

from services.cli.output import instant, print_table
from services.cli.standing import ask, asked_options, print_rows_as_json
from services.standing import MeasureRow
from services.standing import measures as all_measures

NOTE = "claimed: by the party. verified: by the mission. Both are kept apart."


@click.command(epilog="Example: truceline measures --overdue")
@click.option("--overdue", is_flag=True, help="Only those whose deadline has passed unverified.")
@asked_options
def measures(
    instant_at: datetime | None,
    known_at: datetime | None,
    mission: str | None,
    *,
    overdue: bool,
    as_json: bool,
) -> None:
    """Show what is due, and what is overdue; the first due comes first.

    With --json, a line each: "mission", "measure", "name", "clause", "party", "state", "overdue",
    "due", "amount", "claimed", "verified", "unit", "evidence", "at".
    """
    at, rows = ask(all_measures, instant_at, known_at, mission)
    rows = [row for row in rows if row.overdue or not overdue]
    if as_json:
        print_rows_as_json(rows, at)
        return
    print_table(
        f"Measures at {instant(at)}",
        ("Measure", "Party", "Due!", "State!", "Claimed#", "Verified#", "Of#"),
        [
            (
                (row.measure, row.name, row.mission),
                row.party,
                row.due,
                (row.state, "overdue") if row.overdue else row.state,
                row.claimed,
                row.verified,
                _of(row),
            )
            for row in rows
        ],
        note=NOTE,
    )


def _of(row: MeasureRow) -> str | None:
    if row.amount is None:
        return None
    return f"{row.amount} {row.unit}" if row.unit else f"{row.amount}"
