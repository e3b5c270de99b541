"""Source keys: an event that bears a source's signature, held against the keys in the agreement.

    bytes + signature → a key of that source? → made with it? → did it hold then? → who vouches

Place on the data's way: beside `tags`, where an event comes straight from Kafka. A source with keys
in the agreement is known by them alone: a tag, whose secret the operator has as well, does not
vouch for it. Whoever may not sign is heard as anybody unknown is: stored, judged, never more than
possible.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from streams.agreement import Agreement, SigningKey
from streams.events import Event, Report
from streams.signing import verifies
from streams.tags import Signing
from streams.text64 import text64
from streams.vocabulary import Authentication


class Signer(NamedTuple):
    """Who vouches for an event, and by which key."""

    authentication: Authentication
    key: SigningKey | None = None
    """The key that made the signature, whether it holds or not."""


class SourceKeys:
    """The keys that the versions of one mission's agreements give to sources."""

    def __init__(self, agreements: Iterable[Agreement]) -> None:
        """Agreements, newest first."""
        self._agreements = tuple(agreements)

    @cached_property
    def sources(self) -> frozenset[str]:
        """The sources that some version gives keys to."""
        return frozenset(
            source.id for version in self._agreements for source in version.sources if source.keys
        )

    def of_event(self, event: Event) -> list[SigningKey]:
        """Its source's keys by the version in force at its time; by the newest where none was."""
        if event.source not in self.sources:
            return []
        at = said_at(event)
        in_force = (it for it in self._agreements if it.valid.covers(at, at))
        return _keys_of(next(in_force, self._agreements[0]), event.source)

    def signer(
        self, event: Event, signing: Signing, sha256: bytes, received_at: datetime
    ) -> Signer:
        """Who vouches for an event with a signature.

        Args:
            event: as it was read.
            signing: what its headers say.
            sha256: of its raw bytes.
            received_at: when it reached us.
        """
        key = self._key(event, signing.key_id)
        if key is None:
            return Signer(Authentication.SIGNATURE_UNKNOWN_KEY)
        if not verifies(key.public_key, signing.signature, event_signing_text(sha256)):
            return Signer(Authentication.SIGNATURE_MISMATCH)
        return Signer(self._by_time(key, said_at(event), received_at), key)

    def still(self, event: Event, key_id: str | None, received_at: datetime) -> Authentication:
        """Who vouches for an event whose signature was found good when it came.

        A version that was loaded since may have revoked the key, for what had come before it too.
        """
        key = self._key(event, key_id)
        if key is None:
            return Authentication.SIGNATURE_UNKNOWN_KEY
        return self._by_time(key, said_at(event), received_at)

    def _key(self, event: Event, key_id: str | None) -> SigningKey | None:
        return next((key for key in self.of_event(event) if key.id == key_id), None)

    def _by_time(self, key: SigningKey, at: datetime, received_at: datetime) -> Authentication:
        """A stolen key signs with whatever date it likes: what comes after the revocation is void.

        A version's word on its revocation counts for every other: a lost key is lost.
        """
        if key.valid is not None and not key.valid.covers(at, at):
            return Authentication.KEY_NOT_VALID
        if any(it <= max(at, received_at) for it in self._revocations(key)):
            return Authentication.KEY_REVOKED
        return Authentication.SIGNATURE_VALID

    def _revocations(self, key: SigningKey) -> list[datetime]:
        return [
            other.revoked_at
            for version in self._agreements
            for source in version.sources
            for other in source.keys
            if other.public_key == key.public_key and other.revoked_at is not None
        ]


def event_signing_text(sha256: bytes) -> bytes:
    """The bytes that a source signs: they name what they are, so that no other signature fits."""
    return f"Truceline event signature, form 1\nsha256: {sha256.hex()}\n".encode("ascii")


def sign_event(private: Ed25519PrivateKey, raw: bytes) -> str:
    """The signature under an event's raw bytes, as its header holds it."""
    return text64(private.sign(event_signing_text(hashlib.sha256(raw).digest())))


def said_at(event: Event) -> datetime:
    """The event's own time, at which its key must have been valid."""
    if isinstance(event, Report):
        return event.observed_to or event.observed_from
    return event.issued_at


def _keys_of(version: Agreement, source: str) -> list[SigningKey]:
    return [key for entry in version.sources if entry.id == source for key in entry.keys]
