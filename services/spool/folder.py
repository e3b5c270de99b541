"""The spool's folder: 0700, on disk before it is used; and the lock of the one that sends.

Any number of processes put events at the same time; SQLite keeps them apart. One sends at a time:
the kernel frees its lock however it ends, so nobody waits for a lease of the dead.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from services.spool.errors import SpoolOpenToOthersError, SpoolUnusableError

FILE: Final = "events.sqlite3"
LOCK: Final = "sending.lock"
LOOK_AGAIN_S: Final = 0.1


def make_folder(path: Path) -> None:
    """Make the folder for its owner alone; one that is there must be so already.

    Raises:
        SpoolOpenToOthersError: others may enter it.
        SpoolUnusableError: it cannot be made.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        file = path / FILE
        # The mode is the file's from its first moment; SQLite's journal takes it over.
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        _require_closed(path, 0o700)
        _require_closed(file, 0o600)
        # A power cut after this cannot take the file's name away from under what is in it.
        for folder in (path, path.parent):
            _sync(folder)
    except OSError as error:
        raise SpoolUnusableError(path, error.strerror or str(error)) from error


def _require_closed(path: Path, wanted: int) -> None:
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise SpoolOpenToOthersError(path, wanted)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def only_sender(folder: Path, timeout_s: float) -> Iterator[bool]:
    """Be the one process that sends; False where another one still does after `timeout_s`."""
    opened = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _take(opened, time.monotonic() + timeout_s)
    finally:
        os.close(opened)


def _take(opened: int, deadline: float) -> bool:
    while True:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # retry: another process sends, our events among them
            if time.monotonic() >= deadline:
                return False
            time.sleep(LOOK_AGAIN_S)
        else:
            return True
