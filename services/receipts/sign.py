"""Sign receipts: Ed25519 over their canonical bytes, or over the root of a tree of several.

    alone            64 bytes over the receipt
    with others      64 bytes over the root, then the receipt's path to it (`tree`)

Place on the data's way: made inside the gateway's transaction, stored with it, handed out after its
commit. An event sent again gets the receipt it got first, from the stored row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.receipts.public_keys import PublicKey
from services.receipts.receipt import Receipt, canonical
from services.receipts.tree import LEAVES, leaf_of, prove, root_message


class SignedTree(NamedTuple):
    """Receipts that share a signature, or one that has its own."""

    signature: bytes
    leaves: bytes
    """One behind the other; none of one that is alone (`tree.under_each`)."""
    under: list[bytes]
    """What stands under each."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key in use, beside what the public file says of it."""

    public: PublicKey
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def key_id(self) -> str:
        """What its receipts say signed them."""
        return self.public.key_id

    def secret_for(self, purpose: bytes) -> bytes:
        """64 secret bytes for a purpose of their own (RFC 5869), the same for all who hold the key.

        They end with the key, which rotation replaces.
        """
        own = HKDF(SHA256(), length=64, salt=None, info=purpose)
        return own.derive(self.private.private_bytes_raw())

    def sign(self, receipt: Receipt) -> bytes:
        """The 64 bytes under a receipt, which must name this key."""
        assert receipt.key_id == self.key_id, "a receipt says who signs it"
        return self.private.sign(canonical(receipt))

    def sign_tree(self, receipts: Sequence[bytes]) -> SignedTree:
        """Sign receipts together.

        Args:
            receipts: their canonical bytes, each of which names this key; `LEAVES` at most.
        """
        named = b'"key_id":"%b"' % self.key_id.encode()
        assert all(named in one for one in receipts), "a receipt says who signs it"
        assert len(receipts) <= LEAVES, "a tree's row has its size"
        if len(receipts) == 1:
            alone = self.private.sign(receipts[0])
            return SignedTree(alone, b"", [alone])
        leaves = [leaf_of(one) for one in receipts]
        root, paths = prove(leaves)
        signature = self.private.sign(root_message(root))
        return SignedTree(signature, b"".join(leaves), [signature + path for path in paths])
