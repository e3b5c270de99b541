"""Private file: a secret written where its owner alone reads it."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Make a file of mode 0600; raises `FileExistsError` where something is there already."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(opened, "w", encoding="ascii") as file:
        file.write(text)
