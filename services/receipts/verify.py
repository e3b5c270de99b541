"""Verify a receipt: whether we signed it, with a key that held, and for these bytes. Pure.

Place on the data's way: after it, at whoever holds a receipt; needs the public keys and nothing
else.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.receipts.public_keys import PublicKeys
from services.receipts.receipt import Receipt, SignedReceipt, canonical
from services.text64 import bytes64


class Finding(StrEnum):
    """What verifying came to."""

    VALID = "valid"
    UNKNOWN_KEY = "unknown_key"
    WRONG_SIGNATURE = "wrong_signature"
    KEY_DID_NOT_HOLD = "key_did_not_hold"
    OTHER_EVENT = "other_event"


def verify(one: SignedReceipt, keys: PublicKeys, event: bytes | None = None) -> Finding:
    """Check the signature, then when the key held, then the event's bytes where they are given."""
    key = keys.find(one.receipt.key_id)
    if key is None:
        return Finding.UNKNOWN_KEY
    if not _is_signed(one, key.raw):
        return Finding.WRONG_SIGNATURE
    if not key.holds_at(received_at_of(one.receipt)):
        return Finding.KEY_DID_NOT_HOLD
    if event is not None and sha256(event).hexdigest() != one.receipt.sha256:
        return Finding.OTHER_EVENT
    return Finding.VALID


def received_at_of(receipt: Receipt) -> datetime:
    """When the event was received; asked only of a receipt that we have signed."""
    return datetime.fromisoformat(receipt.received_at)


def _is_signed(one: SignedReceipt, public: bytes) -> bool:
    signature = bytes64(one.signature)
    if signature is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, canonical(one.receipt))
    except InvalidSignature:
        return False  # the caller says so
    return True
