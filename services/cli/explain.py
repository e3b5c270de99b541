"""`truceline explain`: why a report was judged as it was."""

from __future__ import annotations

import sys

import click
import msgspec

from services.cli.output import EXIT_NO, instant, json_option, print_json
from services.explain import Explained, explain_report
from services.settings import load_settings
from services.store.engine import Connection, connect
from services.store.queries.reports import FoundEvent, find_report
from streams.keys import EventKind


@click.command(epilog="Example: truceline explain smm-CC-4")
@click.argument("report_id")
@click.option("--mission", help="Where several missions use the id.")
@click.option("--source", help="Where several sources use the id.")
@json_option
def explain(report_id: str, mission: str | None, source: str | None, *, as_json: bool) -> None:
    """Say where REPORT_ID happened, under which clause it falls, and why the verdict is what it is.

    The report is judged again from its stored bytes; the result must equal what is stored.
    """
    with connect(load_settings().database()) as conn:
        found = [
            event
            for event in find_report(conn, report_id)
            if event.kind == EventKind.REPORT
            and mission in (None, event.mission)
            and source in (None, event.source)
        ]
        if not found:
            click.echo(
                f"no report {report_id!r}; was it refused? see `truceline rejected`", err=True
            )
            sys.exit(EXIT_NO)
        same = [_show(conn, event, as_json=as_json) for event in found]
    if not all(same):
        sys.exit(EXIT_NO)


def _show(conn: Connection, event: FoundEvent, *, as_json: bool) -> bool:
    explained = explain_report(conn, event.mission, event.source, event.event_id)
    if as_json:
        print_json(_plain(explained))
    else:
        for sentence in explained.explanation.sentences:
            click.echo(sentence)
        for line in _history(explained):
            click.echo(line)
        click.echo()
    return explained.same


def _history(explained: Explained) -> list[str]:
    lines = [
        f"Reading {past.revision} of {instant(past.received_at)} was {past.verdict}; superseded."
        for past in explained.judgements[:-1]
    ]
    word = "the same, byte for byte" if explained.same else "NOT what is stored: report this"
    return [*lines, f"Judged again from the stored bytes: {word}."]


def _plain(explained: Explained) -> object:
    return {
        "assessment": msgspec.to_builtins(explained.judged.assessment),
        "sentences": explained.explanation.sentences,
        "terms": msgspec.to_builtins(explained.explanation.terms),
        "revisions": len(explained.judgements),
        "replayed_equal": explained.same,
    }
