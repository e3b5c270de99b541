"""What of the demo needs no engine."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from services.demo import EXAMPLE, FILES, DemoError, _stopped_by_sigterm, example_folder


def test_the_example_is_found_in_the_source_tree() -> None:
    folder = example_folder()
    assert all((folder / name).is_file() for name in FILES)


@pytest.mark.parametrize("where", ["examples", "services/examples"])
def test_the_example_is_found_beside_the_package_or_in_it(where: str, tmp_path: Path) -> None:
    made = tmp_path / where / EXAMPLE
    made.mkdir(parents=True)
    assert example_folder(tmp_path / "services") == made


def test_where_the_example_is_missing_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="run the demo from the source tree"):
        example_folder(tmp_path / "services")


def test_sigterm_is_ctrl_c_while_the_demo_runs() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), _stopped_by_sigterm():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
