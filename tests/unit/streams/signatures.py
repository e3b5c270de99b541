"""Signers of a small agreement, with keys that are the same in every run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from streams.agreement import Agreement, Party, SigningKey, content_hash
from streams.signing import FORMAT, Signature, public_text, sign, written
from tests.unit.streams.builders import NOON


def private_key(name: str) -> Ed25519PrivateKey:
    """The private key of that name."""
    return Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))


def party(name: str, **of_its_key: Any) -> Party:  # noqa: ANN401 (fields of SigningKey)
    """A party with one key, called as it is."""
    key = SigningKey(id=f"{name}-key", public_key=public_text(private_key(name)), **of_its_key)
    return Party(id=name, name=name.title(), keys=(key,))


PARTIES = (party("north"), party("south"))


def signed_by(
    name: str,
    under: Agreement,
    at: datetime = NOON,
    *,
    by: str | None = None,
    **said: Any,  # noqa: ANN401 (fields of Signature)
) -> Signature:
    """A party's signature under a version; `by` another's key, or saying something else."""
    fields: dict[str, Any] = {
        "agreement": under.id,
        "version": under.version,
        "sha256": content_hash(under),
        "party": name,
        "key": f"{name}-key",
        "signed_at": written(at),
    }
    return sign(Signature(format=FORMAT, **fields | said), private_key(by or name))
