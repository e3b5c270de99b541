"""`truceline measures`: what the parties owe and claim, what is verified, what is overdue."""

from __future__ import annotations

from typing import Final

import rich_click as click

from services.cli.standing import Asking, Shown, asked_options
from services.standing import MeasureRow
from services.standing import measures as all_measures


@click.command(epilog="Example: truceline measures --overdue")
@click.option("--overdue", is_flag=True, help="Only those whose deadline has passed unverified.")
@asked_options
def measures(asking: Asking, *, overdue: bool) -> None:
    """Show what is due, and what is overdue; the first due comes first.

    With --json, a line each: "mission", "measure", "name", "clause", "party", "state", "overdue",
    "due", "amount", "claimed", "verified", "unit", "evidence", "draft", "at".
    """
    asking.show(all_measures, SHOWN, lambda row: row.overdue or not overdue)


def _of(row: MeasureRow) -> str | None:
    if row.amount is None:
        return None
    return f"{row.amount} {row.unit}" if row.unit else f"{row.amount}"


SHOWN: Final = Shown[MeasureRow](
    "Measures at",
    ("Measure", "Party", "Due!", "State!", "Claimed#", "Verified#", "Of#"),
    lambda row: (
        (row.measure, row.name, row.mission),
        row.party,
        row.due,
        (row.state, "overdue") if row.overdue else row.state,
        row.claimed,
        row.verified,
        _of(row),
    ),
    "claimed: by the party. verified: by the mission. Both are kept apart.",
)
