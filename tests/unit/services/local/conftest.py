"""A place for data folders: pytest's own is closed to the account that runs the engines as root."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="truceline-unit-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)
