"""`truceline judge`: a history of reports, judged with no engine."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec
import rich_click as click
from msgspec import Struct

from geo.zones import ZoneSet
from services.cli.language import language_option
from services.cli.output import EXIT_NO, json_option, printable
from services.documents import read_agreement_file, read_methodology_file
from services.event_files import read_events
from services.signature_files import signatures_beside
from streams.agreement import Agreement
from streams.assess import Judged
from streams.context.heard import Heard
from streams.context.known import known_by
from streams.decode import Refusal, decode_context
from streams.errors import Mistake
from streams.explain import explain
from streams.gather import Refused
from streams.history import Assessed, judge_history
from streams.inforce import Register
from streams.languages.voice import Language
from streams.signing import Signature

INDEXED_FROM_BYTES = 128 * 1024 * 1024
"""About 200,000 reports: for fewer, an index of the zones takes longer than it saves."""
INDEX_BYTES = 64 * 1024 * 1024
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Written(NamedTuple):
    """How many results were written."""

    judged: int
    refused: int


@click.command(
    epilog="Example: truceline judge agreement.yaml methodology.yaml reports.ndjson > out.ndjson"
)
@click.argument("agreement", type=FILE)
@click.argument("methodology", type=FILE)
@click.argument("reports", type=FILE)
@click.option(
    "--context",
    type=FILE,
    help="File of context events (NDJSON or JSON): declarations, notifications, truces and others.",
)
@click.option("--explain", "explained", is_flag=True, help="Sentences instead of NDJSON.")
@language_option
@json_option
def judge(  # noqa: PLR0913 (the documents, the events, and how to write)
    agreement: Path,
    methodology: Path,
    reports: Path,
    *,
    context: Path | None,
    explained: bool,
    language: Language,
    as_json: bool,
) -> None:
    """Judge REPORTS under AGREEMENT and METHODOLOGY, with no engine.

    REPORTS are NDJSON, JSON or a CSV of the SMM shape. Writes one assessment a line (NDJSON, with
    or without --json), the same bytes every time. What is refused is written first, as {"line",
    "refused", "message"}; then the exit code is 1. You vouch for the files: what is in them counts
    as authenticated. What a context event may change, the agreement's sources decide.
    Signatures that lie beside AGREEMENT (agreement sign) count; without all of them it is a draft.
    """
    if explained and as_json:
        raise click.UsageError("--explain writes sentences, --json writes NDJSON: choose one")
    methods = read_methodology_file(methodology)
    document = read_agreement_file(agreement)
    register = Register((document,), (methods,), signatures=_signatures(agreement, document))
    if reports.stat().st_size >= INDEXED_FROM_BYTES:
        register = register.indexed(index_zones)
    events = read_events(reports, mission=methods.mission)
    told = _read_context(context, methods.mission) if context else Told([], [])
    known = known_by(register, methods.mission, told.heard)
    said_in = language if explained else None
    with nothing_collected():
        history = judge_history(register, events.raws, known)
        results = history if explained else history.told()
        lines = result_lines(events.mistakes, chain(told.refused, results), said_in)
        written = write_results(lines, sys.stdout.buffer)
    click.echo(f"{written.judged} reports judged, {written.refused} refused", err=True)
    if written.refused:
        sys.exit(EXIT_NO)


@contextmanager
def nothing_collected() -> Iterator[None]:
    """What is read and judged never goes round in circles; to look for such costs a tenth."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def index_zones(zones: ZoneSet, previous: ZoneSet | None = None) -> ZoneSet:
    """The zones with what makes many points fast to place in them."""
    from geo.grid import gridded  # noqa: PLC0415 (it brings the compiler with it)

    return gridded(zones, INDEX_BYTES, previous)


def _signatures(file: Path, document: Agreement) -> list[Signature]:
    """Those beside the agreement; which does not count is said, and counts for nothing."""
    beside = signatures_beside(file, document)
    for path, _, flaw in beside:
        if flaw is not None:
            click.echo(f"{path.name} does not count [{flaw}]", err=True)
    return [signature for _, signature, _ in beside]


class Told(NamedTuple):
    """A file of context events, read."""

    heard: list[Heard]
    refused: list[Refused]


def _read_context(path: Path, mission: str) -> Told:
    told = Told([], [])
    for number, raw in enumerate(read_events(path, mission=mission).raws, start=1):
        event = decode_context(raw) if raw else None
        if isinstance(event, Refusal):
            told.refused.append(Refused(number, event))
        elif event is not None:
            told.heard.append(Heard(event, vouched=True, content_hash=sha256(raw).hexdigest()))
    return told


class Lines(Struct, frozen=True, gc=False):
    """Results as they are written, whole lines, and how many of each kind they are."""

    text: bytes
    judged: int = 0
    refused: int = 0


def result_lines(
    mistakes: Iterable[Mistake],
    results: Iterable[Judged | Assessed | Refused],
    language: Language | None,
) -> Iterator[Lines]:
    """Results as NDJSON where they are told, or explained in a language."""
    explained = language is not None
    for mistake in mistakes:
        message = f"{mistake.path}: {mistake.message}"
        yield _refusal(mistake.line, mistake.code, message, explained=explained)
    for result in results:
        if isinstance(result, Assessed):
            yield Lines(result.text, judged=result.judged)
        elif isinstance(result, Refused):
            reason, message = result.refusal.reason, result.refusal.message
            yield _refusal(result.line, reason, message, explained=explained)
        else:
            sentences = map(printable, explain(result, language or Language.ENGLISH).sentences)
            yield Lines("\n".join((*sentences, "", "")).encode(), judged=1)


def _refusal(line: int | None, reason: str, message: str, *, explained: bool) -> Lines:
    if not explained:
        return refusal_line(line, reason, message)
    text = f"Line {line} was refused: {printable(message)} [{reason}].\n\n".encode()
    return Lines(text, refused=1)


def refusal_line(line: int | None, reason: str, message: str) -> Lines:
    """What is written of a refused line, as NDJSON."""
    text = msgspec.json.encode({"line": line, "refused": reason, "message": message})
    return Lines(text + b"\n", refused=1)


def write_results(lines: Iterable[Lines], out: BinaryIO) -> Written:
    """Write results as they come."""
    judged = refused = 0
    for some in lines:
        out.write(some.text)
        judged += some.judged
        refused += some.refused
    out.flush()
    return Written(judged, refused)
