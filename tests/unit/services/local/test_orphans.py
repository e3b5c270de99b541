import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.local.orphans import end_processes, find_processes, kill_processes

SLEEP = shutil.which("sleep") or "/bin/sleep"

Start = Callable[[str, Path], int]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []

    def begin(name: str, cwd: Path) -> int:
        cwd.mkdir(exist_ok=True)
        program = tmp_path / name
        if not program.exists():
            shutil.copy(Path(SLEEP).resolve(), program)
        process = subprocess.Popen([program, "60"], cwd=cwd)
        started.append(process)
        deadline = time.monotonic() + 5
        while process.pid not in find_processes(name, cwd) and time.monotonic() < deadline:
            time.sleep(0.005)
        return process.pid

    yield begin
    for process in started:
        process.kill()
        process.wait()


def test_an_engine_is_known_by_program_and_folder_together(tmp_path: Path, start: Start) -> None:
    ours = start("postgres", tmp_path / "data")
    start("postgres", tmp_path / "other")
    start("backup", tmp_path / "data")
    assert find_processes("postgres", tmp_path / "data") == [ours]


def test_ending_takes_the_folders_own_and_nobody_elses(tmp_path: Path, start: Start) -> None:
    start("postgres", tmp_path / "data")
    start("postgres", tmp_path / "data")
    other = start("postgres", tmp_path / "other")
    end_processes("postgres", tmp_path / "data", signal.SIGTERM, grace_s=5)
    assert find_processes("postgres", tmp_path / "data") == []
    assert find_processes("postgres", tmp_path / "other") == [other]


def test_who_does_not_heed_the_signal_is_killed_after_the_grace(
    tmp_path: Path, start: Start
) -> None:
    start("postgres", tmp_path / "data")
    end_processes("postgres", tmp_path / "data", signal.SIGCONT, grace_s=0.05)
    assert find_processes("postgres", tmp_path / "data") == []


def test_nothing_to_end_is_no_failure(tmp_path: Path) -> None:
    kill_processes("postgres", tmp_path)
    end_processes("postgres", tmp_path, signal.SIGTERM, grace_s=0, only=1)
