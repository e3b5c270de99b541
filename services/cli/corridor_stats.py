"""`truceline corridor stats`: promised time against usable time, by the cause of each loss."""

from __future__ import annotations

from datetime import datetime

import rich_click as click
from msgspec.structs import asdict

from services.cli.corridor_names import AskedCorridor, corridor_options, note
from services.cli.output import INSTANT, print_json, print_lines, print_table, span
from services.corridor_figures import (
    COVERAGE,
    FigureTold,
    StatsAsked,
    corridor_figures,
    period_of,
)


@click.command(
    name="stats",
    epilog="Example: truceline corridor stats zolote-road --from 2018-09-05T00:00+03:00"
    " --to 2018-09-06T00:00+03:00",
)
@click.option("--from", "since", type=INSTANT, help="From then on. Default: 30 days before --to.")
@click.option("--to", "until", type=INSTANT, help="And before that. Default: now.")
@corridor_options
def stats(of: AskedCorridor, *, since: datetime | None, until: datetime | None) -> None:
    """Show what was promised of CORRIDOR_ID, what could be used, and to what the rest was lost.

    Each figure with its definition; usable and all losses add up to promised. The period ends with
    what was known: of what is to come there is no figure.

    With --json, a figure a line: "mission", "corridor", "figure", "minutes", "share", "cause",
    "state", "starts_at", "ends_at", "definition", "coverage", "since", "until", "known_at",
    "draft", "window_disputed".
    """
    with of.opened() as (conn, name, part, now):
        asked = StatsAsked(name, since, until, of.known_at, part)
        period = period_of(asked, now)
        if period is None:
            raise click.UsageError("--from must lie before --to, and before what is known ends")
        found = corridor_figures(conn, asked, period)
    if of.as_json:
        for row in found:
            print_json(asdict(row))
        return
    print_table(
        f"Corridor {name.corridor_id} of {name.mission}, {span(period.since, period.until)}",
        ("Figure!", "Minutes#", "Share#", "Cause", "When"),
        [_cells(row) for row in found],
        note=note(draft=found[0].draft, disputed=found[0].window_disputed),
    )
    print_lines({row.figure: f"{row.figure}: {row.definition}." for row in found}.values())
    covered = "nothing is promised" if found[0].coverage is None else f"{found[0].coverage:.1%}"
    print_lines([f"{COVERAGE}. Here: {covered}."])


def _cells(row: FigureTold) -> tuple[object, ...]:
    when = None if row.starts_at is None else span(row.starts_at, row.ends_at or row.starts_at)
    return (
        row.figure,
        None if row.minutes is None else f"{row.minutes:.1f}",
        None if row.share is None else f"{row.share:.1%}",
        row.cause if row.state is None else f"{row.cause} ({row.state})",
        row.starts_at if row.ends_at is None else when,
    )
