"""The producers' keys: read whole, from a file that nobody else may read, or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from services.errors import KeysError
from services.keyring import LOCAL_KEY, SECRET_BYTES, make_keys, read_keys
from services.settings import KEYS_VARIABLE

SECRET = "0f" * 32


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "producers.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def entry(**fields: str) -> str:
    defaults = {"id": '"one"', "secret": f'"{SECRET}"'}
    return "[[key]]\n" + "".join(f"{k} = {v}\n" for k, v in (defaults | fields).items())


def test_a_key_is_read_with_whom_it_speaks_for(tmp_path: Path) -> None:
    bound = entry(id='"two"', mission='"osce-smm"', sources='["patrol-1", "camera-2"]')
    keys = read_keys(written(tmp_path, entry() + bound))
    assert set(keys) == {"one", "two"}
    assert keys["one"].secret == bytes.fromhex(SECRET)
    assert (keys["one"].mission, keys["one"].sources) == (None, frozenset())
    assert keys["two"].mission == "osce-smm"
    assert keys["two"].sources == {"patrol-1", "camera-2"}


def test_no_file_and_an_empty_file_hold_no_key(tmp_path: Path) -> None:
    assert read_keys(tmp_path / "none.toml") == {}
    assert read_keys(written(tmp_path, "")) == {}


def test_a_file_that_somebody_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match=f"{KEYS_VARIABLE}$"):
        read_keys(tmp_path / "none.toml", required=True)
    assert read_keys(written(tmp_path, ""), required=True) == {}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o644])
def test_a_file_that_others_may_read_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    with pytest.raises(KeysError, match="chmod 600"):
        read_keys(written(tmp_path, entry(), mode))


@pytest.mark.parametrize(
    "text",
    [
        "not toml at all",
        "[[key]]\n",
        entry(secret=f'"{SECRET[:30]}"'),
        entry(secret=f'"{SECRET[:31]}"'),
        entry(secret=f'"{SECRET}0"'),
        entry(secret=f'"{SECRET.upper()}"'),
        entry(secret=f'"{SECRET}\\n"'),
        entry(id='"two words"'),
        entry(id='""'),
        entry(mission="7"),
        entry(sources='"patrol-1"'),
        entry(source='["patrol-1"]'),
        "[key]\n",
        "[[keys]]\n",
    ],
)
def test_what_is_no_key_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(KeysError, match="is not a key file"):
        read_keys(written(tmp_path, text))


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    path.write_bytes(b'[[key]]\nid = "\xff"\n')
    with pytest.raises(KeysError, match="is not a key file"):
        read_keys(path)


def test_two_keys_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match="same id"):
        read_keys(written(tmp_path, entry() + entry(secret=f'"{"1e" * 32}"')))


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match="cannot read"):
        read_keys(tmp_path)


def test_a_complaint_never_shows_the_secret(tmp_path: Path) -> None:
    with pytest.raises(KeysError) as refused:
        read_keys(written(tmp_path, entry(secret=f'"{SECRET}0"')))
    assert SECRET not in str(refused.value)


def test_the_first_start_makes_a_key_of_its_own_for_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "producers.toml"
    make_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    key = read_keys(path)[LOCAL_KEY]
    assert len(key.secret) == SECRET_BYTES
    other = tmp_path / "other" / "producers.toml"
    make_keys(other)
    assert read_keys(other)[LOCAL_KEY].secret != key.secret
    assert os.listdir(path.parent) == [path.name]  # noqa: PTH208 (hidden names too)


def test_keys_that_are_there_are_left_as_they_are(tmp_path: Path) -> None:
    path = written(tmp_path, entry())
    make_keys(path)
    assert set(read_keys(path)) == {"one"}


def test_keys_that_another_process_made_meanwhile_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, entry())
    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", lambda _: False)
        make_keys(path)
    assert set(read_keys(path)) == {"one"}
    assert os.listdir(tmp_path) == [path.name]  # noqa: PTH208 (hidden names too)
