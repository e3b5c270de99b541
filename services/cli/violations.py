"""`truceline violations`: what stands, or how much of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import rich_click as click

from services.cli.output import (
    INSTANT,
    instant,
    is_wide,
    json_option,
    print_json,
    print_table,
    require_order,
)
from services.settings import load_settings
from services.store.engine import connect
from services.store.queries.totals import RULE, Total, overall, totals
from services.store.queries.violations import After, FoundViolation
from services.store.queries.violations import violations as find
from streams.assessment import status_of
from streams.desk.fold import Review
from streams.desk.reads import reads_now
from streams.keys import Key
from streams.standing_violations import State
from streams.vocabulary import Verdict, ViolationKind


class PageType(click.ParamType):
    """Where the next page begins, as the page before said it."""

    name = "page"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> After:
        """Read the mark, or say where it comes from."""
        try:
            observed, key, term = str(value).split("~", 2)
            return After(datetime.fromisoformat(observed), Key.parse(key), term)
        except ValueError:
            self.fail(f"{value!r} is no page: copy it from the page before", param, ctx)


def mark(after: After) -> str:
    """What to hand to `--after` for the page that follows."""
    return f"{after.observed_from.isoformat()}~{after.key}~{after.term_id}"


@click.command(
    epilog="Example: truceline violations --zone security-zone --since 2018-01-01T00:00Z"
)
@click.option("--mission", help="Mission id.")
@click.option("--zone", help="Zone id.")
@click.option("--kind", type=click.Choice([kind.value for kind in ViolationKind]))
@click.option("--verdict", type=click.Choice(["violation", "possible_violation"]))
@click.option(
    "--state",
    type=click.Choice([state.value for state in State]),
    help="What stands, a gun in a withdrawal area: open, or ended by a later report.",
)
@click.option(
    "--claim",
    metavar="PARTY",
    help="What would be one as this party draws the zones; --zone and --verdict are then its own.",
)
@click.option("--since", type=INSTANT, help="Observed at or after, with UTC offset.")
@click.option("--until", type=INSTANT, help="Observed before.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option("--after", type=PageType(), help="The page that follows, as the one before says it.")
@click.option("--totals", "as_totals", is_flag=True, help="Totals by zone, kind and verdict.")
@json_option
def violations(  # noqa: PLR0913, PLR0917 (each is one thing a coordinator may ask for)
    mission: str | None,
    zone: str | None,
    kind: str | None,
    verdict: str | None,
    state: str | None,
    claim: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    after: After | None,
    *,
    as_totals: bool,
    as_json: bool,
) -> None:
    """List the violations that stand, newest first.

    All of them are automatic, and unreviewed until "status" says that they were released at the
    desk ("review": how far people have come). With --json a violation a line; its "page" is what
    --after takes for those that follow it. What stands has a "state": open, "since" then, or ended,
    "ended_by" then at the latest, as the report "ended_event" says. "claims": the verdict as each
    party draws the zones, which the agreed one may differ from.
    """
    require_order(since, until)
    if as_totals:
        if zone or kind or verdict or state or claim or after:
            raise click.UsageError("--totals goes with --mission, --since and --until alone")
        show_totals(mission, since, until, as_json=as_json)
        return
    with connect(load_settings().database()) as conn:
        found = find(
            conn,
            mission=mission,
            zone=zone,
            kind=ViolationKind(kind) if kind else None,
            verdict=Verdict(verdict) if verdict else None,
            state=State(state) if state else None,
            claim=claim,
            since=since,
            until=until,
            limit=limit,
            after=after,
        )
    if as_json:
        for row in found:
            status = _status(row)
            more = {"claims": row.under_claims, "status": status, "page": mark(row.after)}
            print_json({**row._asdict(), **more})
    else:
        print_violations(found)
    if len(found) == limit:
        click.echo(f"the next page: --after {mark(found[-1].after)}", err=True)


def print_violations(found: list[FoundViolation]) -> None:
    """A page as a table; what stands below each other belongs together."""
    columns = ["Observed!", "Zone and kind!", "Events", "Report"]
    rows: list[list[object]] = [
        [
            (
                row.observed_from,
                f"{row.verdict}{', draft' * row.draft}",
                *_seen(row),
                *_claims(row),
            ),
            (row.zone_id, row.kind, *_stands(row)),
            (events(row.count_min, row.count_max, row.count_qualifier), _share(row.p_inside)),
            (row.event_id, row.source),
        ]
        for row in found
    ]
    if is_wide():
        columns.append("Clause")
        for cells, row in zip(rows, found, strict=True):
            cells.append(row.clause)
    print_table(
        "Violations", columns, rows, note=f"{_read_so(found)}; why: truceline explain REPORT"
    )


def _claims(row: FoundViolation) -> list[str]:
    """What it would be as each party draws the zones, where that is something else."""
    return [
        f"{claim.party} claims: {claim.verdict}"
        for claim in row.under_claims
        if claim.verdict != row.verdict
    ]


def _status(row: FoundViolation) -> str:
    return reads_now(Review(row.review or Review.UNREVIEWED), draft=row.draft)


def _seen(row: FoundViolation) -> list[str]:
    """How far people have come with it, where any have looked."""
    return [] if row.review in {None, Review.UNREVIEWED} else [str(row.review)]


def _read_so(found: Iterable[FoundViolation]) -> str:
    """How these results read; where some were found under a draft, or released, that they were."""
    status = status_of(draft=any(row.draft for row in found))
    released = any(row.review == Review.RELEASED for row in found)
    return f"{status}, but for what says released" if released else status


def _stands(row: FoundViolation) -> list[str]:
    """Of what stands: since when, or by when it was over."""
    if row.state is None or row.since is None:
        return []
    if row.ended_by is None:
        return [f"{row.state} since {instant(row.since)}"]
    return [f"{row.state} by {instant(row.ended_by)}, {row.ended_as}"]


def _share(p_inside: float | None) -> str:
    return "" if p_inside is None else f"p_inside {p_inside:.3g}"


def events(low: int | None, high: int | None, qualifier: str | None = None) -> str:
    """A count as it was reported; open ones stay "at least"."""
    if low is None:
        return "no number"
    if high is None:
        return f"at least {low:,}"
    number = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    return f"{qualifier} {number}" if qualifier in ("about", "almost", "over") else number


def show_totals(
    mission: str | None, since: datetime | None, until: datetime | None, *, as_json: bool
) -> None:
    """Ask for the totals and print them."""
    with connect(load_settings().database()) as conn:
        cells = totals(conn, mission=mission, since=since, until=until)
        sums = overall(conn, mission=mission, since=since, until=until)
    if as_json:
        print_json({"rule": RULE, "status": _sums_read_so(sums), "cells": cells, "overall": sums})
    else:
        print_totals(cells, sums)


def print_totals(cells: list[Total], sums: list[Total]) -> None:
    """The totals by zone and kind, then each report once."""
    rows = [_total_row((cell.zone_id, f"  {cell.kind}"), cell) for cell in cells]
    rows += [_total_row("every report once", cell) for cell in sums]
    print_table(
        "Violations by zone and kind: two totals, reports and observed events",
        ("Zone and kind!", "Verdict!", "Reports #", "Observed events #"),
        rows,
        note=f"{_sums_read_so(sums)}. {RULE[0].upper()}{RULE[1:]}. Observed events are the sum of "
        "what the reports counted, never rounds: one shot may show as flash, flight and explosion.",
    )


def _sums_read_so(sums: Iterable[Total]) -> str:
    """How many of the reports behind the totals were judged by a draft."""
    drafts = sum(one.drafts for one in sums)
    return f"{status_of(draft=True)} ({drafts:,} reports)" if drafts else status_of(draft=False)


def _total_row(label: object, cell: Total) -> tuple[object, ...]:
    uncounted = f" and {cell.uncounted} without number" * bool(cell.uncounted)
    counted = events(cell.count_min, cell.count_max) + uncounted
    return (label, cell.verdict, f"{cell.reports:,}", counted)
