"""`truceline agreement calendar`: draws in which hours each term holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import rich_click as click

from services.cli.output import json_option, print_json, print_lines
from services.documents import read_agreement_file
from streams.agreement import Agreement, Term
from streams.context.facts import PhaseBegan
from streams.when.held import held
from streams.when.spans import Spans
from streams.when.time_zones import UnknownTimeZoneError, time_zone

_HELD, _PARTLY, _FREE = "#", "+", "."
_MOST_DAYS = 3_700


@click.command(
    epilog="Example: truceline agreement calendar agreement.yaml --from 2018-09-01 --to 2018-09-08"
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--from",
    "first",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The day with which it begins.",
)
@click.option(
    "--to",
    "last",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The day on which it ends; not drawn.",
)
@click.option("--zone", help="Only terms that hold in this zone or corridor.")
@click.option("--clock", default="UTC", help="Time zone of the days and hours drawn.")
@click.option("--phase", "phases", multiple=True, help="When a phase begins: NAME=TIME.")
@json_option
def calendar(  # noqa: PLR0913 (each is one thing to draw by)
    file: Path,
    *,
    first: datetime,
    last: datetime,
    zone: str | None,
    clock: str,
    phases: tuple[str, ...],
    as_json: bool,
) -> None:
    """Draw in which hours the terms of FILE hold: # all of the hour, + a part of it, . none.

    Days that look alike stand on one line. With --json a line for each term: "term", "clause",
    "spans" of {"from", "to"} in UTC; null where it waits for a phase that no --phase begins.
    """
    zone_info = _clock(clock)
    start, end = (day.replace(tzinfo=zone_info) for day in (first, last))
    if not timedelta(0) < end - start <= timedelta(days=_MOST_DAYS):
        raise click.UsageError(f"--to must come after --from, by {_MOST_DAYS} days at most")
    agreement = read_agreement_file(file)
    begun = [_phase(text) for text in phases]
    if not as_json:
        print_lines([f"Hours of {clock}: # all of the hour, + a part of it, . none", ""])
    for term in _chosen(agreement, zone):
        spans = held(agreement, term, begun, int(start.timestamp()), int(end.timestamp()))
        if as_json:
            print_json({"term": term.id, "clause": term.clause, "spans": _instants(spans)})
        else:
            print_lines([f"{term.id}  {term.clause}", *_lines(term, spans, start, end), ""])


def _clock(name: str) -> ZoneInfo:
    try:
        return time_zone(name)
    except UnknownTimeZoneError as error:
        raise click.UsageError(f"--clock: {error}") from error


def _phase(text: str) -> PhaseBegan:
    name, _, time = text.partition("=")
    try:
        at = datetime.fromisoformat(time)
    except ValueError as error:
        raise click.UsageError(f"--phase {text}: NAME=TIME, as in one=2015-02-15T00:00Z") from error
    if at.tzinfo is None:
        raise click.UsageError(f"--phase {text}: the time needs its UTC offset")
    return PhaseBegan(phase=name, at=at.astimezone(UTC))


def _chosen(agreement: Agreement, zone: str | None) -> list[Term]:
    """All terms, or those of one zone or corridor."""
    if zone is None:
        return list(agreement.terms)
    kinds = {it.kind for it in agreement.zones if it.id == zone}
    corridors = {it.id for it in agreement.corridors}
    if not kinds and zone not in corridors:
        raise click.UsageError(f"--zone: the agreement has no zone or corridor '{zone}'")
    return [
        term
        for term in agreement.terms
        if term.where.everywhere
        or zone in {*term.where.zones, *term.where.corridors}
        or not kinds.isdisjoint(term.where.zone_kinds)
    ]


def _instants(spans: Spans | None) -> list[dict[str, datetime]] | None:
    if spans is None:
        return None
    return [
        {"from": datetime.fromtimestamp(begins, UTC), "to": datetime.fromtimestamp(ends, UTC)}
        for begins, ends in spans.pairs()
    ]


def _lines(term: Term, spans: Spans | None, start: datetime, end: datetime) -> list[str]:
    if spans is None:
        assert term.during is not None
        return [f"  waits for the phase '{term.during.phase}'"]
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    drawn = [(day, _bar(spans, day)) for day in days if day < end]
    lines = []
    for bar, alike in groupby(drawn, key=lambda one: one[1]):
        days_alike = [day for day, _ in alike]
        last = f" to {days_alike[-1]:%Y-%m-%d}" if len(days_alike) > 1 else " " * 14
        lines.append(f"  {days_alike[0]:%Y-%m-%d}{last}  {bar}")
    return lines


def _bar(spans: Spans, day: datetime) -> str:
    """A letter for each hour from local midnight to the next; 23 or 25 where clocks are set."""
    midnight, following = (int(it.timestamp()) for it in (day, day + timedelta(days=1)))
    return "".join(_hour(spans, at, at + 3_600) for at in range(midnight, following, 3_600))


def _hour(spans: Spans, begins: int, ends: int) -> str:
    covered = spans.within(Spans((begins,), (ends,)))
    held_s = sum(b - a for a, b in covered.pairs())
    return _HELD if held_s == ends - begins else _PARTLY if held_s else _FREE
