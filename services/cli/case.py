"""`truceline case`: what is alleged, inquired into and ruled."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import islice

import msgspec
import rich_click as click

from services.cases import CaseRow, CasesAsked, CaseTold, StageTold, list_cases, show_case
from services.cli.case_acts import ACTS
from services.cli.output import instant, json_option, print_json, print_lines, print_table
from services.errors import NotFoundError
from services.settings import load_settings
from services.store.case_acts import missions_of, raw_act
from services.store.engine import Connection, connect
from streams.cases.acts import CaseState

EXAMPLE = "4f1c2a9be07d5c3386aa"


class NoCaseError(NotFoundError):
    """There is no case, or no act in it, of this name."""


@click.group(epilog="Example: truceline case list --state under_inquiry")
def case() -> None:
    """Open, work, rule and show cases: allegations that people rule on.

    list and show read the database; every act goes to the gateway, under the token of whoever acts.
    A ruling is signed by two people with keys of their own, which no token replaces.
    """


@case.command(name="list", epilog="Example: truceline case list --subject patrol-1/r-17")
@click.option("--mission", help="Mission id.")
@click.option("--agreement", help="Agreement id.")
@click.option("--state", type=click.Choice([it.value for it in CaseState]), help="At this.")
@click.option("--subject", help="About this report (SOURCE/ID) or incident.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True)
@json_option
def list_(  # noqa: PLR0913 (each is one thing that may be asked for)
    mission: str | None,
    agreement: str | None,
    state: str | None,
    subject: str | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List cases, the newest first.

    With --json a case a line: "mission", "agreement", "case", "state", "stage", "opened_at",
    "text", "alleged_party", "subjects", "addressed", "released".
    """
    wanted = CaseState(state) if state else None
    asked = CasesAsked(mission, agreement, wanted, subject, limit)
    with connect(load_settings().database()) as conn:
        found = [it.row for it in islice(list_cases(conn, asked, whole=True), limit)]
    if as_json:
        for row in found:
            print_json_struct(row)
        return
    print_table(
        "Cases",
        ("Case!", "State!", "Stage#", "Opened!", "About", "Alleged"),
        [_row(row) for row in found],
        note="A case changes no judgement; a ruling is of two people.",
    )


def _row(row: CaseRow) -> tuple[object, ...]:
    about = tuple(f"{it.kind} {it.id}" for it in row.subjects)
    state = (row.state, *(("released",) if row.released else ()))
    return row.case, state, row.stage, row.opened_at, about, row.text


def print_json_struct(value: object) -> None:
    """A struct as one JSON value."""
    print_json(msgspec.to_builtins(value))


@case.command(epilog=f"Example: truceline case show {EXAMPLE}")
@click.argument("case_id", metavar="CASE")
@click.option("--mission", help="Where several missions have one of this id.")
@click.option("--act", help="The bytes of this act alone, by its SHA-256, as they came.")
@json_option
def show(case_id: str, mission: str | None, act: str | None, *, as_json: bool) -> None:
    """Show CASE: its stages and rulings, replies and dissents, custody, every act.

    With --json one object: "case", "stages", "words", "custody", "acts".
    """
    with connect(load_settings().database()) as conn:
        of = _mission(conn, mission, case_id)
        if act is not None:
            sys.stdout.buffer.write(_bytes_of(conn, of, case_id, act))
            return
        found = show_case(conn, of, case_id, whole=True)
    if found is None:
        raise _none(case_id)
    if as_json:
        print_json_struct(found)
    else:
        print_lines(lines_of(found))


def _mission(conn: Connection, mission: str | None, case_id: str) -> str:
    found = missions_of(conn, case_id)
    named = [it for it in found if mission in {None, it}]
    if not named:
        raise _none(case_id)
    return named[0]


def _bytes_of(conn: Connection, mission: str, case_id: str, act: str) -> bytes:
    is_hash = len(act) == 64 and all(it in "0123456789abcdef" for it in act)
    raw = raw_act(conn, mission, case_id, act) if is_hash else None
    if raw is None:
        raise NoCaseError(f"the case has no act {act!r}: `truceline case show` lists them")
    return raw


def _none(case_id: str) -> NoCaseError:
    return NoCaseError(f"no case {case_id!r}: `truceline case list` lists those that there are")


def lines_of(found: CaseTold) -> list[str]:
    """A case for people."""
    row = found.case
    lines = [
        f"Case {row.case} of {row.mission}, under {row.agreement}: {row.state}, stage {row.stage}",
        f"alleged: {row.text}",
        *(f"about {it.kind} {it.id} {it.term or ''}".rstrip() for it in row.subjects),
        f"shown to {', '.join(row.addressed) or 'no party'}{', released' if row.released else ''}",
    ]
    for stage in found.stages:
        lines += _stage(stage)
    lines += [
        f"{it.kind} of {it.party or it.source}, {instant(it.at)}: {it.text}" for it in found.words
    ]
    for chain in found.custody:
        hands = " → ".join(f"{it.holder} {instant(it.since)}" for it in chain.holdings)
        lines.append(f"evidence {chain.evidence}: {hands}{', broken' if chain.broken else ''}")
    lines += [
        f"{instant(it.received_at)} {it.kind} by {it.source}, {it.act}"
        f"{f', without effect: {it.without_effect}' if it.without_effect else ''}"
        for it in found.acts
    ]
    return lines


def _stage(stage: StageTold) -> Sequence[str]:
    lines = [f"stage {stage.stage}: {stage.state} since {instant(stage.since)}"]
    for it in stage.findings:
        signed = ", ".join(f"{one.holder} ({one.source})" for one in it.signatories)
        done = "ruling" if it.complete else "signed by one, no ruling yet"
        lines.append(f"  {done}: {it.finding}, signed by {signed}, SHA-256 {it.ruling}: {it.text}")
    return lines


for _command in ACTS:
    case.add_command(_command)
