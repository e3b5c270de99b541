"""`truceline due`: what is coming up, what has fallen due, and what did not after all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import rich_click as click

from services.cli.output import INSTANT, json_option, require_order
from services.cli.standing import Shown, show
from services.due import DueAsked, DueState, DueTold
from services.due import due as all_due
from services.settings import load_settings
from services.store.engine import connect
from streams.due import Rule

BEFORE, AFTER = timedelta(days=1), timedelta(days=7)
NOTE = "What is coming may still be moved or settled. Overdue is by what is known, and no finding."

TABLE: Shown[DueTold] = Shown(
    "Due, as known at",
    ("When!", "What!", "Of", "State!", "Written!", "Draft"),
    lambda row: (
        row.due_at,
        row.rule,
        (row.subject, row.mission),
        row.state,
        row.written_at,
        "yes" if row.draft else "",
    ),
    note=NOTE,
)


@click.command(epilog="Example: truceline due --rule measure_overdue")
@click.option("--mission", help="Of this mission alone.")
@click.option("--rule", type=click.Choice([rule.value for rule in Rule]), help="This alone.")
@click.option("--state", type=click.Choice([it.value for it in DueState]), help="These alone.")
@click.option("--since", type=INSTANT, help="Due then or later. Default: a day ago.")
@click.option("--until", type=INSTANT, help="Due before. Default: in a week.")
@click.option("--known-at", type=INSTANT, help="By what was known then. Default: now.")
@json_option
def due(  # noqa: PLR0913, PLR0917 (each is one thing that may be asked for)
    mission: str | None,
    rule: str | None,
    state: str | None,
    since: datetime | None,
    until: datetime | None,
    known_at: datetime | None,
    *,
    as_json: bool,
) -> None:
    """Show deadlines, truces, phases and corridors that fall due, or have.

    With --json, a line each: "mission", "agreement", "subject", "rule", "due_at", "state" (coming,
    due, unwritten: the timer has yet to write it, withdrawn: it did not fall due after all),
    "written_at", "revision", "draft" (not all parties have signed the version in force then), "at".
    """
    now = datetime.now(UTC)
    at = min(known_at or now, now)
    require_order(since, until)
    asked = DueAsked(
        mission, Rule(rule) if rule else None, since or at - BEFORE, until or at + AFTER, at
    )
    with connect(load_settings().database()) as conn:
        rows = [row for row in all_due(conn, asked) if state in (None, row.state)]
    show(rows, at, TABLE, as_json=as_json)
