import stat
from pathlib import Path

import pytest

from services.private_file import write_private


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "token"
    write_private(path, "secret\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text(encoding="ascii") == "secret\n"


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("mine", encoding="ascii")
    with pytest.raises(FileExistsError):
        write_private(path, "secret")
    assert path.read_text(encoding="ascii") == "mine"
