"""The key of an event: 16 bytes that mean one mission's, one source's, one id.

Place on the data's way: decode → **key** → store. The store knows an event again by this key, also
when it is sent again a month later, and two missions that use the same id do not meet.

A key is 48 bits that come from the id alone, then 80 bits of SHA-256 over kind, mission, source and
id. Of an id that is a UUIDv7, as our own clients make them, the first 48 bits are its milliseconds:
keys of one day are neighbours, and the index that is written stays warm. Of any other id they are
48 bits of its hash. Because they depend on the id alone, whoever knows only an id can find every
event that carries it as one range of keys (`keys_of_id`), without a second index.

80 bits keep the keys of different events apart by accident (a collision is likely only past 2^40
events with one id or of one millisecond), and no one can aim at the key of somebody else's event
(2^80 hashes). Who invents ids, missions and sources at will can make two of *their own* events
meet; these are then read as two versions of one event, and the more cautious reading stands.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Self
from uuid import UUID

_PREFIX_BYTES = 6
_HASH_BYTES = 10
_UUID_LENGTH = 36
_VERSION_AT = 14


class EventKind(StrEnum):
    """What the id is an id of: a report and a status of one source may have the same one."""

    REPORT = "report"
    CORRIDOR_STATUS = "corridor_status"
    CONTEXT = "context"
    """A declaration, a notification, a word on a truce or on a measure."""


class Key(bytes):
    """The 16 bytes of a key, in the order in which PostgreSQL sorts its `uuid`.

    Not a `UUID`: that is a number which turns into bytes, and hashes, in Python's own time.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote. Raises `ValueError` where it is none."""
        return cls(UUID(text).bytes)

    def __str__(self) -> str:
        return str(UUID(bytes=bytes(self)))


def event_key(kind: EventKind, mission: str, source: str, id: str) -> Key:  # noqa: A002 (the wire's word)
    """The key of the event that `source` of `mission` calls `id`; pure, about 1 µs.

    NUL stands between the words: a slug has none (`streams.events.Slug`), so that no two
    (kind, mission, source, id) are hashed as the same bytes.
    """
    name = "\0".join((kind, mission, source, id)).encode()  # noqa: FLY002 (a third of the time)
    return Key(id_prefix(id) + sha256(name).digest()[:_HASH_BYTES])


def rejected_key(topic: str, raw: bytes) -> Key:
    """The key of bytes that could not be read as an event: by where they came in, and by what."""
    return rejected_key_of(topic, sha256(raw).digest())


def rejected_key_of(topic: str, content: bytes) -> Key:
    """The same, of bytes whose SHA-256 is at hand."""
    return Key(sha256(b"rejected\0" + topic.encode() + b"\0" + content).digest()[:16])


def keys_of_id(id: str) -> tuple[Key, Key]:  # noqa: A002 (the wire's word)
    """The first and the last key that an event with this id can have, whoever sent it."""
    prefix = id_prefix(id)
    return Key(prefix + bytes(_HASH_BYTES)), Key(prefix + b"\xff" * _HASH_BYTES)


def id_prefix(id: str) -> bytes:  # noqa: A002 (the wire's word)
    """The 6 bytes that a key takes from the id alone: a UUIDv7's milliseconds, else a hash."""
    if len(id) == _UUID_LENGTH and id[_VERSION_AT] == "7" and id[8] == "-":
        try:
            return bytes.fromhex(id[:8] + id[9:13])
        except ValueError:
            pass  # It only looked like a UUIDv7; any id is a good id, and is hashed below.
    return sha256(id.encode()).digest()[:_PREFIX_BYTES]


def document_key(content_hash: str) -> Key:
    """The key of a version of a document, where it is the cause of a judgement: of its hash."""
    return Key(bytes.fromhex(content_hash)[:16])
