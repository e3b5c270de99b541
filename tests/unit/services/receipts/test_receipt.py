"""What a receipt says, and that its bytes are RFC 8785's."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given

from services.receipts.errors import NoReceiptError
from services.receipts.receipt import (
    Receipt,
    canonical,
    read_signed,
    signed,
    write_signed,
    written,
)
from tests.unit.services.receipts.samples import RAW, RECEIPT, RECEIPTS, SIGNER, signed_by

WIRE = json.loads(write_signed(signed_by(SIGNER)))


@given(RECEIPTS)
def test_the_signed_bytes_are_canonical_json(receipt: Receipt) -> None:
    assert canonical(receipt) == rfc8785.dumps(json.loads(canonical(receipt)))


def test_a_receipt_says_what_was_received_from_whom_and_when() -> None:
    assert json.loads(canonical(RECEIPT)) == {
        "format": "truceline.receipt.v1",
        "kind": "report",
        "id": "r-1",
        "mission": "smm",
        "source": "patrol-1",
        "revision": 1,
        "sha256": sha256(RAW).hexdigest(),
        "received_at": "2026-07-14T12:00:00.000005Z",
        "key_id": SIGNER.key_id,
    }


@given(RECEIPTS)
def test_a_receipt_comes_back_from_the_wire_as_it_was(receipt: Receipt) -> None:
    one = signed(receipt, SIGNER.sign(receipt))
    assert read_signed(write_signed(one)) == one


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 7, 14, 12, 0, tzinfo=UTC), "2026-07-14T12:00:00.000000Z"),
        (
            datetime(2026, 7, 14, 1, 0, 0, 1, tzinfo=timezone(timedelta(hours=3))),
            "2026-07-13T22:00:00.000001Z",
        ),
    ],
)
def test_an_instant_has_one_text(instant: datetime, text: str) -> None:
    assert written(instant) == text


def test_what_stands_beside_a_receipt_is_ignored() -> None:
    raw = json.dumps({"line": 3, "status": 201, **WIRE}, indent=2).encode()
    assert read_signed(raw) == signed_by(SIGNER)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "truceline.receipt.v2"},
        {"kind": "rumour"},
        {"id": ""},
        {"id": "r\n"},
        {"mission": "two words"},
        {"revision": 0},
        {"revision": "1"},
        {"sha256": "00"},
        {"received_at": "2026-07-14T12:00:00Z"},
        {"received_at": "2026-07-14T15:00:00.000005+03:00"},
        {"key_id": "../keys"},
        {"note": "more than was signed"},
    ],
)
def test_what_is_no_receipt_of_ours_is_not_read(change: dict[str, object]) -> None:
    with pytest.raises(NoReceiptError, match="no receipt"):
        read_signed(json.dumps({**WIRE, "receipt": {**WIRE["receipt"], **change}}).encode())


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"{}", b'"\xff"', b'{"receipt":{}}', b"null"])
def test_other_bytes_are_no_receipt(raw: bytes) -> None:
    with pytest.raises(NoReceiptError):
        read_signed(raw)
