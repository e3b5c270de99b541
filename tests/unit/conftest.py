"""Unit tests touch no network: a socket in one is a mistake in the code's layering.

Real data for tests is found by TRUCELINE_REAL_DATA, next to the project by default.
"""

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import disable_socket, enable_socket

PROJECT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def no_sockets() -> Iterator[None]:
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; without it the test fails in CI, and is skipped aloud elsewhere."""
    folder = Path(os.environ.get("TRUCELINE_REAL_DATA", PROJECT / "../shared/data")).resolve()
    if folder.is_dir():
        return folder
    message = f"NO REAL DATA at {folder}: set TRUCELINE_REAL_DATA; real data goes untested"
    if os.environ.get("CI"):
        pytest.fail(message)
    warnings.warn(message, stacklevel=2)
    pytest.skip(message)
