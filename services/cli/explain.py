"""`truceline explain`: why a report was judged as it was."""

from __future__ import annotations

import sys

import msgspec
import rich_click as click

from services.cli.language import language_option
from services.cli.output import EXIT_NO, instant, json_option, print_json, print_lines
from services.desk.show import ItemShown, reviewed
from services.errors import NotFoundError
from services.explain import Explained, explain_report
from services.settings import load_settings
from services.store.engine import Connection, connect
from services.store.queries.reports import FoundEvent, find_report
from streams.keys import EventKind
from streams.languages.voice import Language
from streams.trace import Asked, AskedBeside


class UnknownReportError(NotFoundError):
    """No report has this id."""


@click.command(epilog="Example: truceline explain smm-CC-4")
@click.argument("report_id")
@click.option("--mission", help="Where several missions use the id.")
@click.option("--source", help="Where several sources use the id.")
@click.option("--rules", is_flag=True, help="Also the rules that were asked and answered no.")
@language_option
@json_option
def explain(  # noqa: PLR0913 (which report, and how it is said)
    report_id: str,
    mission: str | None,
    source: str | None,
    *,
    rules: bool,
    language: Language,
    as_json: bool,
) -> None:
    """Say why the report REPORT_ID was judged as it was.

    Where it happened, under which clause it falls, by which rule. The report is judged again from
    its stored bytes; where the result is not what is stored, the exit code is 1. REPORT_ID may be
    SOURCE/ID, as the causes of a corridor's state name it.

    With --json, a line for each report of that id: "key", "assessment", "sentences", "terms" (each
    with the rules asked, in order, and what each saw; "beside" those that decided, others in other
    zones, of other versions, by claims), "revisions", "replayed_equal", "intact", "desk" (what
    people did with its results).
    """
    with connect(load_settings().database()) as conn:
        found = _find(conn, report_id, mission, source)
        same = [_show(conn, event, language, rules=rules, as_json=as_json) for event in found]
    if not all(same):
        sys.exit(EXIT_NO)


def _find(
    conn: Connection, report_id: str, mission: str | None, source: str | None
) -> list[FoundEvent]:
    """Every report that is meant; an id may hold a slash of its own, so the whole is tried first.

    Raises:
        UnknownReportError: there is none.
    """
    before, _, after = report_id.rpartition("/")
    for event_id, said_source in ((report_id, source), (after, source or before)):
        named = [
            event
            for event in find_report(conn, event_id)
            if mission in (None, event.mission) and said_source in (None, "", event.source)
        ]
        reports = [event for event in named if event.kind == EventKind.REPORT]
        if reports:
            return reports
        if named:
            raise UnknownReportError(
                f"{report_id!r} is a corridor status, no report: what it did is shown by "
                "`truceline corridor availability`"
            )
        if not before:
            break
    raise UnknownReportError(
        f"no report {report_id!r}: see `truceline rejected`, was it refused? "
        "and `truceline status`, does it still wait?"
    )


def _show(
    conn: Connection, event: FoundEvent, language: Language, *, rules: bool, as_json: bool
) -> bool:
    explained = explain_report(conn, event.mission, event.source, event.event_id, language)
    at_desk = reviewed(conn, event.key)
    if as_json:
        print_json({"key": event.key, **_plain(explained), "desk": msgspec.to_builtins(at_desk)})
    else:
        print_lines(explained.explanation.sentences)
        if rules:
            print_lines(_rules(explained))
        print_lines(_history(explained))
        print_lines(_reviews(at_desk))
        click.echo(f"Its key, in the store and in every log: {event.key}.")
        click.echo()
    return explained.same and explained.intact


def _rules(explained: Explained) -> list[str]:
    lines = []
    for trace in explained.explanation.terms:
        lines.append(f"Rules asked under term {trace.term}, with what each looked at:")
        lines += [f"  {_rule(asked)}" for asked in trace.asked]
        for beside in trace.beside:
            lines.append(f"  {_beside(beside)}")
            lines += [f"    {_rule(asked)}" for asked in beside.asked]
    return lines


def _beside(beside: AskedBeside) -> str:
    """What was asked beside what decided: which version, by whose outline, in which zone."""
    version = f"version {beside.version}" if beside.version else None
    claim = f"as {beside.claimed_by} claims" if beside.claimed_by else None
    zone = f"in {beside.zone}" if beside.zone else "in no zone of it"
    of = ", ".join(part for part in (version, zone, claim) if part)
    return f"{of[0].upper()}{of[1:]}: {beside.verdict.value}, {beside.rule}"


def _rule(asked: Asked) -> str:
    saw = ", ".join(f"{name} {_value(value)}" for name, value in asked.saw.items())
    return f"{asked.rule}: {'yes' if asked.held else 'no'}" + (f" ({saw})" if saw else "")


def _value(value: object) -> str:
    if isinstance(value, list):
        return "+".join(value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _history(explained: Explained) -> list[str]:
    lines = [
        f"Reading {past.revision} of {instant(past.received_at)} was {past.verdict}; superseded."
        for past in explained.judgements[:-1]
    ]
    word = "the same, byte for byte" if explained.same else "NOT what is stored: report this"
    lines.append(f"Judged again from the stored bytes: {word}.")
    if not explained.intact:
        lines.append("The stored bytes are NOT those that came (SHA-256 differs): report this.")
    return lines


def _reviews(at_desk: list[ItemShown]) -> list[str]:
    """What people did with its results; what is explained above is the program's own."""
    return [
        f"At the desk, under term {item.term}: {act.action} of reading {act.reading} by "
        f"{act.principal}, {instant(act.at)}: {act.note}"
        for item in at_desk
        for act in item.acts
    ]


def _plain(explained: Explained) -> dict[str, object]:
    return {
        "assessment": msgspec.to_builtins(explained.judged.assessment),
        "sentences": explained.explanation.sentences,
        "terms": msgspec.to_builtins(explained.explanation.terms),
        "revisions": len(explained.judgements),
        "replayed_equal": explained.same,
        "intact": explained.intact,
    }
