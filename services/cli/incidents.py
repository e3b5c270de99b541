"""`truceline incidents`: what happened near each other, by zone and mission day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from typing import Final

import rich_click as click

from services.cli.output import instant, json_option, print_json, print_table, require_order
from services.cli.violations import events
from services.incidents import IncidentsAsked
from services.incidents import incidents as all_incidents
from services.settings import load_settings
from services.store.engine import connect
from streams.incidents.observed import Observed
from streams.incidents.tell import Told

RULE: Final = (
    "Near each other in space and time, by the mission's methodology, within one zone and one"
    " mission day. Observed events are the sum over reports, never rounds; beside them the most"
    " that one independent witness observed. How much was watched is not in these figures."
)


class DayType(click.ParamType):
    """A mission day."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Read the argument, or say how it must look."""
        try:
            read = date.fromisoformat(str(value))
        except ValueError:
            read = None
        if read is None or not MINYEAR < read.year < MAXYEAR:
            self.fail(f"{value!r} is no day, e.g. 2018-02-05", param, ctx)
        return read


DAY: Final = DayType()


@click.command(epilog="Example: truceline incidents --zone security-zone --since 2018-02-05")
@click.option("--mission", help="Of this mission alone.")
@click.option("--zone", help="Of this zone alone.")
@click.option("--since", type=DAY, help="Of this mission day or later.")
@click.option("--until", type=DAY, help="Of this mission day or earlier.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@json_option
def incidents(  # noqa: PLR0913 (each is one thing that may be asked for)
    mission: str | None,
    zone: str | None,
    since: date | None,
    until: date | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List incidents, the newest first: violations near each other in space and time.

    With --json, a line each: "id", "zone", "day" (the mission's), "progress" (ongoing, ended),
    "verdict" (the gravest), "kinds", "begun", "ended", "over_at", "violations" and "possible", each
    with "reports", "events", "by_one_witness", "witnesses" and "uncounted"; "reports", "status",
    "continues" (incidents of the day before), "adjoins" (others that it was cut from).
    """
    require_order(since, until)
    now = datetime.now(UTC)
    with connect(load_settings().database()) as conn:
        found = all_incidents(conn, IncidentsAsked(mission, zone, since, until), now)
    found.sort(key=lambda told: (told.day, told.begun, told.id), reverse=True)
    if as_json:
        for told in found[:limit]:
            print_json(told)
    else:
        print_incidents(found[:limit], len(found))


def print_incidents(shown: Sequence[Told], total: int) -> None:
    """A table, the newest first, and how it was counted."""
    rows = [
        (
            (told.day, told.progress, told.id),
            (told.zone or "everywhere", *_when(told), *told.kinds),
            (
                *_counted("violation", told.violations),
                *_counted("possible violation", told.possible),
                *(f"continues {name}" for name in told.continues),
                *(f"adjoins {name}" for name in told.adjoins),
            ),
        )
        for told in shown
    ]
    columns = ("Mission day!", "Where, when, what!", "Reports and observed events")
    status = shown[0].status if shown else "none"
    more = f" {total - len(shown):,} others are not shown (--limit)." if total > len(shown) else ""
    print_table(f"{total:,} incidents", columns, rows, note=f"{status}.{more} {RULE}")


def _when(told: Told) -> list[str]:
    if told.begun == told.ended:
        return [instant(told.begun)]
    return [instant(told.begun), f"to {instant(told.ended)}"]


def _counted(what: str, observed: Observed) -> list[str]:
    """Nothing where there is none: a column of noughts hides the rest."""
    if not observed.reports:
        return []
    sums, most = observed.events, observed.by_one_witness
    lines = [f"{observed.reports:,} {what}: {events(sums.min, sums.max)} observed"]
    if observed.witnesses > 1:
        lines.append(
            f"{observed.witnesses} independent witnesses, {events(most.min, most.max)} by one"
        )
    if observed.uncounted:
        lines.append(f"{len(observed.uncounted)} without number")
    return lines
