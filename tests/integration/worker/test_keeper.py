"""The process that keeps incidents ends with its worker, and takes it along when it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.local.endpoints import DATABASE_VARIABLE
from services.local.folder import HOME_VARIABLE
from services.programs import EXIT_FAILED

WORKER = "import time; from services.worker.keeper import keep_apart; keep_apart(); time.sleep(120)"
WITHIN_S = 60.0


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def is_keeper(pid: int) -> bool:
    """Whether it runs the program, and no more what it was forked from."""
    try:
        return b"services.worker.keeper\0" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


@pytest.fixture
def worker(migrated_url: str, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has incidents kept, and does nothing else."""
    environment = {**os.environ, DATABASE_VARIABLE: migrated_url, HOME_VARIABLE: str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", WORKER], env=environment) as process:
        yield process
        process.kill()


def keeper_of(worker: subprocess.Popen[bytes]) -> int:
    until(lambda: any(map(is_keeper, children_of(worker.pid))))
    return next(filter(is_keeper, children_of(worker.pid)))


def test_it_ends_with_its_worker_and_not_before(worker: subprocess.Popen[bytes]) -> None:
    keeper = keeper_of(worker)
    until(lambda: _ignores(keeper, signal.SIGTERM))
    os.kill(keeper, signal.SIGTERM)  # as a service manager tells all of a group
    time.sleep(0.2)
    assert is_keeper(keeper)
    worker.kill()
    until(lambda: not is_keeper(keeper))


def test_a_worker_whose_incidents_nobody_keeps_ends(worker: subprocess.Popen[bytes]) -> None:
    os.kill(keeper_of(worker), signal.SIGKILL)
    assert worker.wait(WITHIN_S) == EXIT_FAILED


def _ignores(pid: int, number: signal.Signals) -> bool:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    ignored = next(line for line in status.splitlines() if line.startswith("SigIgn:"))
    return bool(int(ignored.split()[1], 16) >> (number - 1) & 1)
