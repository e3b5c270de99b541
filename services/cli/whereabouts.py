"""`truceline whereabouts`: where subjects that were seen several times are known to have been."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import rich_click as click

from services.cli.judge import FILE, Line, refusal_line, write_results
from services.cli.output import EXIT_NO, json_option
from services.documents import read_agreement_file, read_methodology_file
from services.event_files import read_events
from streams.errors import Mistake
from streams.history import Refused
from streams.inforce import Register
from streams.whereabouts.fold import Whereabouts, encode_whereabouts
from streams.whereabouts.history import fold_history


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


def _lines(mistakes: Iterable[Mistake], results: Iterable[Whereabouts | Refused]) -> Iterator[Line]:
    for mistake in mistakes:
        yield refusal_line(mistake.line, mistake.code, f"{mistake.path}: {mistake.message}")
    for result in results:
        if isinstance(result, Refused):
            yield refusal_line(result.line, *result.refusal)
        else:
            yield Line(encode_whereabouts(result), is_refusal=False)
