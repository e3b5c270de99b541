"""Event files: NDJSON, JSON and SMM-shaped CSV as raw events, one at a time.

Place on the data's way: files → raw bytes → judge, submit. NDJSON lines are passed on as they
stand: the bytes that a monitor wrote are the bytes that are hashed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from services.errors import ServiceError
from streams.smm import SmmError, read_smm_csv


class EventFileError(ServiceError):
    """A file that holds no events of a known shape."""


def event_lines(path: Path, *, mission: str) -> Iterator[bytes]:
    """The events of a file by its suffix: .csv (SMM shape), .json, else NDJSON.

    Args:
        path: the file.
        mission: whose observations an SMM table's rows are; other shapes say it themselves.

    Raises:
        SmmError: rows of a table that cannot be read, all of them.
        EventFileError: a .json file that is no JSON.
    """
    if path.suffix == ".csv":
        yield from _csv_lines(path, mission)
    elif path.suffix == ".json":
        yield from _json_events(path)
    else:
        with path.open("rb") as file:
            yield from file


def _csv_lines(path: Path, mission: str) -> Iterator[bytes]:
    reading = read_smm_csv(path.read_text(encoding="utf-8"), mission=mission, file=path.name)
    if reading.mistakes:
        raise SmmError(reading.mistakes)
    for report in reading.reports:
        yield msgspec.json.encode(report)


def _json_events(path: Path) -> Iterator[bytes]:
    """One event, or an array of them; an element's bytes are taken as they stand."""
    raw = path.read_bytes()
    if not raw.lstrip().startswith(b"["):
        yield raw.strip()
        return
    try:
        events = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except msgspec.DecodeError as error:
        raise EventFileError(f"{path.name} is no JSON array: {error}") from error
    for event in events:
        yield bytes(event)
