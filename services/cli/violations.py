"""`truceline violations`: what stands, or how much of it."""

from __future__ import annotations

from datetime import datetime

import click

from services.cli.output import INSTANT, json_option, print_json, print_table
from services.settings import load_settings
from services.store.engine import connect
from services.store.queries.totals import RULE, Total, overall, totals
from services.store.queries.violations import FoundViolation
from services.store.queries.violations import violations as find
from streams.assessment import STATUS
from streams.vocabulary import Verdict, ViolationKind


@click.command(
    epilog="Example: truceline violations --zone security-zone --since 2018-01-01T00:00Z"
)
@click.option("--mission")
@click.option("--zone", help="Zone id.")
@click.option("--kind", type=click.Choice([kind.value for kind in ViolationKind]))
@click.option("--verdict", type=click.Choice(["violation", "possible_violation"]))
@click.option("--since", type=INSTANT, help="Observed at or after, with UTC offset.")
@click.option("--until", type=INSTANT, help="Observed before.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--totals", "as_totals", is_flag=True, help="Totals by zone, kind and verdict.")
@json_option
def violations(  # noqa: PLR0913, PLR0917 (each is one thing a coordinator may ask for)
    mission: str | None,
    zone: str | None,
    kind: str | None,
    verdict: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    *,
    as_totals: bool,
    as_json: bool,
) -> None:
    """List the violations that stand, newest first; all of them automatic and unreviewed."""
    with connect(load_settings().database()) as conn:
        if as_totals:
            print_totals(
                totals(conn, mission=mission, since=since, until=until),
                overall(conn, mission=mission, since=since, until=until),
                as_json=as_json,
            )
            return
        found = find(
            conn,
            mission=mission,
            zone=zone,
            kind=ViolationKind(kind) if kind else None,
            verdict=Verdict(verdict) if verdict else None,
            since=since,
            until=until,
            limit=limit,
        )
    if as_json:
        for row in found:
            print_json({**row._asdict(), "status": STATUS})
        return
    print_table(
        "Violations",
        ("Observed", "Zone", "Kind", "Verdict", "p #", "Events #", "Clause", "Report"),
        [_row(row) for row in found],
        note=f"{STATUS}; why: truceline explain REPORT",
    )


def _row(row: FoundViolation) -> tuple[object, ...]:
    return (
        row.observed_from,
        row.zone_id,
        row.kind,
        row.verdict,
        row.p_inside,
        events(row.count_min, row.count_max, row.count_qualifier),
        row.clause,
        row.event_id,
    )


def events(low: int | None, high: int | None, qualifier: str | None = None) -> str:
    """A count as it was reported; open ones stay "at least"."""
    if low is None:
        return "-"
    if high is None:
        return f"at least {low}"
    number = f"{low}" if low == high else f"{low}-{high}"
    return f"{qualifier} {number}" if qualifier in ("about", "almost", "over") else number


def print_totals(cells: list[Total], sums: list[Total], *, as_json: bool) -> None:
    """The totals by zone and kind, then each report once."""
    if as_json:
        print_json({"rule": RULE, "status": STATUS, "cells": cells, "overall": sums})
        return
    rows = [_total_row(cell) for cell in cells]
    rows += [_total_row(cell._replace(zone_id="all", kind="all")) for cell in sums]
    print_table(
        "Violations by zone and kind",
        ("Zone", "Kind", "Verdict", "Reports #", "Observed events #", "No number #"),
        rows,
        note=f"{STATUS}; {RULE}. Observed events are no rounds: one shot may show twice.",
    )


def _total_row(cell: Total) -> tuple[object, ...]:
    return (
        cell.zone_id,
        cell.kind,
        cell.verdict,
        cell.reports,
        events(cell.count_min, cell.count_max),
        cell.uncounted,
    )
