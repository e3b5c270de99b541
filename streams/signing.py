"""Signing: what a party signs of a version, and whether all parties have.

    version → signing text → Ed25519 → signature file → counts, or why not → signed │ draft

Place on the data's way: beside the agreement. A version that not all of its parties have signed is
a draft: it judges, and every result says so. The keys are the version's own; what is signed names
its content hash, so that a signature under another text is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Meta

from streams.agreement import Agreement, Document, SigningKey
from streams.errors import StreamError
from streams.events import END, Sha256Hex, Slug
from streams.text64 import bytes64, text64
from streams.vocabulary import Word

FORMAT: Final = "truceline.agreement-signature.v1"
CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""How far ahead of ours a signer's clock may be."""
PUBLIC_BYTES: Final = 32


class Signature(Document, frozen=True, kw_only=True):
    """One party's signature under one version; a file of its own."""

    format: Literal["truceline.agreement-signature.v1"]
    agreement: Slug
    version: Annotated[int, Meta(ge=1)]
    sha256: Sha256Hex
    """The version's content hash."""
    party: Slug
    key: Slug
    """Id of the party's key, as the version has it."""
    signed_at: Annotated[str, Meta(pattern=rf"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ{END}")]
    """By the signer's clock, UTC, to the second: one instant has one text."""
    signature: Annotated[str, Meta(min_length=86, max_length=86)] = ""
    """Ed25519 over `signing_text`, base64url without padding."""


class NoSignatureError(StreamError):
    """What was handed over is no signature of an agreement."""


class Flaw(Word):
    """Why a signature does not count; in the order in which it is asked."""

    OTHER_AGREEMENT = "other_agreement"
    OTHER_VERSION = "other_version"
    OTHER_TEXT = "other_text"
    UNKNOWN_PARTY = "unknown_party"
    UNKNOWN_KEY = "unknown_key"
    WRONG_SIGNATURE = "wrong_signature"
    KEY_NOT_VALID = "key_not_valid"
    KEY_REVOKED = "key_revoked"
    FROM_FUTURE = "from_future"


class Signed(NamedTuple):
    """Who has signed a version, by the signatures that count."""

    signatures: tuple[str, ...]
    """SHA-256 of each that counts, sorted: what judgements under the version are hashed with."""
    missing: tuple[str, ...]
    """Parties that have not, in the version's order."""

    @property
    def draft(self) -> bool:
        """Whether a party's signature is missing; a guarantor's is not waited for."""
        return bool(self.missing)


def signing_text(signature: Signature) -> bytes:
    """The bytes that are signed: lines that a person can read, the first names what they are."""
    return (
        f"Truceline agreement signature, form 1\n"
        f"agreement: {signature.agreement}\n"
        f"version: {signature.version}\n"
        f"sha256: {signature.sha256}\n"
        f"party: {signature.party}\n"
        f"key: {signature.key}\n"
        f"signed at: {signature.signed_at}\n"
    ).encode("ascii")


def sign(signature: Signature, private: Ed25519PrivateKey) -> Signature:
    """The same with the signature of a private key under it."""
    made = text64(private.sign(signing_text(signature)))
    return msgspec.structs.replace(signature, signature=made)


def written(instant: datetime) -> str:
    """An aware instant as signatures write it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signed_at(signature: Signature) -> datetime:
    """When it was signed, by the signer's clock."""
    return datetime.fromisoformat(signature.signed_at)


_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Signature)


def write_signature(signature: Signature) -> bytes:
    """The file's bytes: a field a line, for whoever must read it."""
    return msgspec.json.format(_ENCODER.encode(signature)) + b"\n"


def read_signature(raw: bytes) -> Signature:
    """Read a signature file.

    Raises:
        NoSignatureError: it is none, or of a form that this program does not know.
    """
    try:
        read = _DECODER.decode(raw)
        signed_at(read)
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise NoSignatureError(f"this is no signature of an agreement: {error}") from error
    return read


def signature_hash(signature: Signature) -> str:
    """SHA-256 (hex) of its canonical bytes."""
    return hashlib.sha256(_ENCODER.encode(signature)).hexdigest()


def flaw_of(
    signature: Signature,
    agreement: Agreement,
    sha256: str,
    received_at: datetime | None = None,
    versions: Iterable[Agreement] = (),
) -> Flaw | None:
    """Why a signature under a version does not count; None: it does.

    Args:
        signature: as it was read.
        agreement: the version.
        sha256: the version's content hash.
        received_at: when it reached us; None where it lies in a file.
        versions: others of the agreement: one of them may have revoked the key since.
    """
    if signature.agreement != agreement.id:
        return Flaw.OTHER_AGREEMENT
    if signature.version != agreement.version:
        return Flaw.OTHER_VERSION
    if signature.sha256 != sha256:
        return Flaw.OTHER_TEXT
    keys = _keys(agreement).get(signature.party)
    if keys is None:
        return Flaw.UNKNOWN_PARTY
    key = next((key for key in keys if key.id == signature.key), None)
    if key is None:
        return Flaw.UNKNOWN_KEY
    if not _is_signed(signature, key):
        return Flaw.WRONG_SIGNATURE
    return _flaw_of_time(signature, key, received_at, versions)


def signed(agreement: Agreement, sha256: str, signatures: Iterable[Signature]) -> Signed:
    """Who has signed a version; those of other versions, or that do not count, change nothing."""
    counted = [it for it in signatures if flaw_of(it, agreement, sha256) is None]
    have = {signature.party for signature in counted}
    return Signed(
        tuple(sorted({signature_hash(signature) for signature in counted})),
        tuple(party.id for party in agreement.parties if party.id not in have),
    )


def public_text(private: Ed25519PrivateKey) -> str:
    """The public key of a private one, as an agreement writes it."""
    return text64(private.public_key().public_bytes_raw())


def key_bytes(public_key: str) -> bytes | None:
    """The 32 bytes of a public key; None where its text is none."""
    raw = bytes64(public_key)
    return raw if raw is not None and len(raw) == PUBLIC_BYTES else None


def verifies(public_key: str, signature: str, text: bytes) -> bool:
    """Whether a signature, as text, was made over these bytes with that key."""
    public, made = key_bytes(public_key), bytes64(signature)
    if public is None or made is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(made, text)
    except InvalidSignature:
        return False  # the caller says so
    return True


def _keys(agreement: Agreement) -> dict[str, Sequence[SigningKey]]:
    return {one.id: one.keys for one in (*agreement.parties, *agreement.guarantors)}


def _is_signed(signature: Signature, key: SigningKey) -> bool:
    return verifies(key.public_key, signature.signature, signing_text(signature))


def _flaw_of_time(
    signature: Signature,
    key: SigningKey,
    received_at: datetime | None,
    versions: Iterable[Agreement],
) -> Flaw | None:
    """A stolen key signs with whatever date it likes: what comes after the revocation is void."""
    said = signed_at(signature)
    if key.valid is not None and not key.valid.covers(said, said):
        return Flaw.KEY_NOT_VALID
    latest = max(said, received_at or said)
    if any(at <= latest for at in _revocations(key, versions)):
        return Flaw.KEY_REVOKED
    if received_at is not None and said > received_at + CLOCKS_DIFFER:
        return Flaw.FROM_FUTURE
    return None


def _revocations(key: SigningKey, versions: Iterable[Agreement]) -> list[datetime]:
    same = [
        other
        for version in versions
        for keys in _keys(version).values()
        for other in keys
        if other.public_key == key.public_key
    ]
    return [it.revoked_at for it in (key, *same) if it.revoked_at is not None]
