"""A receipt is valid as it was signed, and in no other way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.receipts.errors import NoReceiptError
from services.receipts.public_keys import PublicKeys
from services.receipts.receipt import (
    Receipt,
    SignedReceipt,
    canonical,
    read_signed,
    signed,
    write_signed,
)
from services.receipts.verify import Finding, verify
from tests.unit.services.receipts.samples import (
    DAY,
    KEYS,
    NOW,
    RAW,
    RECEIPT,
    RECEIPTS,
    SIGNER,
    signed_by,
    signer_of,
)

WIRE = write_signed(signed_by(SIGNER))


def is_refused(raw: bytes) -> bool:
    try:
        return verify(read_signed(raw), KEYS) is not Finding.VALID
    except NoReceiptError:
        return True


@given(RECEIPTS)
def test_what_was_signed_is_valid(receipt: Receipt) -> None:
    assert verify(signed(receipt, SIGNER.sign(receipt)), KEYS) is Finding.VALID


@given(RECEIPTS, st.data())
def test_any_changed_byte_is_refused(receipt: Receipt, data: st.DataObject) -> None:
    raw = bytearray(write_signed(signed(receipt, SIGNER.sign(receipt))))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    assert is_refused(bytes(raw))


def test_every_other_byte_at_every_place_is_refused() -> None:
    refused = [
        is_refused(WIRE[:at] + bytes([other]) + WIRE[at + 1 :])
        for at in range(0, len(WIRE), 3)
        for other in range(256)
        if other != WIRE[at]
    ]
    assert all(refused)


@pytest.mark.parametrize("length", range(0, len(WIRE), 7))
def test_a_receipt_that_is_cut_short_is_refused(length: int) -> None:
    assert is_refused(WIRE[:length])


@pytest.mark.parametrize(
    ("one", "finding"),
    [
        (signed_by(signer_of(2)), Finding.UNKNOWN_KEY),
        (SignedReceipt(RECEIPT, signed_by(signer_of(2)).signature), Finding.WRONG_SIGNATURE),
        (SignedReceipt(RECEIPT, ""), Finding.WRONG_SIGNATURE),
        (SignedReceipt(RECEIPT, "not base64!"), Finding.WRONG_SIGNATURE),
        (SignedReceipt(replace(RECEIPT, revision=2), signed_by(SIGNER).signature),
         Finding.WRONG_SIGNATURE),
        (signed_by(SIGNER, replace(RECEIPT, received_at="2026-07-14T12:00:00.000004Z")),
         Finding.KEY_DID_NOT_HOLD),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(one: SignedReceipt, finding: Finding) -> None:
    assert verify(one, KEYS) is finding


@pytest.mark.parametrize(
    ("received_at", "finding"),
    [
        ("2026-07-14T12:00:00.000005Z", Finding.VALID),
        ("2026-07-15T12:00:00.000004Z", Finding.VALID),
        ("2026-07-15T12:00:00.000005Z", Finding.KEY_DID_NOT_HOLD),
        ("2027-01-01T00:00:00.000000Z", Finding.KEY_DID_NOT_HOLD),
    ],
)
def test_a_rotated_key_vouches_for_its_own_time_alone(received_at: str, finding: Finding) -> None:
    old, new = signer_of(1, NOW, days=1), signer_of(2, NOW + DAY)
    keys = PublicKeys(keys=(old.public, new.public))
    assert verify(signed_by(old, replace(RECEIPT, received_at=received_at)), keys) is finding


def test_a_receipt_is_of_its_events_bytes_exactly() -> None:
    one = signed_by(SIGNER)
    assert verify(one, KEYS, RAW) is Finding.VALID
    assert verify(one, KEYS, RAW + b"\n") is Finding.OTHER_EVENT


def test_a_signature_that_is_no_receipts_is_not_excused_by_the_right_event() -> None:
    forged = SignedReceipt(RECEIPT, signed_by(signer_of(2)).signature)
    assert verify(forged, KEYS, RAW) is Finding.WRONG_SIGNATURE


def test_the_same_receipt_has_the_same_signature() -> None:
    one, three = [canonical(RECEIPT)], [canonical(RECEIPT)] * 3
    assert SIGNER.sign_tree(one).under == [SIGNER.sign(RECEIPT)] == SIGNER.sign_tree(one).under
    assert SIGNER.sign_tree(three) == SIGNER.sign_tree(three)
    assert "private" not in repr(SIGNER)
