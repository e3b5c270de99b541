"""`truceline coverage`: how much of each zone was watched, and what kept monitors from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import rich_click as click

from services.cli.incidents import DAY
from services.cli.output import (
    instant,
    json_option,
    print_json,
    print_lines,
    print_table,
    require_order,
)
from services.coverage import CoverageAnswer, CoverageAsked, missions_of
from services.coverage import coverage as coverage_of
from services.settings import load_settings
from services.store.engine import connect
from streams.assessment import STATUS
from streams.coverage.count import State
from streams.coverage.periods import By
from streams.coverage.tell import CoverageTold, RestrictionTold, UnusedTold

RULE: Final = (
    f"{STATUS}. "
    "Watched: at least the methodology's share of the zone was in somebody's reach; partly: less of"
    " it. Rates are violations while it was watched by watched hours. no_coverage is not calm: of"
    " that time nothing is known."
)
LISTS: Final = ("zones", "restrictions", "unused")


@click.command(epilog="Example: truceline coverage --zone security-zone --since 2018-02-05")
@click.option("--mission", help="Of this mission alone.")
@click.option("--zone", help="Of this zone alone.")
@click.option("--since", type=DAY, help="Of this mission day or later.")
@click.option("--until", type=DAY, help="Of this mission day or earlier.")
@click.option("--by", type=click.Choice([it.value for it in By]), default="day", show_default=True)
@click.option(
    "--list",
    "listed",
    type=click.Choice(LISTS),
    default="zones",
    show_default=True,
    help="Zones; what kept monitors from watching; reports that watched nothing.",
)
@json_option
def coverage(  # noqa: PLR0913, PLR0917 (each is one thing that may be asked for)
    mission: str | None,
    zone: str | None,
    since: date | None,
    until: date | None,
    by: str,
    listed: str,
    *,
    as_json: bool,
) -> None:
    """Show how long zones were watched, beside what was found there.

    With --json, a line each: "zone", "day" (the mission's), "starts_at", "ends_at", "means" (none:
    all together), "state" (watched, partly_watched, no_coverage), "watched_s", "partly_s",
    "unwatched_s", "share" (of the zone, on average), "violations", "possible", "while_watched",
    "per_watched_hour", "incidents". Restrictions: "minutes", "reason", "party", "zones". Unused:
    "reason". Days are 372 at the most, by the hour 31: the last ones.
    """
    require_order(since, until)
    with connect(load_settings().database()) as conn:
        missions = missions_of(conn) if mission is None else [mission]
        asked = [CoverageAsked(it, zone, since, until, By(by)) for it in missions]
        answers = [coverage_of(conn, it) for it in asked]
    if as_json:
        for answer in answers:
            for row in _listed(answer, listed):
                print_json(row)
        return
    _print(answers, listed)


def _listed(
    answer: CoverageAnswer, listed: str
) -> Sequence[CoverageTold | RestrictionTold | UnusedTold]:
    if listed == "zones":
        return answer.rows
    return answer.restrictions if listed == "restrictions" else answer.unused


def _print(answers: Sequence[CoverageAnswer], listed: str) -> None:
    if listed == "zones":
        print_coverage([row for answer in answers for row in answer.rows])
        unused = sum(len(answer.unused) for answer in answers)
        stops = [it for answer in answers for it in answer.restrictions]
        print_lines(_beside(stops, unused))
    elif listed == "restrictions":
        print_restrictions([row for answer in answers for row in answer.restrictions])
    else:
        unused_rows = [row for answer in answers for row in answer.unused]
        columns = ("Report", "Why it watched nothing")
        rows = [(f"{it.source}/{it.id}", it.reason) for it in unused_rows]
        print_table(f"{len(rows):,} reports of coverage that watched nothing", columns, rows)


def _beside(stops: Sequence[RestrictionTold], unused: int) -> list[str]:
    """What stands beside the figures, in sentences; nothing where there is none."""
    minutes = sum(it.minutes for it in stops)
    said = [f"Restrictions of monitors: {len(stops):,}, {minutes:,.0f} minutes."] if stops else []
    if unused:
        said.append(f"{unused:,} reports of coverage watched nothing (--list unused).")
    return said


def print_coverage(rows: Sequence[CoverageTold]) -> None:
    """A table of zones and periods: what all means together watched, and what was found."""
    together = [row for row in rows if row.means is None]
    print_table(
        "Coverage",
        ("Zone", "From!", "State!", "Watched#", "Partly#", "Violations#", "Per watched hour#"),
        [
            (
                row.zone,
                instant(row.starts_at),
                row.state,
                _hours(row.watched_s),
                _hours(row.partly_s),
                _violations(row),
                _rate(row),
            )
            for row in together
        ],
        note=RULE,
    )


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.2f} h"


def _violations(row: CoverageTold) -> str:
    """All, and those while somebody watched, where these are fewer."""
    if row.violations == row.while_watched:
        return f"{row.violations:,}"
    return f"{row.violations:,}, {row.while_watched:,} watched"


def _rate(row: CoverageTold) -> str:
    if row.per_watched_hour is None:
        return State.NO_COVERAGE if row.state is State.NO_COVERAGE else "none"
    return f"{row.per_watched_hour:.2f}"


def print_restrictions(rows: Sequence[RestrictionTold]) -> None:
    """A table of what kept monitors from watching, as they reported it."""
    print_table(
        f"{len(rows):,} restrictions of monitors",
        ("Report", "From, to", "Minutes#", "Reason", "Party named", "Zones"),
        [
            (
                f"{it.source}/{it.id}",
                (it.starts_at, it.ends_at),
                f"{it.minutes:g}" if it.minutes else "not said",
                it.reason,
                it.party,
                it.zones,
            )
            for it in rows
        ],
        note="By the monitors' own word. Truceline names nobody.",
    )
