"""Rejections: refused events into their table, each content once.

Place on the data's way: within the batch's transaction. A refused event that comes again is known
by the hash of its bytes and changes nothing; announcing it again is `announce`'s business.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.store.engine import Connection
from services.store.known import known_keys
from services.store.rows import BatchRows, KeyKind, KeyRow
from services.worker.incoming import Refused
from services.worker.make_rows import rejected_row


def write_rejections(conn: Connection, refused: Sequence[Refused], rows: BatchRows) -> None:
    """Add what is new among the refused to `rows`."""
    if not refused:
        return
    made = {row.key: row for row in map(rejected_row, reversed(refused))}
    known = known_keys(conn, list(made))
    for key in sorted(made.keys() - known.keys()):
        row = made[key]
        rows.rejected.append(row)
        rows.keys.append(
            KeyRow(
                key, row.received_at, KeyKind.REJECTED, vouched=None, content_hash=row.content_hash
            )
        )
