import os
from pathlib import Path

import pytest

from services.local import programs
from services.local.account import Account, caller
from services.local.errors import FolderUnwritableError
from services.local.programs import cache_folder, java, make_cache, postgres_bin

STRANGER = Account("stranger", uid=60_001, gid=60_001)


def test_the_caller_uses_the_installed_programs_where_they_are(place: Path) -> None:
    assert (postgres_bin(caller(), place) / "initdb").is_file()
    assert java(caller(), place).is_file()
    assert list(place.iterdir()) == []


def test_who_cannot_reach_them_gets_a_copy_made_once(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "find_barrier", lambda *_: Path("/root"))
    first = postgres_bin(STRANGER, place)
    assert first.is_relative_to(place)
    assert (first / "postgres").stat().st_mode & 0o005 == 0o005
    made = first.stat().st_ctime_ns
    assert postgres_bin(STRANGER, place).stat().st_ctime_ns == made
    assert [entry.name for entry in (place / "programs").iterdir()] == [first.parents[2].name]


def test_an_interrupted_copy_is_not_taken_for_the_programs(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(programs, "find_barrier", lambda *_: Path("/root"))
    monkeypatch.setattr("shutil.copytree", full)
    with pytest.raises(FolderUnwritableError, match="No space left"):
        postgres_bin(STRANGER, place)
    assert list((place / "programs").iterdir()) == []


def test_the_cache_is_the_one_named_or_the_systems_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUCELINE_CACHE", "/srv/cache")
    assert cache_folder() == Path("/srv/cache")
    monkeypatch.delenv("TRUCELINE_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert cache_folder() == Path("/home/ada/.cache/truceline")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert cache_folder() == Path("/var/cache/truceline")


def test_a_cache_that_cannot_be_made_says_what_to_set(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "file").touch()
    monkeypatch.setenv("TRUCELINE_CACHE", str(place / "file" / "cache"))
    with pytest.raises(FolderUnwritableError, match="TRUCELINE_CACHE"):
        make_cache(caller())
