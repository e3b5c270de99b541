"""Keys that sign: private, made once, rotated with an overlap, never forgotten."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from msgspec.structs import replace

from services.receipts import key_folder
from services.receipts.errors import ReceiptKeysError
from services.receipts.key_folder import (
    OVERLAP,
    PUBLIC_FILE,
    Signers,
    make_receipt_keys,
    read_signer,
    rotate,
)
from services.receipts.public_keys import read_public
from services.receipts.receipt import signed
from services.receipts.verify import Finding, verify
from tests.unit.services.receipts.samples import DAY, NOW, RECEIPT

LATER = NOW + 10 * DAY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "receipts"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> set[str]:
    return set(os.listdir(folder))  # noqa: PTH208 (hidden names too)


def test_the_first_start_makes_a_key_that_nobody_else_can_read(folder: Path) -> None:
    (key,) = make_receipt_keys(folder, NOW).keys
    assert names(folder) == {PUBLIC_FILE, f"{key.key_id}.pem"}
    assert mode(folder) == mode(folder.parent) == 0o700
    assert {mode(path) for path in folder.iterdir()} == {0o600}
    assert (key.not_before, key.not_after) == (NOW, None)
    assert b"PRIVATE" not in (folder / PUBLIC_FILE).read_bytes()


def test_a_key_that_is_there_is_left_as_it_is(folder: Path) -> None:
    assert make_receipt_keys(folder, NOW) == make_receipt_keys(folder, LATER)


def test_programs_that_start_together_make_one_key(folder: Path) -> None:
    threads = [Thread(target=make_receipt_keys, args=(folder, NOW)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_public(folder / PUBLIC_FILE).keys) == 1
    assert len(names(folder)) == 2


def test_a_rotated_key_holds_on_while_others_look_again(folder: Path) -> None:
    make_receipt_keys(folder, NOW)
    before = read_signer(folder, LATER)
    old, new = rotate(folder, LATER).keys
    assert (old.not_after, new.not_before, new.not_after) == (LATER + OVERLAP, LATER, None)
    assert read_signer(folder, LATER).key_id == new.key_id
    assert old.key_id == before.key_id
    assert names(folder) == {PUBLIC_FILE, f"{old.key_id}.pem", f"{new.key_id}.pem"}


def test_a_receipt_is_verified_after_any_number_of_rotations(folder: Path) -> None:
    make_receipt_keys(folder, NOW)
    signer = read_signer(folder, NOW)
    receipt = replace(RECEIPT, key_id=signer.key_id)
    one = signed(receipt, signer.sign(receipt))
    for week in range(1, 5):
        keys = rotate(folder, NOW + week * 7 * DAY)
    assert verify(one, keys) is Finding.VALID
    assert len(keys.keys) == 5
    assert not (folder / f"{signer.key_id}.pem").exists()


def test_a_stolen_key_ends_at_once(folder: Path) -> None:
    make_receipt_keys(folder, NOW)
    old, new = rotate(folder, LATER, timedelta()).keys
    assert old.not_after == LATER
    assert names(folder) == {PUBLIC_FILE, f"{new.key_id}.pem"}


def test_a_rotation_never_lengthens_a_key_that_was_ended(folder: Path) -> None:
    make_receipt_keys(folder, NOW)
    first = rotate(folder, LATER, timedelta()).keys[0]
    assert rotate(folder, LATER + DAY).keys[0] == first


def test_the_first_key_may_be_made_by_rotating(folder: Path) -> None:
    assert len(rotate(folder, NOW).keys) == 1


def test_a_crash_before_the_public_file_leaves_no_key_and_the_next_start_makes_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(key_folder, "write_public", crash)
        with pytest.raises(KeyboardInterrupt):
            make_receipt_keys(folder, NOW)
    assert len(names(folder)) == 1
    (key,) = make_receipt_keys(folder, NOW).keys
    assert read_signer(folder, NOW).key_id == key.key_id
    rotate(folder, NOW + DAY)
    assert len(names(folder)) == 3  # what the crash left is gone


def test_a_process_that_runs_on_sees_a_rotation(folder: Path) -> None:
    make_receipt_keys(folder, NOW)
    signers = Signers(folder)
    first = signers.at(NOW)
    assert signers.at(NOW + DAY) is first
    rotate(folder, NOW + DAY)
    assert signers.at(NOW + DAY).key_id != first.key_id


def test_a_private_key_that_others_may_read_does_not_sign(folder: Path) -> None:
    (key,) = make_receipt_keys(folder, NOW).keys
    path = folder / f"{key.key_id}.pem"
    path.chmod(0o640)
    with pytest.raises(ReceiptKeysError, match="chmod 600"):
        read_signer(folder, NOW)


def test_no_key_signs_before_its_time(folder: Path) -> None:
    make_receipt_keys(folder, NOW)
    with pytest.raises(ReceiptKeysError, match="rotate"):
        read_signer(folder, NOW - DAY)


@pytest.mark.parametrize("content", [b"", b"no key", b"\xff"])
def test_what_is_no_private_key_is_said(folder: Path, content: bytes) -> None:
    (key,) = make_receipt_keys(folder, NOW).keys
    (folder / f"{key.key_id}.pem").write_bytes(content)
    with pytest.raises(ReceiptKeysError, match="no private key"):
        read_signer(folder, NOW)


def test_a_private_key_under_anothers_name_does_not_sign(folder: Path, tmp_path: Path) -> None:
    (key,) = make_receipt_keys(folder, NOW).keys
    (other,) = make_receipt_keys(tmp_path / "other", NOW).keys
    (tmp_path / "other" / f"{other.key_id}.pem").replace(folder / f"{key.key_id}.pem")
    with pytest.raises(ReceiptKeysError, match="another one"):
        read_signer(folder, NOW)


def test_a_missing_private_key_is_said(folder: Path) -> None:
    (key,) = make_receipt_keys(folder, NOW).keys
    (folder / f"{key.key_id}.pem").unlink()
    with pytest.raises(ReceiptKeysError, match="cannot read"):
        Signers(folder).at(NOW)


def test_a_missing_folder_is_said(folder: Path) -> None:
    with pytest.raises(ReceiptKeysError, match="cannot read"):
        Signers(folder).at(NOW)
