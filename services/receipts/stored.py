"""Receipts in the store: added with the versions they are of, made again from their rows.

Place on the data's way: inside the gateway's transaction, under its role (`services.store.scope`).
COPY is not for tables under row-level security, hence `unnest`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import args_row

from services.receipts.receipt import SignedReceipt, make_receipt, signed
from services.store.arrays import Byteas, Instants, Int4s, Texts, Uuids
from services.store.engine import Connection
from services.store.rows import ReceiptRow
from streams.keys import EventKind, Key

_ADD = """
INSERT INTO receipts (key, received_at, revision, mission, key_id, signature)
SELECT * FROM unnest(%b::uuid[], %b::timestamptz[], %b::int[], %b::text[], %b::text[], %b::bytea[])
"""

_OF = """
SELECT receipt.key, receipt.revision, kind, event_id, submission.mission, source, content_hash,
    receipt.received_at, receipt.key_id, signature
FROM unnest(%b::uuid[]) AS asked (key),
    LATERAL (SELECT * FROM receipts WHERE key = asked.key OFFSET 0) AS receipt
    JOIN submissions AS submission
        ON submission.key = receipt.key AND submission.received_at = receipt.received_at
        AND submission.revision = receipt.revision
ORDER BY receipt.key, receipt.revision
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
        return signed(receipt, self.signature)


def add_receipts(conn: Connection, rows: Sequence[ReceiptRow]) -> None:
    """Write receipts; in the transaction that writes their submissions."""
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
