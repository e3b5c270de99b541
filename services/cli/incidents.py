"""`truceline incidents`: what happened near each other, by zone and mission day."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from typing import Final

import rich_click as click

from services.cli.output import (
    EXIT_NO,
    instant,
    json_option,
    print_json,
    print_lines,
    print_table,
    require_order,
)
from services.cli.violations import events
from services.incidents import (
    Difference,
    IncidentTold,
    RevisionTold,
    differences,
    incident,
    newest_incidents,
)
from services.settings import load_settings
from services.store.engine import connect
from services.store.queries.incidents import IncidentFilters
from streams.incidents.observed import Observed
from streams.incidents.tell import Progress, Told
from streams.vocabulary import ViolationKind

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
@click.argument("name", metavar="[ID]", required=False)
@click.option("--mission", help="Of this mission alone.")
@click.option("--zone", help="Of this zone alone.")
@click.option(
    "--kind", type=click.Choice([it.value for it in ViolationKind]), help="That the terms call so."
)
@click.option(
    "--state", type=click.Choice([it.value for it in Progress]), help="Those alone that are so now."
)
@click.option("--since", type=DAY, help="Of this mission day or later.")
@click.option("--until", type=DAY, help="Of this mission day or earlier.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@click.option(
    "--recompute",
    is_flag=True,
    help="Reckon all of them again from the violations, and say where what is stored differs.",
)
@json_option
def incidents(  # noqa: PLR0913, PLR0917 (each is one thing that may be asked for)
    name: str | None,
    mission: str | None,
    zone: str | None,
    kind: str | None,
    state: str | None,
    since: date | None,
    until: date | None,
    limit: int,
    *,
    recompute: bool,
    as_json: bool,
) -> None:
    """List incidents, the newest first: violations near each other in space and time.

    With an ID, that one, its reports, and how it came about. One that is no more, since it was
    merged with another, split, or taken back, names those that hold its reports now.

    With --json, a line each: "id", "mission", "zone", "day" (the mission's), "progress" (started,
    ongoing, ended), "verdict" (the gravest), "kinds", "violates", "begun", "ended", "over_at",
    "violations" and "possible", each with "reports", "events", "by_one_witness", "witnesses" and
    "uncounted"; "reports", "uncounted", "parties" (named by monitors), "status", "continues"
    (incidents of the day before), "adjoins" (others that it was cut from). With an ID: "is_there",
    "told", "members", "leads_to", "revisions".

    Exits with 1 if --recompute finds a difference.
    """
    require_order(since, until)
    now = datetime.now(UTC)
    with connect(load_settings().database()) as conn:
        if recompute:
            show_differences(differences(conn, mission), as_json=as_json)
            return
        if name is not None:
            show_one(incident(conn, name, now, mission), as_json=as_json)
            return
        asked = IncidentFilters(
            mission,
            zone=zone,
            kind=None if kind is None else ViolationKind(kind),
            state=None if state is None else Progress(state),
            since=since,
            until=until,
        )
        found = newest_incidents(conn, asked, now, limit)
    if as_json:
        for told in found.told:
            print_json(told)
    else:
        print_incidents(found.told, found.total)


def show_differences(found: Sequence[Difference], *, as_json: bool) -> None:
    """Where what is stored is not what the violations come to; exits with 1 where there is any."""
    if as_json:
        for one in found:
            print_json(one)
    elif found:
        rows = [((one.id,), (one.mission,), (one.what,)) for one in found]
        print_table(f"{len(found):,} differences", ("Incident!", "Mission", "What"), rows)
    else:
        print_lines(["What is stored is what the violations come to."])
    if found:
        sys.exit(EXIT_NO)


def show_one(told: IncidentTold, *, as_json: bool) -> None:
    """One incident, its reports, and its revisions."""
    if as_json:
        print_json(told)
        return
    if told.told is not None:
        print_incidents([told.told], 1)
        print_lines([f"Reports: {', '.join(told.told.reports)}."])
    else:
        leads_to = ", ".join(told.leads_to)
        print_lines(
            [
                f"{told.id} is no more."
                + (
                    f" Its reports are in {leads_to}."
                    if leads_to
                    else " None of its reports stands."
                )
            ]
        )
    rows = [
        (
            (instant(it.known_at),),
            (it.reason,),
            (f"{it.reports:,} reports", *_changed(it)),
        )
        for it in told.revisions
    ]
    print_table("How it came about", ("Known!", "Reason", "What"), rows)


def _changed(it: RevisionTold) -> list[str]:
    lines = [
        f"{count:,} {word}"
        for count, word in ((it.joined, "joined"), (it.parted, "parted"))
        if count
    ]
    if it.others:
        lines.append(f"with {', '.join(it.others)}")
    if it.became:
        lines.append(f"became {', '.join(it.became)}")
    return lines


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
        lines.append(f"{observed.uncounted} without number")
    return lines
