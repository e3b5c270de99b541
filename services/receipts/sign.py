"""Sign receipts: Ed25519 over their canonical bytes.

Place on the data's way: made inside the gateway's transaction, stored with it, handed out after its
commit. The same receipt has the same signature whenever it is signed (RFC 8032), so that an event
sent again gets the receipt it got first, from the stored row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.receipts.public_keys import PublicKey
from services.receipts.receipt import Receipt, canonical


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key in use, beside what the public file says of it."""

    public: PublicKey
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def key_id(self) -> str:
        """What its receipts say signed them."""
        return self.public.key_id

    def sign(self, receipt: Receipt) -> bytes:
        """The 64 bytes under a receipt, which must name this key."""
        assert receipt.key_id == self.key_id, "a receipt says who signs it"
        return self.private.sign(canonical(receipt))

    def sign_all(self, receipts: Iterable[Receipt]) -> list[bytes]:
        """The signatures of a group, in its order."""
        return [self.sign(receipt) for receipt in receipts]
