"""`truceline incidents`: what happened near each other, by zone and mission day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from typing import Final

import rich_click as click

from services.cli.output import instant, json_option, print_json, print_table, span
from services.cli.violations import events
from services.incidents import IncidentsAsked
from services.incidents import incidents as all_incidents
from services.settings import load_settings
from services.store.documents import methodologies
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
    if since is not None and until is not None and until < since:
        raise click.UsageError(f"--until {until} lies before --since {since}")
    now = datetime.now(UTC)
    with connect(load_settings().database()) as conn:
        missions = [mission] if mission else sorted({it.mission for it in methodologies(conn)})
        found = [
            told
            for one in missions
            for told in all_incidents(conn, IncidentsAsked(one, zone, since, until), now)
        ]
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
            (told.day, told.progress),
            (told.zone or "everywhere", ", ".join(told.kinds)),
            (span(told.begun, told.ended) if told.begun < told.ended else instant(told.begun),),
            (_reports("violation", told.violations), _reports("possible", told.possible)),
            (_observed(told.violations), _observed(told.possible)),
            (told.id, *_linked("continues", told.continues), *_linked("adjoins", told.adjoins)),
        )
        for told in shown
    ]
    columns = ("Mission day!", "Zone and kinds", "When!", "Reports!", "Observed events", "Incident")
    status = shown[0].status if shown else "none"
    more = (
        f" {total - len(shown):,} older ones are not shown (--limit)." if total > len(shown) else ""
    )
    print_table(f"{total:,} incidents", columns, rows, note=f"{status}.{more} {RULE}")


def _reports(what: str, observed: Observed) -> str:
    if not observed.reports:
        return ""
    return f"{observed.reports:,} {what}, {observed.witnesses} independent"


def _observed(observed: Observed) -> str:
    if not observed.reports:
        return ""
    most = observed.by_one_witness
    beside = f", one witness {events(most.min, most.max)}" if observed.witnesses > 1 else ""
    uncounted = f", {len(observed.uncounted)} without number" if observed.uncounted else ""
    return f"{events(observed.events.min, observed.events.max)}{beside}{uncounted}"


def _linked(word: str, names: Sequence[str]) -> list[str]:
    return [f"{word} {name}" for name in names]
