"""Make an engine's first data, whole or not at all.

A program builds it in `NAME.new`, which becomes `NAME` when the program ended well. So a crash, or
a full disk, halfway leaves nothing that the next start could take for data.
"""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

from services.local.errors import EngineFailedError
from services.local.folder import Folder
from services.local.logs import last_line, size_of
from services.local.orphans import kill_processes
from services.local.spawn import spawn

BUILD_S: Final = 120.0
PROGRAMS: Final = ("initdb", "postgres", "java")  # that work in a folder while they build it


def build_data(
    folder: Folder, name: str, engine: str, command: Callable[[Path], list[str]], log: Path
) -> None:
    """Run `command(FOLDER/NAME.new)` as the engines' account, then rename to FOLDER/NAME.

    `engine` is what an error calls it.
    """
    unfinished = folder.path / f"{name}.new"
    for program in PROGRAMS:  # of a start that was killed just now
        kill_processes(program, unfinished)
    shutil.rmtree(unfinished, ignore_errors=True)
    made = folder.own(unfinished.name)
    start = size_of(log)
    process = spawn(command(made), cwd=made, log=log, account=folder.account)
    try:
        code = process.wait(timeout=BUILD_S)
    except subprocess.TimeoutExpired:
        process.kill()
        code = process.wait()
    if code != 0:
        raise EngineFailedError(
            engine, f"could not make its first data: {last_line(log, start)}", log
        )
    made.rename(folder.path / name)
