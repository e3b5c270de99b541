"""`truceline judge`: a history of reports, judged with no engine."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from services.cli.output import EXIT_NO, json_option
from services.documents import read_agreement_file, read_methodology_file
from services.event_files import event_lines
from streams.assess import Judged
from streams.assessment import encode_assessment
from streams.explain import explain
from streams.history import Refused, judge_history
from streams.inforce import Register


@click.command(
    epilog="Example: truceline judge agreement.yaml methodology.yaml reports.ndjson > out.ndjson"
)
@click.argument("agreement", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("methodology", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("reports", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--explain", "explained", is_flag=True, help="Sentences instead of NDJSON.")
@json_option
def judge(
    agreement: Path, methodology: Path, reports: Path, *, explained: bool, as_json: bool
) -> None:
    """Judge REPORTS (NDJSON, JSON or SMM-shaped CSV) under AGREEMENT and METHODOLOGY.

    Writes one assessment a line, the same bytes every time. Refused lines are written as
    {"line", "refused", "message"}; then the exit code is 1. You vouch for the file: reports in it
    count as authenticated.
    """
    del as_json  # the output is NDJSON unless sentences were asked for
    methods = read_methodology_file(methodology)
    register = Register((read_agreement_file(agreement),), (methods,))
    results = judge_history(register, event_lines(reports, mission=methods.mission))
    refused = write_results(results, sys.stdout.buffer, explained=explained)
    if refused:
        click.echo(f"{refused} events were refused", err=True)
        sys.exit(EXIT_NO)


def write_results(
    results: Iterable[Judged | Refused], out: BinaryIO, *, explained: bool = False
) -> int:
    """Write results a line each; returns how many were refused."""
    refused = 0
    for result in results:
        if isinstance(result, Refused):
            refused += 1
            line: bytes = msgspec.json.encode(
                {
                    "line": result.line,
                    "refused": result.refusal.reason,
                    "message": result.refusal.message,
                }
            )
        elif explained:
            line = "\n".join((*explain(result).sentences, "")).encode()
        else:
            line = encode_assessment(result.assessment)
        out.write(line + b"\n")
    out.flush()
    return refused
