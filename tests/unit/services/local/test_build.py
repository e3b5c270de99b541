from pathlib import Path

import pytest

from services.local.build import build_data
from services.local.errors import EngineFailedError
from services.local.folder import Folder

SHELL = "/bin/sh"


def test_data_appears_whole_when_its_program_ended_well(place: Path) -> None:
    folder = Folder(place)
    build_data(
        folder,
        "postgres",
        "PostgreSQL",
        lambda new: [SHELL, "-c", f"echo 18 > {new}/V"],
        place / "log",
    )
    assert (place / "postgres" / "V").read_text() == "18\n"
    assert (place / "postgres").stat().st_uid == folder.account.uid


def test_a_failed_program_leaves_nothing_that_could_pass_for_data(place: Path) -> None:
    folder, log = Folder(place), place / "log"
    script = "touch half; echo 'could not write: No space left on device'; exit 1"
    with pytest.raises(EngineFailedError, match=r"PostgreSQL could not make .*No space left"):
        build_data(folder, "postgres", "PostgreSQL", lambda _: [SHELL, "-c", script], log)
    assert not (place / "postgres").exists()
    build_data(folder, "postgres", "PostgreSQL", lambda _: [SHELL, "-c", "test ! -e half"], log)
    assert (place / "postgres").exists()
