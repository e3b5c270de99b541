"""`truceline flags`: what in the reports asks for a second look, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import rich_click as click

from services.cli.output import INSTANT, json_option, print_json, print_table, require_order
from services.coverage import missions_of
from services.flags import ComparisonTold, FlagsAsked, FlagTold, witnesses
from services.flags import flags as flags_of
from services.settings import load_settings
from services.store.engine import connect
from streams.credibility.flag import FlagKind

NOTE: Final = "A hint to people: no verdict, total or grading changes by it."
SHOWN_REPORTS: Final = 3


@click.command(epilog="Example: truceline flags --kind copied_text --since 2018-02-05T00:00Z")
@click.option("--mission", help="Of this mission alone.")
@click.option("--kind", type=click.Choice([it.value for it in FlagKind]), help="Of this kind.")
@click.option("--source", help="That this source has a part in.")
@click.option("--since", type=INSTANT, help="Of what was observed then or later.")
@click.option("--until", type=INSTANT, help="Of what was observed before.")
@click.option("--witnesses", "compare", is_flag=True, help="How sources stand to each other.")
@json_option
def flags(  # noqa: PLR0913 (each is one thing that may be asked for)
    mission: str | None,
    kind: str | None,
    source: str | None,
    since: datetime | None,
    until: datetime | None,
    *,
    compare: bool,
    as_json: bool,
) -> None:
    """List what in the reports asks for a second look, each with its reason.

    With --json, a line each: "kind", "sources", "reason", "reports" ("source/id", all of them).
    With --witnesses every two sources that tell of one place: "relationship" (copies,
    independent_agreeing, independent_disagreeing, unknown) with the figures it rests on.
    """
    require_order(since, until)
    if compare and kind is not None:
        raise click.UsageError("--kind is of flags, --witnesses of sources; choose")
    with connect(load_settings().database()) as conn:
        missions = missions_of(conn) if mission is None else [mission]
        wanted = None if kind is None else FlagKind(kind)
        asked = [FlagsAsked(it, since, until, wanted, source) for it in missions]
        if compare:
            _show_witnesses([row for it in asked for row in witnesses(conn, it)], as_json=as_json)
        else:
            _show_flags([row for it in asked for row in flags_of(conn, it)], as_json=as_json)


def _show_flags(rows: Sequence[FlagTold], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            print_json(row)
        return
    shown = [(it.kind, it.sources, it.reason, _some(it.reports)) for it in rows]
    columns = ("Kind!", "Sources", "Reason", "Reports")
    print_table(f"{len(rows):,} flags", columns, shown, note=NOTE)


def _some(reports: Sequence[str]) -> tuple[str, ...]:
    """A few of them; --json has all."""
    more = len(reports) - SHOWN_REPORTS
    return (*reports[:SHOWN_REPORTS], *([f"and {more:,} more"] if more > 0 else []))


def _show_witnesses(rows: Sequence[ComparisonTold], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            print_json(row)
        return
    print_table(
        f"{len(rows):,} pairs of sources that tell of the same places",
        ("Sources", "Relationship", "Matched#", "Identical#", "Differing#", "Only one#"),
        [
            (
                it.sources,
                it.relationship,
                it.matched,
                it.identical,
                it.differing,
                it.only_first + it.only_second,
            )
            for it in (row.comparison for row in rows)
        ],
        note=NOTE,
    )
