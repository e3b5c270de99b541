"""`truceline whereabouts`: where subjects that were seen several times are known to have been."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec
import rich_click as click

from services.cli.judge import FILE, Lines, refusal_line, write_results
from services.cli.output import (
    EXIT_NO,
    INSTANT,
    json_option,
    print_json,
    print_table,
    require_order,
)
from services.documents import read_agreement_file, read_methodology_file
from services.drafts import Drafts
from services.event_files import read_events
from services.settings import load_settings
from services.store.engine import Connection, connect
from services.store.queries.whereabouts import CONTRADICTIONS, FoundWhereabouts
from services.store.queries.whereabouts import whereabouts as find
from streams.assessment import status_of
from streams.errors import Mistake
from streams.gather import Refused
from streams.inforce import Register
from streams.whereabouts.fold import (
    Answer,
    Contradiction,
    Crossing,
    Open,
    Passing,
    Spell,
    Whereabouts,
    encode_whereabouts,
)
from streams.whereabouts.history import fold_history

SHOWN = (*Answer, *Passing, Open.CONTRADICTED)


@click.group(
    epilog="Example: truceline whereabouts fold agreement.yaml methodology.yaml reports.ndjson"
)
def whereabouts() -> None:
    """Show where sighted subjects are known to have been: entries, exits, how long."""


@whereabouts.command(
    epilog="Example: truceline whereabouts fold agreement.yaml methodology.yaml reports.ndjson"
)
@click.argument("agreement", type=FILE)
@click.argument("methodology", type=FILE)
@click.argument("reports", type=FILE)
@json_option
def fold(agreement: Path, methodology: Path, reports: Path, *, as_json: bool) -> None:
    """Fold the sightings in REPORTS under AGREEMENT and METHODOLOGY, with no engine.

    Writes one subject a line (NDJSON, with or without --json), the same bytes every time, whatever
    the order of REPORTS. Reports without `subject_ref` are passed over. What is refused is written
    first, as {"line", "refused", "message"}; then the exit code is 1. You vouch for the file.
    """
    del as_json  # it is NDJSON either way
    methods = read_methodology_file(methodology)
    register = Register((read_agreement_file(agreement),), (methods,))
    events = read_events(reports, mission=methods.mission)
    lines = _lines(events.mistakes, fold_history(register, events.raws))
    written = write_results(lines, sys.stdout.buffer)
    click.echo(f"{written.judged} subjects, {written.refused} reports refused", err=True)
    if written.refused:
        sys.exit(EXIT_NO)


def _lines(
    mistakes: Iterable[Mistake], results: Iterable[Whereabouts | Refused]
) -> Iterator[Lines]:
    for mistake in mistakes:
        yield refusal_line(mistake.line, mistake.code, f"{mistake.path}: {mistake.message}")
    for result in results:
        if isinstance(result, Refused):
            yield refusal_line(result.line, result.refusal.reason, result.refusal.message)
        else:
            yield Lines(encode_whereabouts(result) + b"\n", judged=1)


@whereabouts.command(
    name="list", epilog="Example: truceline whereabouts list --zone security-zone --answer inside"
)
@click.option("--mission", help="Mission id.")
@click.option("--subject", help="What the reports call it: `subject_ref`.")
@click.option("--zone", help="Zone id; of a corridor's strip corridor:ID.")
@click.option("--answer", type=click.Choice([answer.value for answer in SHOWN]))
@click.option("--since", type=INSTANT, help="What may have lasted until then or longer.")
@click.option("--until", type=INSTANT, help="What may have begun before.")
@click.option("--known-at", type=INSTANT, help="By what was known then. Default: now.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True)
@json_option
def list_(  # noqa: PLR0913, PLR0917 (each is one thing that may be asked for)
    mission: str | None,
    subject: str | None,
    zone: str | None,
    answer: str | None,
    since: datetime | None,
    until: datetime | None,
    known_at: datetime | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List spells of subjects in zones, crossings and contradictions, by subject, zone and time.

    With --json one a line, as `fold` writes them, with "mission", "subject_ref", "draft" and
    "known_at".
    """
    require_order(since, until)
    with connect(load_settings().database()) as conn:
        found = find(
            conn,
            mission=mission,
            subjects=None if subject is None else [subject],
            zone=zone,
            answers=SHOWN if answer is None else [answer],
            since=since,
            until=until,
            known_at=known_at,
            limit=limit + 1,
        )
        shown = found[:limit]
        drafts = _drafts(conn, shown, known_at)
    if as_json:
        for row, draft in zip(shown, drafts, strict=True):
            body: dict[str, object] = msgspec.json.decode(row.body)
            named = {"mission": row.mission, "subject_ref": row.subject_ref}
            said = {"status": status_of(draft=draft), "draft": draft, "known_at": row.known_at}
            print_json({**named, **body, **said})
    else:
        print_spells(shown, draft=any(drafts))
    if len(found) > limit:
        click.echo("There are more: narrow the question, or raise --limit", err=True)


def _drafts(
    conn: Connection, found: Sequence[FoundWhereabouts], known_at: datetime | None
) -> list[bool]:
    """Of each, whether a draft was in force meanwhile."""
    missions = {row.mission for row in found}
    by_mission = {mission: Drafts.of(conn, mission, known_at) for mission in missions}
    return [
        by_mission[row.mission].cover(row.begun_after or row.known_at, row.ended_before)
        for row in found
    ]


def print_spells(found: Iterable[FoundWhereabouts], *, draft: bool = False) -> None:
    """Spells and contradictions as a table; `draft`: some of it was under one."""
    print_table(
        "Whereabouts",
        ("Subject", "Zone", "Answer", "Begun after and by", "Ended after and before", "Seen#"),
        [_row(row) for row in found],
        note=f"{status_of(draft=draft)}. Before, between and after: undetermined.",
    )


def _row(row: FoundWhereabouts) -> tuple[object, ...]:
    if row.zone_id == CONTRADICTIONS:
        return _contradicted(row)
    return _crossed(row) if row.answer in set(Passing) else _spell(row)


def _spell(row: FoundWhereabouts) -> tuple[object, ...]:
    spell = msgspec.json.decode(row.body, type=Spell)
    answer = (spell.answer,) if spell.open_by is None else (spell.answer, f" {spell.open_by}")
    return (
        row.subject_ref,
        row.zone_id,
        answer,
        (spell.begun_after, spell.begun_by),
        (spell.ended_after, spell.ended_before),
        spell.sightings,
    )


def _crossed(row: FoundWhereabouts) -> tuple[object, ...]:
    crossing = msgspec.json.decode(row.body, type=Crossing)
    answer = (crossing.answer, f" {crossing.from_side} to {crossing.to_side}")
    sightings = len({crossing.first, crossing.last})
    return row.subject_ref, row.zone_id, answer, crossing.after, crossing.by, sightings


def _contradicted(row: FoundWhereabouts) -> tuple[object, ...]:
    pair = msgspec.json.decode(row.body, type=Contradiction)
    apart = f"{pair.apart_m / 1_000:g} km apart within {pair.within_s:g} s"
    return row.subject_ref, None, (Open.CONTRADICTED, f" {apart}"), pair.first, pair.second, 2
