"""Tags: who vouches for an event that comes straight from Kafka.

Place on the data's way: before decode. A producer puts HMAC-SHA-256 (RFC 2104) of the raw bytes,
made with its own key, into a header. Without a good tag an event is stored and judged, but never
more than possible, and it opens, settles and declares nothing (architecture.md, decision 10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from hmac import compare_digest
from typing import NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from msgspec import Struct

from streams.vocabulary import Authentication

KEY_ID_HEADER = "truceline-key-id"
TAG_HEADER = "truceline-tag"
SIGNATURE_HEADER = "truceline-signature"
"""In a tag's place: made with a key that the agreement gives to the source (`source_keys`)."""
STORED_HEADER = "truceline-stored"
"""Of what the relay sends: the gateway has stored it. A hint where to look, never a voucher."""

Headers = Iterable[tuple[str, bytes]]


class ProducerKey(NamedTuple):
    """A producer's secret and whom it may speak for."""

    id: str
    secret: bytes
    mission: str | None
    """None: any mission."""
    sources: frozenset[str]
    """Empty: every source of the mission."""

    def speaks_for(self, mission: str, source: str) -> bool:
        """Whether events of this mission and source may carry this key's tag."""
        if self.mission is not None and self.mission != mission:
            return False
        return not self.sources or source in self.sources

    def __repr__(self) -> str:
        """Without the secret: keys end up in logs and tracebacks."""
        return f"ProducerKey(id={self.id!r}, mission={self.mission!r})"


class Signing(NamedTuple):
    """What the headers of a signed event say, as far as nobody has looked."""

    key_id: str
    signature: str


class Tag(Struct, frozen=True, gc=False):
    """What the headers say and whether it is true of the bytes."""

    key: ProducerKey | None
    key_id: str | None
    authentication: Authentication
    hinted: bool = False
    """Whether the store is to be asked who vouches for the event."""
    signing: Signing | None = None
    """What is to be held against the keys in the agreement; None: the event is not signed."""

    def of(self, mission: str, source: str) -> Authentication:
        """The authentication of an event that names this mission and source."""
        if self.key is not None and not self.key.speaks_for(mission, source):
            return Authentication.KEY_NOT_FOR_SOURCE
        return self.authentication


NO_TAG = Tag(None, None, Authentication.NO_TAG)
HINT = Tag(None, None, Authentication.NO_TAG, hinted=True)
_KEY_ID_LIMIT = 64
_SIGNATURE_LIMIT = 128
"""Characters; an Ed25519 signature has 86, and a longer text is none."""


@lru_cache(maxsize=256)
def _keyed(secret: bytes) -> HMAC:
    """The hash with the key taken in; copying it costs less than keying a new one.

    `cryptography`'s, which copies in half the time of the standard library's, written in Python.
    """
    return HMAC(secret, SHA256())


def _digest(secret: bytes, raw: bytes) -> bytes:
    """HMAC-SHA-256 of `raw`, lower-case hex."""
    keyed = _keyed(secret).copy()
    keyed.update(raw)
    return keyed.finalize().hex().encode()


def make_tag(key: ProducerKey, raw: bytes) -> list[tuple[str, bytes]]:
    """The headers that vouch for `raw` with `key`."""
    return [(KEY_ID_HEADER, key.id.encode()), (TAG_HEADER, _digest(key.secret, raw))]


def signed_headers(key_id: str, signature: str) -> list[tuple[str, bytes]]:
    """The headers that vouch for an event with a source's own signature under its bytes."""
    return [(KEY_ID_HEADER, key_id.encode()), (SIGNATURE_HEADER, signature.encode())]


def read_tag(keys: Mapping[str, ProducerKey], headers: Headers, raw: bytes) -> Tag:
    """Check an event's tag against the known keys; a header that is no tag is none."""
    key_id = digest = signature = None
    tag = NO_TAG
    for name, value in headers:
        if name == KEY_ID_HEADER:
            key_id = value
        elif name == TAG_HEADER:
            digest = value
        elif name == STORED_HEADER:
            tag = HINT
        elif name == SIGNATURE_HEADER:
            signature = value
    if signature is not None and key_id is not None:
        return _signed(_name(key_id), signature)
    if key_id is None or digest is None:
        return tag
    name = _name(key_id)
    key = keys.get(name)
    if key is None:
        return Tag(None, name, Authentication.TAG_UNKNOWN_KEY)
    if not compare_digest(_digest(key.secret, raw), digest):
        return Tag(None, name, Authentication.TAG_MISMATCH)
    return Tag(key, key.id, Authentication.TAG_VALID)


def _signed(key_id: str, signature: bytes) -> Tag:
    """Whose it is only the agreement says: until it is asked, nobody's."""
    text = signature[:_SIGNATURE_LIMIT].decode("ascii", errors="replace")
    signing = Signing(key_id, text)
    return Tag(None, key_id, Authentication.SIGNATURE_UNKNOWN_KEY, signing=signing)


@lru_cache(maxsize=256)
def _name(key_id: bytes) -> str:
    """What a header calls a key, of which a stranger may have written anything."""
    return key_id.decode("ascii", errors="replace")[:_KEY_ID_LIMIT]
