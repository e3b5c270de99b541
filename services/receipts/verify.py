"""Verify a receipt: whether we signed it, with a key that held, and for these bytes.

Place on the data's way: after it, at whoever holds a receipt; needs the public keys and nothing
else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.receipts.errors import NoReceiptError
from services.receipts.public_keys import PublicKeys, read_public
from services.receipts.receipt import Receipt, SignedReceipt, canonical, read_parts
from services.receipts.tree import climb, leaf_of, root_message
from streams.text64 import bytes64

SIGNATURE_BYTES: Final = 64
"""Of Ed25519; behind them stands the path, where several receipts share a signature."""


class Finding(StrEnum):
    """What verifying came to."""

    VALID = "valid"
    UNKNOWN_KEY = "unknown_key"
    WRONG_SIGNATURE = "wrong_signature"
    KEY_DID_NOT_HOLD = "key_did_not_hold"
    OTHER_EVENT = "other_event"


def verifier(path: Path) -> Callable[[bytes, str], str | None] | None:
    """A check of receipts as they come: what is wrong with one, or None.

    None where there is no public key file: receipts are kept, and can be verified with one later.

    Args:
        path: the public key file; read again where a receipt names a key that it did not have.
    """
    if not path.exists():
        return None
    keys = read_public(path)

    def check(receipt: bytes, signature: str) -> str | None:
        nonlocal keys
        try:
            one = read_parts(receipt, signature)
        except NoReceiptError as error:
            return str(error)
        if keys.find(one.receipt.key_id) is None:
            keys = read_public(path)
        finding = verify(one, keys)
        return None if finding is Finding.VALID else f"the receipt does not hold: {finding}"

    return check


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
    said = bytes64(one.signature)
    if said is None or len(said) < SIGNATURE_BYTES:
        return False
    signature, path = said[:SIGNATURE_BYTES], said[SIGNATURE_BYTES:]
    message: bytes | None = canonical(one.receipt)
    if path:
        root = climb(leaf_of(canonical(one.receipt)), path)
        message = None if root is None else root_message(root)
    if message is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False  # the caller says so
    return True
