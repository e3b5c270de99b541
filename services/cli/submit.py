"""`truceline submit`: reports and corridor statuses into Kafka, tagged."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.progress import Progress, SpinnerColumn, TextColumn

from services.cli.output import EXIT_NO, json_option, print_json
from services.event_files import event_lines
from services.keyring import LOCAL_KEY, read_keys
from services.settings import load_settings
from services.submit import Outcome, Submitter


@click.command(epilog="Example: truceline submit observations.csv --mission osce-smm")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--mission", default="", help="Mission of an SMM-shaped CSV's rows.")
@click.option(
    "--key", "key_id", default=LOCAL_KEY, show_default=True, help="Producer key to tag with."
)
@click.option("--unchecked", is_flag=True, help="Send also what would be refused.")
@json_option
def submit(
    files: tuple[Path, ...], mission: str, key_id: str, *, unchecked: bool, as_json: bool
) -> None:
    """Send FILES: NDJSON, JSON, or CSV of the SMM shape; reports and corridor statuses.

    Each event is looked at first; one that would be refused is named and not sent, the others are.
    Sent means: Kafka has it, on all its replicas. The same event again counts once.
    """
    settings = load_settings()
    key = read_keys(settings.producer_keys).get(key_id)
    if key is None:
        click.echo(
            f"no key {key_id!r}: sending untagged, nothing of it will be more than possible",
            err=True,
        )
    with Submitter(settings.kafka(), key, unchecked=unchecked) as submitter:
        refused = _send(submitter, files, mission, as_json=as_json)
        sent = submitter.flush()
    if as_json:
        print_json({"sent": sent, "refused": refused})
    else:
        click.echo(f"{sent} events sent, {refused} refused")
    if refused:
        sys.exit(EXIT_NO)


def _send(submitter: Submitter, files: tuple[Path, ...], mission: str, *, as_json: bool) -> int:
    refused = 0
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed}"))
    with Progress(*columns, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("sending")
        for name, line, outcome in _outcomes(submitter, files, mission):
            progress.advance(task)
            if outcome.refusal is not None:
                refused += 1
                _say_refused(name, line, outcome, as_json=as_json)
    return refused


def _outcomes(
    submitter: Submitter, files: tuple[Path, ...], mission: str
) -> Iterator[tuple[str, int, Outcome]]:
    for path in files:
        for line, raw in enumerate(event_lines(path, mission=mission), start=1):
            if raw.strip():
                yield path.name, line, submitter.submit(raw.strip())


def _say_refused(name: str, line: int, outcome: Outcome, *, as_json: bool) -> None:
    refusal = outcome.refusal
    assert refusal is not None
    if as_json:
        print_json(
            {"file": name, "event": line, "refused": refusal.reason, "message": refusal.message}
        )
    else:
        word = "sent all the same" if outcome.sent else "not sent"
        click.echo(f"{name}:{line}: {refusal.reason}: {refusal.message} ({word})", err=True)
