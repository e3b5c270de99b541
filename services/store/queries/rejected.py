"""What was refused, why, and its bytes.

Place on the data's way: `truceline rejected`, and whoever sent it and wants to know.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from psycopg import sql
from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.queries.filters import Filters
from streams.keys import Key


class FoundRejected(NamedTuple):
    """A refused event, without its bytes, which may be many."""

    key: Key
    received_at: datetime
    topic: str
    record_partition: int
    record_offset: int
    reason: str
    message: str
    mission: str | None
    source: str | None
    event_id: str | None
    content_hash: bytes
    size_bytes: int | None
    """None: they are not kept."""


def rejected(  # noqa: PLR0913 (each is one thing an operator may ask for)
    conn: Connection,
    *,
    reason: str | None = None,
    mission: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
    after: tuple[datetime, Key] | None = None,
) -> list[FoundRejected]:
    """At most `limit` events refused in [since, until), the newest first.

    `after`: `received_at` and `key` of the last one of the page before.
    """
    filters = Filters()
    filters.add("reason = %s", reason)
    filters.add("mission = %s", mission)
    filters.add("received_at >= %s", since)
    filters.add("received_at < %s", until)
    if after is not None:
        filters.add("(received_at, key) < (%s, %s)", *after)
    columns = sql.SQL(", ").join(map(sql.Identifier, FoundRejected._fields[:-1]))
    query = sql.SQL(
        "SELECT {}, length(raw) FROM rejected {} ORDER BY received_at DESC, key DESC LIMIT %s"
    ).format(columns, filters.where)
    with conn.cursor(binary=True, row_factory=args_row(FoundRejected)) as cursor:
        return cursor.execute(query, [*filters.values, limit]).fetchall()


class Reason(NamedTuple):
    """Why some bytes were refused."""

    key: Key
    reason: str
    message: str


_REASONS = """
SELECT found.* FROM unnest(%b::uuid[]) AS asked (key),
    LATERAL (SELECT received_at FROM event_keys WHERE key = asked.key OFFSET 0) AS known,
    LATERAL (
        SELECT key, reason, message FROM rejected
        WHERE received_at = known.received_at AND key = asked.key OFFSET 0
    ) AS found
"""


def reasons_of(conn: Connection, keys: Iterable[Key]) -> dict[Key, Reason]:
    """Why those of the keys (`streams.keys.rejected_key_of`) that were refused were so."""
    with conn.cursor(binary=True, row_factory=args_row(Reason)) as cursor:
        return {found.key: found for found in cursor.execute(_REASONS, [list(keys)])}


def rejected_bytes(conn: Connection, received_at: datetime, key: Key) -> bytes | None:
    """What came, exactly; None: nothing did, or its bytes are not kept."""
    query = "SELECT raw FROM rejected WHERE received_at = %s AND key = %s"
    with conn.cursor(binary=True) as cursor:
        row = cursor.execute(query, [received_at, key]).fetchone()
    return None if row is None or row[0] is None else bytes(row[0])
