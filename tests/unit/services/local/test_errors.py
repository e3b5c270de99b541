import inspect
from pathlib import Path

import pytest

from services.local import errors
from services.local.errors import (
    EngineFailedError,
    FolderForeignError,
    FolderFullError,
    FolderInUseError,
    FolderTooNewError,
    FolderUnreachableError,
    FolderUnwritableError,
    JarsDifferError,
    JarsUnfetchedError,
    LocalError,
    PortOccupiedError,
)

HERE = Path("/data/truceline")

# What each line must hold: what is wrong, and what to do about it.
LINES: list[tuple[LocalError, tuple[str, ...]]] = [
    (FolderForeignError(HERE, "it holds other files"), (str(HERE), "other files", "--folder")),
    (FolderFullError(HERE, 12, 300), ("12 MB", "300 MB", "free some room")),
    (FolderInUseError(HERE, " (process 7)"), ("process 7", "stop that one first")),
    (FolderTooNewError(HERE, "9", 1), ("newer", "layout 9", "update Truceline")),
    (FolderUnreachableError(HERE, "nobody", Path("/data")), ("nobody", "/data", "outside")),
    (FolderUnwritableError(HERE, "Read-only file system"), ("Read-only", "make it writable")),
    (JarsDifferError("kafka.jar", HERE), ("kafka.jar", "SHA-256", "delete")),
    (JarsUnfetchedError(45, 45, "no connection"), ("45 of", "connect to the network")),
    (PortOccupiedError("Kafka", 9092), ("9092", "Kafka", "--kafka-port")),
    (EngineFailedError("PostgreSQL", "ended", HERE), ("PostgreSQL ended", str(HERE))),
]


@pytest.mark.parametrize(("error", "parts"), LINES, ids=lambda x: type(x).__name__)
def test_each_error_is_one_line_that_says_what_is_wrong_and_what_to_do(
    error: LocalError, parts: tuple[str, ...]
) -> None:
    line = str(error)
    assert "\n" not in line
    for part in parts:
        assert part in line


def test_the_tree_in_the_docstring_names_every_error() -> None:
    tree = inspect.getdoc(errors) or ""
    classes = [
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and value is not Path
    ]
    assert [name for name in classes if name not in tree] == []
