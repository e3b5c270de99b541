"""Heard: a context event as it reached us, with what its effect depends on.

Place on the data's way: decode → **Heard** → fold. The store keeps these as bytes
(`encode_heard`); the fold is a function of their set, which `events_digest` names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import Struct

from streams.events import ContextEvent


class Heard(Struct, frozen=True, omit_defaults=True):
    """One version of one context event."""

    event: ContextEvent
    vouched: bool
    """Whether it counts as said by the source that it names (architecture.md, decision 10)."""
    content_hash: str
    """SHA-256 of the raw bytes, hex: two hashes under one id are two versions."""
    received_at: datetime | None = None
    """UTC; None: read from a file, outside of any receipt."""
    public_key: str | None = None
    """Of the signature by which it is vouched for; None: something else vouches for it."""

    @property
    def ref(self) -> str:
        """How it is named: ``source/id``; a source's slug has no slash."""
        return f"{self.event.source}/{self.event.id}"


_DECODER = msgspec.json.Decoder(Heard)
encode_heard = msgspec.json.Encoder(order="deterministic").encode


def decode_heard(raw: bytes) -> Heard:
    """What `encode_heard` wrote; raises msgspec.ValidationError for anything else."""
    return _DECODER.decode(raw)


_Key = tuple[str, str, bool, str]


def first_receipts(heard: Iterable[Heard]) -> list[Heard]:
    """The set: each content once, as it was first received; sorted, so of one order."""
    first: dict[_Key, Heard] = {}
    for item in heard:
        key = _key(item)
        if key not in first or _received(item) < _received(first[key]):
            first[key] = item
    return [first[key] for key in sorted(first)]


def events_digest(heard: Iterable[Heard]) -> bytes:
    """SHA-256 (32 bytes) of the set: order and repetition change nothing."""
    rows = [(*_named(item), _received(item)) for item in first_receipts(heard)]
    return hashlib.sha256(msgspec.json.encode(rows)).digest()


def _key(item: Heard) -> _Key:
    return (item.ref, item.content_hash, item.vouched, item.public_key or "")


def _named(item: Heard) -> tuple[str | bool, ...]:
    """As it is hashed: the key only where there is one."""
    key = _key(item)
    return key if item.public_key else key[:-1]


def _received(item: Heard) -> float:
    return 0.0 if item.received_at is None else item.received_at.timestamp()
