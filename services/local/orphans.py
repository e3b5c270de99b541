"""Find and end engine processes of a data folder that nobody looks after any more.

An engine is known by its program and by its working folder, never by a number in a pid file: a
number can have passed to another process, a working folder cannot.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

POLL_S = 0.02


def find_processes(program: str, cwd: Path) -> list[int]:
    """Return the pids of `program` (the file's name) that run with working folder `cwd`."""
    return [pid for pid in _pids() if _runs(pid, program, cwd)]


def end_processes(
    program: str, cwd: Path, first: signal.Signals, *, grace_s: float, only: int | None = None
) -> None:
    """End every process of `program` in `cwd`: signal `first`, then SIGKILL after `grace_s`.

    With `only`, the first signal goes to that pid alone (PostgreSQL's postmaster tells the others).
    """
    found = find_processes(program, cwd)
    _send(first, [only] if only in found else found)
    if not _wait_gone(lambda: find_processes(program, cwd), grace_s):
        kill_processes(program, cwd)


def kill_processes(program: str, cwd: Path) -> None:
    """SIGKILL every process of `program` in `cwd`, until none is left."""
    deadline = time.monotonic() + 10
    while found := find_processes(program, cwd):
        _send(signal.SIGKILL, found)
        if time.monotonic() > deadline:  # stuck in the kernel; the engine's own lock will tell
            return
        time.sleep(POLL_S)


def _wait_gone(find: Callable[[], list[int]], within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while find():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


def _send(what: signal.Signals, pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # gone already, which is what we want
            os.kill(pid, what)


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _runs(pid: int, program: str, cwd: Path) -> bool:
    proc = Path("/proc") / str(pid)
    try:
        # A program that was updated meanwhile shows as "... (deleted)".
        name = (proc / "exe").readlink().name.removesuffix(" (deleted)")
        return name == program and (proc / "cwd").readlink() == cwd
    except OSError:  # ended meanwhile, a zombie, or somebody else's: not one of ours
        return False
