"""Real data for tests: found by TRUCELINE_REAL_DATA, next to the project by default."""

import os
import warnings
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; without it the test fails in CI, and is skipped aloud elsewhere."""
    folder = Path(os.environ.get("TRUCELINE_REAL_DATA", PROJECT / "../shared/data")).resolve()
    if folder.is_dir():
        return folder
    message = f"NO REAL DATA at {folder}: set TRUCELINE_REAL_DATA; geometry goes untested on it"
    if os.environ.get("CI"):
        pytest.fail(message)
    warnings.warn(message, stacklevel=2)
    pytest.skip(message)
