"""Event files: NDJSON, JSON and SMM-shaped CSV as raw events, one at a time.

Place on the data's way: files → raw bytes → judge, submit. NDJSON lines are passed on as they
stand: the bytes that a monitor wrote are the bytes that are hashed.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from services.errors import ServiceError
from streams.errors import Mistake
from streams.smm.read import SmmReading, read_smm_csv

TABLE_SUFFIX = ".csv"


class EventFileError(ServiceError):
    """A file that holds no events of a known shape."""


class Events(NamedTuple):
    """What a file holds."""

    raws: Iterable[bytes]
    """Raw events. The n-th (from 1) stands on line n of an NDJSON file or a table, or is the n-th
    of a JSON array; where there is no event, or none that can be read, it is empty."""
    mistakes: tuple[Mistake, ...] = ()
    """Rows of a table that cannot be read as events, each with what to do; the others can."""


def is_table(path: Path) -> bool:
    """Whether the file is a table, which does not say whose observations its rows are."""
    return path.suffix.lower() == TABLE_SUFFIX


def read_events(path: Path, *, mission: str) -> Events:
    """The events of a file by its suffix: .csv (SMM shape), .json, else NDJSON.

    Args:
        path: the file.
        mission: whose observations a table's rows are; other shapes say it themselves.

    Raises:
        EventFileError: a .json file that is no JSON, a table that is not UTF-8.
        OSError: the file cannot be read.
    """
    if is_table(path):
        reading = _read_table(path, mission)
        return Events(_rows(reading), reading.mistakes)
    if path.suffix.lower() == ".json":
        return Events(_json_events(path))
    lines = _Lines(path)
    return Events(lines if path.is_file() else iter(lines))  # a pipe is read once


def _read_table(path: Path, mission: str) -> SmmReading:
    try:
        text = path.read_text(encoding="utf-8-sig")  # spreadsheets write the mark
    except UnicodeDecodeError as error:
        raise EventFileError(f"{path.name} is not UTF-8: save it as CSV in UTF-8") from error
    return read_smm_csv(text, mission=mission, file=path.name)


def _rows(reading: SmmReading) -> Iterator[bytes]:
    """The reports at their rows' places, the header's and the mistaken ones' left empty."""
    mistaken = {mistake.line for mistake in reading.mistakes}
    last = 1 + len(reading.reports) + len(mistaken - {1})
    reports = iter(reading.reports)
    yield b""
    for line in range(2, last + 1):
        yield b"" if line in mistaken else msgspec.json.encode(next(reports))


class _Lines:
    """The lines of a file, read anew whenever they are asked for: a history is asked twice."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield _without_mark(line, number).strip()


def _without_mark(line: bytes, number: int) -> bytes:
    """A byte order mark says how the file is encoded; it is no part of the first event."""
    return line.removeprefix(codecs.BOM_UTF8) if number == 1 else line


def _json_events(path: Path) -> Iterator[bytes]:
    """One event, or an array of them; an element's bytes are taken as they stand."""
    raw = path.read_bytes().removeprefix(codecs.BOM_UTF8).strip()
    if not raw.startswith(b"["):
        yield raw
        return
    try:
        events = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.DecodeError, RecursionError) as error:
        # Nothing of it was passed on yet: the file is mended and read again.
        raise EventFileError(f"{path.name} is no JSON array: {error}") from error
    for event in events:
        yield bytes(event)
