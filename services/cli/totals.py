"""`truceline totals`: how much was found, and how much in the period before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import rich_click as click

from services.cli.incidents import DAY
from services.cli.output import json_option, print_json, print_lines, print_table, require_order
from services.cli.violations import events
from services.coverage import missions_of
from services.settings import load_settings
from services.store.engine import connect
from services.totals import Before, Difference, GroupBy, Line, Sum, Totals, TotalsAsked
from services.totals import totals as totals_of
from streams.incidents.count import RULES, Counting
from streams.incidents.observed import Number


@click.command(
    epilog="Example: truceline totals --by day --since 2018-02-05 --until 2018-02-11"
    " --counting series_of_30"
)
@click.option("--mission", help="Of this mission alone.")
@click.option("--zone", help="Of this zone alone.")
@click.option(
    "--by", type=click.Choice([it.value for it in GroupBy]), default="zone", show_default=True
)
@click.option("--since", type=DAY, help="Of this mission day or later.")
@click.option("--until", type=DAY, help="Of this mission day or earlier.")
@click.option(
    "--counting",
    type=click.Choice([it.value for it in Counting]),
    default="observed_events",
    show_default=True,
    help="By which rule observed events are counted; each report that differs is listed.",
)
@json_option
def totals(  # noqa: PLR0913, PLR0917 (each is one thing that may be asked for)
    mission: str | None,
    zone: str | None,
    by: str,
    since: date | None,
    until: date | None,
    counting: str,
    *,
    as_json: bool,
) -> None:
    """Show totals by zone, kind, party or day, against the period before.

    The period before is as many days right before --since, where --since and --until are given.
    Under another counting rule every report of which it makes another number is listed with both,
    so that the totals reconcile.

    With --json, a line each: "by", "of" (the zone, kind, party or day), "incidents", "violations"
    and "possible", each with "reports", "observed", "counted" (by the rule) and "uncounted";
    "before", "watched_h", "counting", "status". After them a line for each difference: "of",
    "report", "zone", "verdict", "series", "observed", "counted".
    """
    require_order(since, until)
    rule = Counting(counting)
    with connect(load_settings().database()) as conn:
        missions = missions_of(conn) if mission is None else [mission]
        found = [
            totals_of(conn, TotalsAsked(it, GroupBy(by), rule, zone, since, until))
            for it in missions
        ]
    lines = [line for one in found for line in one.lines]
    differences = [it for one in found for it in one.differences]
    if as_json:
        for row in (*lines, *differences):
            print_json(row)
    else:
        print_totals_of(Totals(lines, differences), rule)


def print_totals_of(found: Totals, rule: Counting) -> None:
    """The lines as a table, then what each report changes."""
    rows = [(_of(line), _now(line), _earlier(line.before)) for line in found.lines]
    status = found.lines[0].status if found.lines else "none"
    note = f"{status}. Counted: {RULES[rule]}. Observed events are no rounds."
    print_table(f"{len(rows):,} totals", ("Of!", "Found", "The period before"), rows, note=note)
    if found.differences:
        print_differences(found.differences)


def print_differences(found: Sequence[Difference]) -> None:
    """Each report that the rule counts otherwise, by series."""
    ordered = sorted(found, key=lambda it: it.series)
    rows = [
        (
            (f"{it.series}", it.zone or "everywhere"),
            (it.report,),
            (f"observed {_number(it.observed)}", f"counted {_number(it.counted)}"),
        )
        for it in ordered
    ]
    print_table("What makes the difference", ("Series", "Report!", "Number"), rows)
    least = sum((it.counted.min if it.counted else 0) for it in found)
    before = sum((it.observed.min if it.observed else 0) for it in found)
    print_lines(
        [f"{len(found):,} reports count {least:,} instead of {before:,}, or more where it says so."]
    )


def _of(line: Line) -> list[str]:
    watched = [] if line.watched_h is None else [f"{line.watched_h:,.1f} h watched"]
    return [line.of or "none named", *watched]


def _now(line: Line) -> list[str]:
    return [
        f"{line.incidents:,} incidents",
        *_sums("violation", line.violations),
        *_sums("possible violation", line.possible),
    ]


def _earlier(before: Before | None) -> list[str]:
    if before is None:
        return ["not asked"]
    watched = [] if before.watched_h is None else [f"{before.watched_h:,.1f} h watched"]
    return [
        f"{before.incidents:,} incidents",
        *_sums("violation", before.violations),
        *_sums("possible violation", before.possible),
        *watched,
    ]


def _sums(what: str, it: Sum) -> list[str]:
    if not it.reports:
        return []
    lines = [f"{it.reports:,} {what}: {_number(it.counted)} counted"]
    if it.counted != it.observed:
        lines.append(f"{_number(it.observed)} observed")
    if it.uncounted:
        lines.append(f"{it.uncounted:,} without number")
    return lines


def _number(it: Number | None) -> str:
    return "no number" if it is None else events(it.min, it.max)
