"""`truceline spool`: events on their way to the gateway, on this machine's disk."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import rich_click as click

from services.cli.output import (
    EXIT_CANNOT,
    EXIT_NO,
    instant,
    json_option,
    print_json,
    print_lines,
)
from services.cli.sending import (
    can_verify,
    plain_http_option,
    say_waiting,
    send,
    spool_option,
    timeout_option,
)
from services.client.batch import is_line
from services.settings import load_settings
from services.spool.entries import State
from services.spool.export import line_of
from services.spool.spool import Spool


@click.group(epilog="Example: truceline spool status")
def spool() -> None:
    """Show, send on or export what waits for the gateway."""


def _open(folder: Path | None) -> Spool:
    return Spool((folder or load_settings().spool).expanduser())


@spool.command(epilog="Example: truceline spool status --json")
@spool_option
@json_option
def status(spool_folder: Path | None, *, as_json: bool) -> None:
    """Show how many events wait, since when, and why.

    With --json one line: "waiting", "receipted", "refused", "conflict", "oldest_waiting",
    "trouble", "trouble_at", "spool".
    """
    with _open(spool_folder) as opened:
        counts, oldest, trouble = opened.counts(), opened.oldest_waiting(), opened.trouble()
    if as_json:
        print_json(
            {
                **asdict(counts),
                "oldest_waiting": oldest,
                "trouble": trouble and trouble.message,
                "trouble_at": trouble and trouble.at,
                "spool": str(opened.folder),
            }
        )
        return
    since = f", the oldest since {instant(oldest)}" if oldest else ""
    lines = [
        f"Spool     {opened.folder}",
        f"Waiting   {counts.waiting:,}{since}",
        f"Receipts  {counts.receipted + counts.conflict:,}, {counts.conflict:,} in conflict",
        f"Refused   {counts.refused:,}",
    ]
    if trouble and counts.waiting:
        lines.append(f"! {instant(trouble.at)}: {trouble.message}")
    print_lines(lines)


@spool.command(epilog="Example: truceline spool retry --timeout 300")
@click.option("--refused", is_flag=True, help="Also what was refused, e.g. once terms are loaded.")
@timeout_option
@plain_http_option
@spool_option
@json_option
def retry(
    timeout_s: float,
    spool_folder: Path | None,
    *,
    refused: bool,
    plain_http: bool,
    as_json: bool,
) -> None:
    """Send what waits, and go on where the last try ended.

    Exit code 1: events were refused. 3: events still wait. With --json one line: "waiting",
    "receipted", "refused", "conflict" of the whole spool, "trouble", "verified", "spool".
    """
    with _open(spool_folder) as opened:
        if refused:
            opened.ask_again()
        before = opened.counts().refused
        delivery = send(opened, load_settings(), timeout_s, plain_http=plain_http)
        counts = opened.counts()
        if as_json:
            print_json(
                {
                    **asdict(counts),
                    "trouble": delivery.trouble or None,
                    "verified": can_verify(load_settings()),
                    "spool": str(opened.folder),
                }
            )
        else:
            receipts = counts.receipted + counts.conflict
            click.echo(f"{receipts} receipts, {counts.refused} refused, {counts.waiting} waiting")
            if counts.waiting:
                say_waiting(counts.waiting, opened, delivery)
    if counts.waiting:
        sys.exit(EXIT_CANNOT)
    if counts.refused > before:
        sys.exit(EXIT_NO)


@spool.command(epilog="Example: truceline spool export --state waiting --output events.ndjson")
@click.option(
    "--state",
    "states",
    type=click.Choice([state.value for state in State]),
    multiple=True,
    help="Only what is in this state; may be given several times.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="File to write, for your eyes alone, on disk when done.  [default: standard output]",
)
@click.option("--raw", is_flag=True, help="The events alone, as `truceline submit` reads them.")
@spool_option
@json_option
def export(
    states: tuple[str, ...],
    output: Path | None,
    spool_folder: Path | None,
    *,
    raw: bool,
    as_json: bool,
) -> None:
    """Write events with their receipts as NDJSON, for carrying on a stick.

    A line holds "format", "kind", "state", "sha256", "raw" (base64 of the event's bytes), "put_at",
    "gateway", "receipt", "signature", "reason", "detail". With --raw it is the event itself; one
    that stands on several lines cannot be written so: it is left out, and the exit code is 1.

    With --json and --output one line: "exported", "left_out", "file".
    """
    wanted = [State(state) for state in states] or list(State)
    exported = left_out = 0
    with _open(spool_folder) as opened, _out(output) as out:
        for entry in opened.entries(wanted):
            if raw and not is_line(entry.event.raw):
                left_out += 1
                continue
            out.write(entry.event.raw + b"\n" if raw else line_of(entry))
            exported += 1
    if as_json and output is not None:
        print_json({"exported": exported, "left_out": left_out, "file": str(output)})
    else:
        click.echo(f"{exported} events exported, {left_out} left out", err=True)
    if left_out:
        sys.exit(EXIT_NO)


@contextmanager
def _out(path: Path | None) -> Iterator[BinaryIO]:
    """Where to write. A file is whole and on disk, or the one that was there before stays."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.flush()
        return
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(opened, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())  # a stick is pulled out as soon as we say that we are done
    draft.replace(path)
