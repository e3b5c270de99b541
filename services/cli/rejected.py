"""`truceline rejected`: what was refused, and why."""

from __future__ import annotations

from datetime import datetime

import click

from services.cli.output import INSTANT, json_option, print_json, print_table
from services.settings import load_settings
from services.store.engine import connect
from services.store.queries.rejected import FoundRejected
from services.store.queries.rejected import rejected as find


@click.command(epilog="Example: truceline rejected --reason missing_utc_offset")
@click.option("--reason", help="Reason code.")
@click.option("--mission")
@click.option("--since", type=INSTANT)
@click.option("--until", type=INSTANT)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@json_option
def rejected(  # noqa: PLR0913 (each is one thing an operator may ask for)
    reason: str | None,
    mission: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List refused events, newest first. Their bytes are kept, under the hash shown with --json."""
    with connect(load_settings().database()) as conn:
        found = find(conn, reason=reason, mission=mission, since=since, until=until, limit=limit)
    if as_json:
        for row in found:
            print_json(row)
        return
    print_rejected(found)


def print_rejected(found: list[FoundRejected]) -> None:
    """Refused events as a table."""
    print_table(
        "Refused events",
        ("Received", "Reason", "Message", "Report", "Bytes #"),
        [(r.received_at, r.reason, r.message[:120], r.event_id, r.size_bytes) for r in found],
        note="Mend what the message says and submit again, under the same id.",
    )
