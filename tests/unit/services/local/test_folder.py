from pathlib import Path

import pytest

from services.local import folder as folder_module
from services.local.errors import (
    FolderForeignError,
    FolderFullError,
    FolderInUseError,
    FolderTooNewError,
    FolderUnwritableError,
)
from services.local.folder import LAYOUT, Folder, default_folder, is_held


def test_a_new_folder_is_closed_to_others_and_marked(place: Path) -> None:
    made = Folder(place / "deep" / "data")
    assert (made.path.stat().st_mode & 0o066) == 0
    assert (made.path / "layout").read_text() == f"{LAYOUT}\n"
    assert (made.logs.stat().st_mode & 0o077) == 0


def test_what_the_engines_own_is_theirs_alone(place: Path) -> None:
    made = Folder(place / "data")
    owned = made.own("postgres")
    assert owned.stat().st_mode & 0o777 == 0o700
    assert owned.stat().st_uid == made.account.uid


def test_an_empty_folder_is_taken_and_a_second_start_goes_on(place: Path) -> None:
    (place / "data").mkdir()
    Folder(place / "data").own("postgres")
    assert (Folder(place / "data").path / "postgres").exists()


def test_a_folder_with_other_files_is_refused(place: Path) -> None:
    (place / "thesis.odt").touch()
    with pytest.raises(FolderForeignError, match="holds other files"):
        Folder(place)
    assert [entry.name for entry in place.iterdir()] == ["thesis.odt"]


def test_a_file_in_place_of_the_folder_is_refused(place: Path) -> None:
    (place / "data").touch()
    with pytest.raises((FolderForeignError, FolderUnwritableError)):
        Folder(place / "data")


def test_a_folder_that_cannot_be_made_says_why(place: Path) -> None:
    (place / "file").touch()
    with pytest.raises(FolderUnwritableError, match=r"cannot write in .*File exists"):
        Folder(place / "file" / "data")


@pytest.mark.parametrize("mark", [f"{LAYOUT + 1}\n", "2.0-beta\n"])
def test_a_folder_of_a_newer_version_is_refused_untouched(place: Path, mark: str) -> None:
    (place / "layout").write_text(mark)
    with pytest.raises(FolderTooNewError, match="update Truceline"):
        Folder(place)
    assert (place / "layout").read_text() == mark


def test_a_full_disk_is_told_before_anything_is_started(place: Path) -> None:
    with pytest.raises(FolderFullError, match="MB are free"):
        Folder(place / "data", needed_mb=10**12)


def test_a_held_folder_is_refused_to_a_second_one_until_released(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "LOCK_S", 0.0)
    first, second = Folder(place), Folder(place)
    first.hold()
    assert is_held(place)
    with pytest.raises(FolderInUseError, match="in use by another truceline"):
        second.hold()
    assert not second.is_ours
    first.release()
    assert not is_held(place)
    second.hold()
    second.release()


def test_the_default_folder_is_the_one_named_in_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRUCELINE_HOME", "/srv/here")
    assert default_folder() == Path("/srv/here")


@pytest.mark.parametrize(
    ("uid", "xdg", "expected"),
    [
        (0, "/x", "/var/lib/truceline"),
        (1000, "/x", "/x/truceline"),
        (1000, None, "/home/ada/.local/share/truceline"),
    ],
)
def test_the_default_folder_is_the_systems_place(
    monkeypatch: pytest.MonkeyPatch, uid: int, xdg: str | None, expected: str
) -> None:
    monkeypatch.delenv("TRUCELINE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/ada")
    if xdg is None:
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_DATA_HOME", xdg)
    monkeypatch.setattr("os.geteuid", lambda: uid)
    assert default_folder() == Path(expected)


def test_a_key_or_a_spool_put_there_before_the_first_start_is_no_stranger(place: Path) -> None:
    path = place / "data"
    for name in ("keys", "spool"):
        (path / name).mkdir(parents=True)
    Folder(path)
    assert (path / "layout").exists()
