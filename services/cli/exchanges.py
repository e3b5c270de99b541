"""`truceline exchanges`: how many were listed, transferred, absent, by each side's own count."""

from __future__ import annotations

from typing import Final

import rich_click as click

from services.cli.standing import Asking, Shown, asked_options
from services.standing import ExchangeRow
from services.standing import exchanges as all_exchanges

SHOWN: Final = Shown[ExchangeRow](
    "Exchanges at",
    ("Exchange", "Window!", "From, to", "Step!", "Agreed#", "Giver#", "Receiver#", "Mission#", "!"),
    lambda row: (
        (f"{row.exchange} {row.name}", row.mission),
        (row.phase, "truce holds" if row.truce_holds else "no truce"),
        (row.handed_over_by, row.received_by, row.category),
        row.step,
        row.agreed,
        row.giver_says or None,
        row.receiver_says or None,
        row.mission_says or None,
        row.discrepancies or None,
    ),
    "Each counts for itself; - is not said. What differs is named and not reconciled.",
)


@click.command(epilog="Example: truceline exchanges --differing")
@click.option("--differing", is_flag=True, help="Only where counts do not fit together.")
@asked_options
def exchanges(asking: Asking, *, differing: bool) -> None:
    """Show exchanges of prisoners, detainees and remains: each side's counts by step.

    With --json, a line for each step of each list: "mission", "exchange", "name", "clause",
    "phase", "begins_at", "ends_at", "points", "truce", "truce_holds", "handed_over_by",
    "received_by", "category", "step", "agreed", "giver_says", "receiver_says", "mission_says" (each
    a list: empty, nothing; several, its words differ), "discrepancies", "draft", "at".
    """
    asking.show(all_exchanges, SHOWN, lambda row: bool(row.discrepancies) or not differing)
