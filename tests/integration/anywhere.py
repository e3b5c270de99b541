"""Looks for some bytes in every table that there is, whatever its columns are called."""

from __future__ import annotations

from psycopg import sql

from services.store.engine import Connection

_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm', 'v') ORDER BY 1
"""


def tables_holding(conn: Connection, words: str) -> list[str]:
    """The tables with a row that holds these words, as text or within bytes."""
    names = [name for (name,) in conn.execute(_TABLES)]
    assert len(names) > 10, names
    return [name for name in names if _holds(conn, name, words)]


def _holds(conn: Connection, table: str, words: str) -> bool:
    query = sql.SQL(
        "SELECT count(*) FROM {} AS it WHERE strpos(it::text, %s) > 0 OR strpos(it::text, %s) > 0"
    ).format(sql.Identifier(table))
    found = conn.execute(query, [words, words.encode().hex()]).fetchone()
    assert found is not None
    return bool(found[0])
