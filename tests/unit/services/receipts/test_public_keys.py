"""The public key file: read as it was written, and nothing else is one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.receipts.errors import ReceiptKeysError
from services.receipts.public_keys import PublicKeys, read_public, write_public
from tests.unit.services.receipts.samples import DAY, KEYS, NOW, signer_of

FILE = json.loads(write_public(KEYS))
KEY = FILE["keys"][0]


def written(tmp_path: Path, value: object) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_the_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    keys = PublicKeys(keys=(signer_of(1, NOW, days=3).public, signer_of(2, NOW + DAY).public))
    path = tmp_path / "keys.json"
    for indent in (0, 2):
        path.write_bytes(write_public(keys, indent))
        assert read_public(path) == keys


def test_the_newest_key_that_holds_signs() -> None:
    old, new = signer_of(1, NOW, days=3).public, signer_of(2, NOW + DAY).public
    keys = PublicKeys(keys=(old, new))
    assert keys.at(NOW) == old
    assert keys.at(NOW + DAY) == new
    assert keys.at(NOW - DAY) is None


@pytest.mark.parametrize(
    "value",
    [
        [],
        {**FILE, "format": "other"},
        {**FILE, "keys": [{**KEY, "key_id": "../../etc"}]},
        {**FILE, "keys": [{**KEY, "not_before": "2026-07-14T12:00:00"}]},
        {**FILE, "keys": [{**KEY, "public_key": "short"}]},
        {**FILE, "keys": [{**KEY, "private_key": "oh no"}]},
    ],
)
def test_what_is_no_public_key_file_is_refused(tmp_path: Path, value: object) -> None:
    with pytest.raises(ReceiptKeysError, match="no public key file"):
        read_public(written(tmp_path, value))


def test_two_keys_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReceiptKeysError, match="same id"):
        read_public(written(tmp_path, {**FILE, "keys": [KEY, KEY]}))


def test_a_key_that_is_no_32_bytes_is_refused_when_it_is_needed() -> None:
    public = signer_of(1).public
    broken = type(public)(public.key_id, public.public_key[:-1] + "B", NOW)
    with pytest.raises(ReceiptKeysError, match="32 bytes"):
        _ = broken.raw


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReceiptKeysError, match="cannot read"):
        read_public(tmp_path / "keys.json")
