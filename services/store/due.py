"""Due instants as they are stored: the last revision of each counts, and none ever changes.

Place on the data's way: the timer writes here; `services.due` reads. The key is what happened to
which subject at which instant: two timers that write the same row write one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from msgspec.structs import astuple
from psycopg import sql

from services.store.engine import Connection
from services.store.queries.filters import Filters
from services.store.rows import DueRow
from streams.due import Due, Rule


class Written(NamedTuple):
    """What the last row of a due instant says."""

    revision: int
    stands: bool
    written_at: datetime


_LAST = """
SELECT DISTINCT ON (subject, rule, due_at) due_at, rule, subject, revision, stands, written_at
FROM due_instants {}
ORDER BY subject, rule, due_at, revision DESC
"""

_ADD: Final = sql.SQL(
    "INSERT INTO due_instants ({}) VALUES ({}) ON CONFLICT DO NOTHING RETURNING 1"
).format(
    sql.SQL(", ").join(map(sql.Identifier, DueRow.__struct_fields__)),
    sql.SQL(", ").join(sql.Placeholder() * len(DueRow.__struct_fields__)),
)


def last_written(  # noqa: PLR0913  each by its name
    conn: Connection,
    mission: str,
    agreement_id: str,
    rules: Collection[Rule],
    *,
    subject: str | None = None,
    known_at: datetime | None = None,
) -> dict[Due, Written]:
    """The last row of each due instant of these rules; of one subject, or of all."""
    filters = Filters()
    filters.add("mission = %s", mission)
    filters.add("agreement_id = %s", agreement_id)
    filters.add("rule = ANY (%s)", sorted(rules))
    filters.add("subject = %s", subject)
    filters.add("written_at <= %s", known_at)
    rows = conn.execute(sql.SQL(_LAST).format(filters.where), filters.values)
    return {
        Due(due_at, Rule(rule), of): Written(revision, stands, written_at)
        for due_at, rule, of, revision, stands, written_at in rows
    }


def add_due(conn: Connection, rows: Sequence[DueRow]) -> list[DueRow]:
    """Write rows; those of them that nobody had written yet."""
    if not rows:
        return []
    added = []
    with conn.cursor() as cursor:
        cursor.executemany(_ADD, [astuple(row) for row in rows], returning=True)
        for row in rows:
            if cursor.rowcount:
                added.append(row)
            cursor.nextset()
    return added
