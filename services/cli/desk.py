"""`truceline desk`: what waits for a person, one item, how long it takes; five decisions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import rich_click as click
from msgspec.structs import asdict

from services.cli.desk_acts import ACTS
from services.cli.output import (
    INSTANT,
    instant,
    json_option,
    print_json,
    print_lines,
    print_table,
    require_order,
)
from services.cli.violations import events
from services.desk.errors import NoSuchItemError
from services.desk.show import ItemShown, ItemTold, Subject, told, told_incidents
from services.desk.show import show as show_item
from services.settings import load_settings
from services.store.engine import Connection, connect
from services.store.queries.desk import Times, queue
from services.store.queries.desk import times as all_times
from services.store.queries.desk_incidents import queue_incidents
from streams.desk.act import Act
from streams.desk.fold import Held, Review
from streams.vocabulary import Severity


@click.group(epilog="Example: truceline desk list --severity grave")
def desk() -> None:
    """Look at results, and release them: what waits, who did what, decide.

    list, show and times read the database; a decision goes to the gateway, under the token of the
    person who takes it.
    """


@desk.command(name="list", epilog="Example: truceline desk list --severity grave")
@click.option(
    "--of",
    type=click.Choice([it.value for it in Subject]),
    default=Subject.VIOLATIONS.value,
    show_default=True,
)
@click.option("--mission", help="Mission id.")
@click.option("--severity", type=click.Choice([it.value for it in Severity]))
@click.option(
    "--review",
    type=click.Choice([it.value for it in Review]),
    help="At this. Default: what waits: unreviewed, confirmed, returned.",
)
@click.option("--zone", help="Zone id.")
@click.option("--since", type=INSTANT, help="Observed at or after, with UTC offset.")
@click.option("--until", type=INSTANT, help="Observed before.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@json_option
def list_(  # noqa: PLR0913, PLR0917 (each is one thing that may be asked for)
    of: str,
    mission: str | None,
    severity: str | None,
    review: str | None,
    zone: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List what waits, the gravest first, of those the oldest.

    With --json an item a line: "item", "revision" (name it in a decision), "review", "severity",
    "waiting_since", "status", and the result.
    """
    require_order(since, until)
    asked = {
        "mission": mission,
        "severity": Severity(severity) if severity else None,
        "review": Review(review) if review else None,
        "zone": zone,
        "since": since,
        "until": until,
        "limit": limit + 1,
    }
    with connect(load_settings().database()) as conn:
        found = _find(conn, Subject(of), asked)
    rows = found[:limit]
    if as_json:
        for row in rows:
            print_json(asdict(row))
    else:
        print_table(
            "At the desk",
            ("Waits since!", "Severity!", "Zone and kind!", "Told by", "Item"),
            [_row(row) for row in rows],
            note="One of them: truceline desk show ITEM",
        )
    if len(found) > limit:
        click.echo(f"there are more than these {limit}: ask for more with --limit", err=True)


def _find(conn: Connection, of: Subject, asked: dict[str, Any]) -> list[ItemTold]:
    if of is Subject.INCIDENTS:
        return told_incidents(queue_incidents(conn, **asked), conn)
    return told(queue(conn, **asked), conn)


def _row(row: ItemTold) -> tuple[object, ...]:
    return (
        (row.waiting_since, row.review),
        (row.severity, row.verdict),
        (row.zone, row.kind),
        _told_by(row),
        (row.item, f"revision {row.revision}"),
    )


def _told_by(row: ItemTold) -> tuple[str, str]:
    """How much, and by whom."""
    if row.reports is not None:
        return "", f"{row.reports:,} report{'s' * (row.reports != 1)}"
    counted = events(row.count_min, row.count_max, row.count_qualifier)
    return counted, f"{row.source}/{row.report}"


@desk.command(
    epilog="Example: truceline desk show violation~0190b0a2-6f00-7a6c-8f3e-2f9f1f0b7c11~no-fire"
)
@click.argument("item")
@json_option
def show(item: str, *, as_json: bool) -> None:
    """Show ITEM with all that people did with it.

    With --json one object: what `list` says of it, and "people" (how many a release takes),
    "confirmed_by", "question", "into", "parts", "releases", "acts".
    """
    with connect(load_settings().database()) as conn:
        found = show_item(conn, item)
    if found is None:
        raise NoSuchItemError(item)
    if as_json:
        print_json(asdict(found))
    else:
        print_lines(lines_of(found))


def lines_of(found: ItemShown) -> list[str]:
    """An item in sentences."""
    where = f" in {found.zone}" if found.zone else ""
    term = f" of {found.term} ({found.clause})" if found.term else ""
    told_by = _told_by(found)[1]
    takes = f"{found.people} {'people' if found.people > 1 else 'person'}"
    lines = [
        f"{found.item}, revision {found.revision}: {found.review}.",
        f"{found.severity} {found.kind}{where}, {found.verdict}{term}, by {told_by}.",
        f"It reads: {found.status}. A release takes {takes}.",
    ]
    if found.question:
        lines.append(f"A question is open: {found.question}")
    if found.into:
        lines.append(f"It is told of with {found.into}.")
    lines += [f"With it is told of {part}." for part in found.parts]
    lines += [_act(one) for one in found.acts]
    for release in found.releases:
        if release.held is not Held.STANDS:
            lines.append(f"The release of {instant(release.at)} is {release.held}.")
    return lines


def _act(one: Act) -> str:
    """Who did what when, and why."""
    return f"{instant(one.at)} {one.principal}: {one.action} of reading {one.reading}: {one.note}"


@desk.command(epilog="Example: truceline desk times --since 2018-09-01T00:00Z")
@click.option("--mission", help="Mission id.")
@click.option("--since", type=INSTANT, help="Released at or after, with UTC offset.")
@click.option("--until", type=INSTANT, help="Released before.")
@json_option
def times(
    mission: str | None, since: datetime | None, until: datetime | None, *, as_json: bool
) -> None:
    """Show how long results took until they were released, and what waits, by severity.

    Counted from the receipt of what the result is read from. With --json a line each: "severity",
    "released", "median_s", "slowest_tenth_s", "longest_s", "waiting", "oldest_at".
    """
    require_order(since, until)
    with connect(load_settings().database()) as conn:
        rows = all_times(conn, mission=mission, since=since, until=until)
    if as_json:
        for row in rows:
            print_json(row)
        return
    columns = (
        "Severity!",
        "Released#",
        "Median",
        "A tenth above",
        "Longest",
        "Waiting#",
        "Oldest!",
    )
    print_table("Time to release", columns, [_times(row) for row in rows])


def _times(row: Times) -> tuple[object, ...]:
    took = [_span(it) for it in (row.median_s, row.slowest_tenth_s, row.longest_s)]
    return (row.severity, f"{row.released:,}", *took, f"{row.waiting:,}", row.oldest_at)


def _span(seconds: float | None) -> str | None:
    return None if seconds is None else str(timedelta(seconds=round(seconds)))


for command in ACTS:
    desk.add_command(command)
