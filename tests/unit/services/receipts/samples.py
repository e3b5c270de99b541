"""Receipts and a key that signs them, for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st
from msgspec.structs import replace

from services.receipts.public_keys import PublicKey, PublicKeys
from services.receipts.receipt import Receipt, SignedReceipt, make_receipt, signed
from services.receipts.sign import Signer
from streams.keys import EventKind
from streams.text64 import text64

NOW = datetime(2026, 7, 14, 12, 0, 0, 5, tzinfo=UTC)
DAY = timedelta(days=1)
RAW = b'{"id":"r-1"}'


def signer_of(number: int, not_before: datetime = NOW, days: int | None = None) -> Signer:
    """A key that is the same in every run; it holds for so many days, or until further notice."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    end = None if days is None else not_before + days * DAY
    public = text64(private.public_key().public_bytes_raw())
    return Signer(PublicKey(f"rk-{number:012x}", public, not_before, end), private)


SIGNER = signer_of(1)
KEYS = PublicKeys(keys=(SIGNER.public,))
RECEIPT = make_receipt(
    kind=EventKind.REPORT,
    id="r-1",
    mission="smm",
    source="patrol-1",
    revision=1,
    content_hash=sha256(RAW).digest(),
    received_at=NOW,
    key_id=SIGNER.key_id,
)


def signed_by(signer: Signer, receipt: Receipt = RECEIPT) -> SignedReceipt:
    """A receipt in this signer's name."""
    named = replace(receipt, key_id=signer.key_id)
    return signed(named, signer.sign(named))


SLUGS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
RECEIPTS = st.builds(
    make_receipt,
    kind=st.sampled_from(EventKind),
    id=st.from_regex(r"[!-~]{1,128}", fullmatch=True),
    mission=SLUGS,
    source=SLUGS,
    revision=st.integers(1, 2**31 - 1),
    content_hash=st.binary(min_size=32, max_size=32),
    received_at=st.timedeltas(timedelta(), timedelta(days=300_000)).map(NOW.__add__),
    key_id=st.just(SIGNER.key_id),
)
"""Whatever the gateway may take in while the key holds."""
