"""Receipts in the store: a row for each tree of them, from which each receipt is made again.

Place on the data's way: inside the gateway's transaction, under its role (`services.store.scope`).
Those of new versions are written with them (`services.gateway.versions`); here are those that are
asked for later. COPY is not for tables under row-level security, hence `unnest`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from psycopg.rows import args_row

from services.receipts.receipt import SignedReceipt, make_receipt, signed
from services.receipts.tree import under_each
from services.store.arrays import Byteas, Instants, Int4s, Texts, Uuids
from services.store.engine import Connection
from streams.keys import EventKind, Key

_ADD = """
INSERT INTO receipts (key, received_at, revision, mission, key_id, signature, keys, leaves)
SELECT one.*, ARRAY[key], ''
FROM unnest(%b::uuid[], %b::timestamptz[], %b::int[], %b::text[], %b::text[], %b::bytea[])
    AS one (key, received_at, revision, mission, key_id, signature)
"""

# A tree's `key` is the first of its keys, and they are in order: of one instant the tree that has a
# key is the last that begins before it, nearly always the first one looked at.

_OF = """
SELECT version.key, version.revision, kind, event_id, version.mission, source, content_hash,
    version.received_at, tree.key_id, signature, leaves, array_position(keys, version.key)
FROM unnest(%b::uuid[]) AS asked (key),
    LATERAL (SELECT * FROM submissions WHERE key = asked.key OFFSET 0) AS version,
    LATERAL (
        SELECT key_id, signature, leaves, keys FROM receipts
        WHERE received_at = version.received_at AND revision = version.revision
            AND key <= version.key AND version.key = ANY (keys)
        ORDER BY key DESC LIMIT 1
    ) AS tree
ORDER BY version.key, version.revision
"""


class _Stored(NamedTuple):
    key: Key
    revision: int
    kind: str
    event_id: str
    mission: str
    source: str
    content_hash: bytes
    received_at: datetime
    key_id: str
    signature: bytes
    leaves: bytes
    place: int
    """Of its leaf, from 1."""

    def signed(self) -> SignedReceipt:
        """As it was handed out first, byte for byte."""
        receipt = make_receipt(
            kind=EventKind(self.kind),
            id=self.event_id,
            mission=self.mission,
            source=self.source,
            revision=self.revision,
            content_hash=self.content_hash,
            received_at=self.received_at,
            key_id=self.key_id,
        )
        return signed(receipt, _under_each(self.signature, self.leaves)[self.place - 1])


_under_each = lru_cache(maxsize=64)(under_each)  # what is sent again together was so before


class Alone(NamedTuple):
    """What signs the receipt of version `revision` of `key`, and no other."""

    key: Key
    received_at: datetime
    revision: int
    mission: str
    key_id: str
    signature: bytes


def add_alone(conn: Connection, rows: Sequence[Alone]) -> None:
    """Write the receipts of versions that are stored, have none, and are the caller's to change."""
    if rows:
        conn.execute(
            _ADD,
            [
                Uuids.make([row.key for row in rows]),
                Instants.make([row.received_at for row in rows]),
                Int4s.make([row.revision for row in rows]),
                Texts.make([row.mission for row in rows]),
                Texts.make([row.key_id for row in rows]),
                Byteas.make([row.signature for row in rows]),
            ],
        )


def receipts_of(conn: Connection, keys: Iterable[Key]) -> dict[Key, list[SignedReceipt]]:
    """The receipts of every version of these events that has one, the first version first."""
    found: dict[Key, list[SignedReceipt]] = {}
    with conn.cursor(binary=True, row_factory=args_row(_Stored)) as cursor:
        for stored in cursor.execute(_OF, [list(keys)]):
            found.setdefault(stored.key, []).append(stored.signed())
    return found
