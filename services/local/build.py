"""Make an engine's first data, whole or not at all.

A program builds it in `NAME.new`, which becomes `NAME` when the program ended well. So a crash, or
a full disk, halfway leaves nothing that the next start could take for data.
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from services.local.errors import EngineFailedError
from services.local.folder import Folder
from services.local.logs import last_line, size_of
from services.local.spawn import spawn

BUILD_S = 120.0


def build_data(folder: Folder, name: str, command: Callable[[Path], list[str]], log: Path) -> None:
    """Run `command(FOLDER/NAME.new)` as the engines' account, then rename to FOLDER/NAME."""
    shutil.rmtree(folder.path / f"{name}.new", ignore_errors=True)
    made = folder.own(f"{name}.new")
    start = size_of(log)
    process = spawn(command(made), cwd=made, log=log, account=folder.account)
    try:
        code = process.wait(timeout=BUILD_S)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    if code != 0:
        raise EngineFailedError(
            name, f"could not make its first data: {last_line(log, start)}", log
        )
    made.rename(folder.path / name)
