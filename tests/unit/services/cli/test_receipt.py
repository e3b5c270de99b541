"""`truceline receipt`: what it says of a receipt, and what becomes of keys."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.receipts.key_folder import PUBLIC_FILE, make_receipt_keys
from services.receipts.public_keys import read_public, write_public
from services.receipts.receipt import SignedReceipt, write_signed
from tests.unit.services.cli.conftest import Run
from tests.unit.services.receipts.samples import KEYS, NOW, RAW, RECEIPT, SIGNER, signed_by

ONE = signed_by(SIGNER)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A receipt, the event it is of, and the public keys."""
    (tmp_path / "receipt.json").write_bytes(write_signed(ONE))
    (tmp_path / "event.json").write_bytes(RAW)
    (tmp_path / "keys.json").write_bytes(write_public(KEYS))
    return tmp_path


def test_a_valid_receipt_is_said_in_words(run: Run, files: Path) -> None:
    ran = run(
        *("receipt", "verify", files / "receipt.json", "--keys", files / "keys.json"),
        *("--event", files / "event.json"),
    )
    assert ran.code == 0
    assert ran.out == (
        "valid\n"
        "report r-1 of patrol-1 (smm), version 1, received 2026-07-14 12:00:00Z,"
        f" SHA-256 {RECEIPT.sha256}\n"
    )


def test_a_valid_receipt_is_json_for_programs(run: Run, files: Path) -> None:
    ran = run("receipt", "verify", files / "receipt.json", "--keys", files / "keys.json", "--json")
    (said,) = ran.lines
    assert (ran.code, said["finding"]) == (0, "valid")
    assert said["receipt"] == json.loads(write_signed(ONE))["receipt"]


def test_another_event_is_refused(run: Run, files: Path) -> None:
    (files / "event.json").write_bytes(RAW + b" ")
    ran = run(
        *("receipt", "verify", files / "receipt.json", "--keys", files / "keys.json"),
        *("--event", files / "event.json"),
    )
    assert ran.code == 1
    assert "NOT of this event" in ran.out


def test_a_forged_receipt_is_refused(run: Run, files: Path) -> None:
    forged = SignedReceipt(RECEIPT, ONE.signature[::-1])
    (files / "receipt.json").write_bytes(write_signed(forged))
    ran = run("receipt", "verify", files / "receipt.json", "--keys", files / "keys.json", "--json")
    assert (ran.code, ran.lines[0]["finding"]) == (1, "wrong_signature")


def test_what_is_no_receipt_is_refused(run: Run, files: Path) -> None:
    ran = run("receipt", "verify", files / "event.json", "--keys", files / "keys.json", "--json")
    assert (ran.code, ran.failure["code"]) == (1, "no_receipt")


def test_without_keys_nothing_can_be_said(run: Run, files: Path) -> None:
    ran = run("receipt", "verify", files / "receipt.json", "--json")
    assert (ran.code, ran.failure["code"]) == (3, "receipt_keys")
    ran = run("receipt", "verify", files / "receipt.json", "--keys", files / "event.json", "--json")
    assert (ran.code, ran.failure["code"]) == (3, "receipt_keys")


def test_this_installations_own_keys_are_the_default(run: Run, files: Path) -> None:
    folder = files / "home" / "keys" / "receipts"
    make_receipt_keys(folder, datetime.now(UTC))
    ran = run("receipt", "verify", files / "receipt.json", "--json")
    assert (ran.code, ran.lines[0]["finding"]) == (1, "unknown_key")
    (folder / PUBLIC_FILE).write_bytes(write_public(KEYS))
    assert run("receipt", "verify", files / "receipt.json").code == 0


def test_the_public_keys_are_shown_and_written_for_others(run: Run, tmp_path: Path) -> None:
    keys = make_receipt_keys(tmp_path / "home" / "keys" / "receipts", NOW)
    target = tmp_path / "for-everybody.json"
    ran = run("receipt", "keys", "--out", target)
    assert ran.code == 0
    assert keys.keys[0].key_id in ran.out
    assert read_public(target) == keys
    (said,) = run("receipt", "keys", "--json").lines
    assert said == json.loads(write_public(keys))


def test_rotating_adds_a_key_and_ends_the_one_before(run: Run) -> None:
    assert run("receipt", "keys", "rotate").code == 0
    (said,) = run("receipt", "keys", "rotate", "--overlap-hours", "0", "--json").lines
    old, new = said["keys"]
    assert old["not_after"] == new["not_before"]
    assert new["not_after"] is None
