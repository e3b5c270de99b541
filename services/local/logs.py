"""Log files of engines and services: bounded, and asked for the one line that matters."""

import shutil
from pathlib import Path
from typing import Final

LIMIT_BYTES: Final = 20_000_000
TAIL_BYTES: Final = 16_384
TELLING: Final = ("FATAL", "PANIC", "ERROR", "Error", "Exception", "could not")


def size_of(log: Path) -> int:
    """Return the size of the log in bytes, 0 if there is none."""
    return log.stat().st_size if log.exists() else 0


def last_line(log: Path, since: int = 0) -> str:
    """Return the last line that tells of a failure, else the last line, at most 300 characters.

    `since` is the size the log had when its writer started: what older runs wrote is not meant.
    """
    try:
        with log.open("rb") as opened:
            opened.seek(max(since, size_of(log) - TAIL_BYTES))
            text = opened.read().decode("utf-8", "replace")
    except OSError:  # no log is no reason to hide the failure that it would tell of
        return "no log was written"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [
        line
        for line in lines
        if any(word in line for word in TELLING) and not line.startswith(("at ", "Caused by"))
    ]
    return ((telling or lines or ["nothing in the log"])[-1])[:300]


def trim_log(log: Path, limit_bytes: int = LIMIT_BYTES) -> bool:
    """Move a log past the limit to `NAME.1` and begin anew; returns whether it did.

    Copy and truncate, because its writer keeps it open (appending): what is written between the
    two is lost, at most some lines of a log that is too long already.
    """
    if size_of(log) <= limit_bytes:
        return False
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    with log.open("r+b") as opened:
        opened.truncate(0)
    return True
