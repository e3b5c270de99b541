"""Ruling: what a principal signs, and the hash that two signatures must have in common.

Place on the data's way: beside `acts`. The words of a ruling are hashed in one form (RFC 8785), so
that two people who sign the same words sign the same hash. What is signed names its case, stage,
finding, source and key in lines that a person can read: under another finding it is no signature.
"""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import Any

import msgspec
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from streams.cases.acts import Ruling, Signed
from streams.text64 import text64


def ruling_hash(ruling: Ruling) -> str:
    """SHA-256 (hex) of a ruling's words in their one form."""
    plain: Any = msgspec.to_builtins(ruling)
    return hashlib.sha256(rfc8785.dumps(plain)).hexdigest()


def signing_text(act: Signed) -> bytes:
    """The bytes that are signed; the first line names what they are."""
    return (
        "Truceline ruling signature, form 1\n"
        f"mission: {act.mission}\n"
        f"agreement: {act.agreement}\n"
        f"case: {act.case}\n"
        f"stage: {act.ruling.stage}\n"
        f"finding: {act.ruling.finding}\n"
        f"ruling sha256: {ruling_hash(act.ruling)}\n"
        f"source: {act.source}\n"
        f"key: {act.key}\n"
        f"signed at: {act.at.astimezone(UTC).isoformat()}\n"
    ).encode("ascii")


def sign_ruling(act: Signed, private: Ed25519PrivateKey) -> Signed:
    """The same with the signature of a private key."""
    return msgspec.structs.replace(act, signature=text64(private.sign(signing_text(act))))
