"""The loops are compiled once, in a process of their own; where that fails, in the worker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from services.worker.kernels import SUFFIX, compile_apart


class Runs:
    """Counts; ends with the codes given."""

    def __init__(self, *codes: int) -> None:
        self.codes = list(codes)

    def __call__(self) -> int:
        return self.codes.pop(0)


def test_it_is_done_once(tmp_path: Path) -> None:
    runs = Runs(0)
    folder = tmp_path / "grids"
    compile_apart(folder, runs)
    compile_apart(folder, runs)
    assert not runs.codes


def test_what_failed_is_tried_at_the_next_start(tmp_path: Path) -> None:
    runs = Runs(1, 0)
    compile_apart(tmp_path, runs)
    compile_apart(tmp_path, runs)
    assert not runs.codes


def test_the_mark_of_an_older_version_counts_for_nothing_and_goes(tmp_path: Path) -> None:
    old = tmp_path / f"{'0' * 64}{SUFFIX}"
    old.touch()
    runs = Runs(0)
    compile_apart(tmp_path, runs)
    assert not runs.codes
    assert not old.exists()


def test_where_no_mark_can_be_made_it_is_done_again(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    runs = Runs(0, 0)
    compile_apart(tmp_path / "file" / "grids", runs)
    compile_apart(tmp_path / "file" / "grids", runs)
    assert not runs.codes


def test_the_process_compiles_and_ends() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "services.worker.kernels"], check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
