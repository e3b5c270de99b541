"""`truceline demo`: the whole way once, and what to look at."""

from __future__ import annotations

import rich_click as click

from services.cli.output import json_option


@click.command(epilog="Example: truceline demo --json")
@json_option
def demo(*, as_json: bool) -> None:
    """Run the whole way on 174 real observations, in a temporary folder.

    Fresh engines, an illustrative agreement, real observations through gateway, Kafka and Faust
    into PostgreSQL, and what came of them; everything is stopped and removed after. Takes no
    setting from the environment. With --json the result is one line: "notice", "sent", "receipts",
    "receipt", "verdicts", "totals", "overall", "incidents", "merged", "corridor", "explained",
    "refused".
    """
    from services.cli.demo_pages import run  # noqa: PLC0415  its help needs neither engine

    run(as_json=as_json)
