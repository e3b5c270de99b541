"""Put a batch into PostgreSQL by COPY.

Place on the data's way: judge → rows → **COPY**, in the transaction that the writer owns and
commits before it acknowledges. A crash before the commit leaves nothing of the batch; a crash after
it leaves all of it, and the batch that then comes again is known by its keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from services.store.binary import Instants, TableEncoder
from services.store.engine import Connection
from services.store.models import Base
from services.store.rows import BatchRows

_ENCODERS = {name: TableEncoder(table) for name, table in Base.metadata.tables.items()}


def copy_batch(conn: Connection, rows: BatchRows) -> None:
    """Write everything that a batch causes; at most some thousand rows a table at once.

    Keys go first, in order: two writers that meet on an event wait for each other there, before
    anything big is written. Raises `psycopg.errors.UniqueViolation` where another writer has
    committed one of the keys since this one looked: roll back and run the batch again.
    """
    seen = Instants()
    copy_rows(conn, "event_keys", sorted(rows.keys, key=itemgetter(0)), seen)
    copy_rows(conn, "submissions", rows.submissions, seen)
    copy_rows(conn, "assessments", rows.assessments, seen)
    copy_rows(conn, "violations", rows.violations, seen)
    copy_rows(conn, "supersessions", rows.supersessions, seen)
    copy_rows(conn, "report_links", rows.links, seen)
    copy_rows(conn, "corridor_events", rows.corridor_events, seen)
    copy_rows(conn, "rejected", rows.rejected, seen)


def copy_rows(
    conn: Connection,
    table: str,
    rows: Sequence[Sequence[Any]],
    seen: Instants | None = None,
) -> None:
    """Write rows into one table; none costs nothing, not even a round trip."""
    if not rows:
        return
    encoder = _ENCODERS[table]
    encoded = encoder.encode(rows, seen)
    with conn.cursor() as cursor, cursor.copy(encoder.copy_statement) as copy:
        copy.write(encoded)
