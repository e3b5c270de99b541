"""Put a batch into PostgreSQL by binary COPY.

Place on the data's way: judge → rows → **COPY**, in the transaction that the writer owns and
commits before it acknowledges. A crash before the commit leaves nothing of the batch; a crash after
it leaves all of it, and the batch that then comes again is known by its keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from uuid import uuid4

from msgspec.structs import astuple, replace

from services.store.binary import Target, storable
from services.store.engine import Connection
from services.store.rows import BatchRows, IncidentMarkRow, RejectedRow, Row, ViolationRow
from streams.keys import Key

_target = cache(Target)


def copy_batch(conn: Connection, rows: BatchRows) -> None:
    """Write everything that a batch causes; at most some thousand rows a table at once.

    Keys go first, in order: two writers that meet on an event wait for each other there, before
    anything big is written. Raises `psycopg.errors.UniqueViolation` where another writer has
    committed one of the keys since this one looked: roll back and run the batch again.
    """
    keys = sorted(rows.keys, key=attrgetter("key"))
    copy_rows(conn, "event_keys", keys)
    copy_rows(conn, "submissions", rows.submissions)
    copy_rows(conn, "assessments", rows.assessments)
    copy_rows(conn, "violations", rows.violations)
    copy_rows(conn, "incident_marks", marks(rows.violations))
    copy_rows(conn, "supersessions", rows.supersessions)
    copy_rows(conn, "report_links", rows.links)
    copy_rows(conn, "corridor_events", rows.corridor_events)
    copy_rows(conn, "sightings", rows.sightings)
    copy_rows(conn, "context_events", rows.context_events)
    copy_rows(conn, "rejected", [storable_row(row) for row in rows.rejected])


def marks(violations: Sequence[ViolationRow]) -> list[IncidentMarkRow]:
    """That these reports breach otherwise than before: one row a mission, whatever the batch."""
    of: defaultdict[str, set[Key]] = defaultdict(set)
    for row in violations:
        of[row.mission].add(row.key)
    return [
        IncidentMarkRow(Key(uuid4().bytes), mission, sorted(keys)) for mission, keys in of.items()
    ]


def copy_rows(conn: Connection, table: str, rows: Sequence[Row]) -> None:
    """Write rows into one table; none costs nothing, not even a round trip."""
    if rows:
        _target(table, type(rows[0])).copy(conn, map(astuple, rows))


def storable_row(row: RejectedRow) -> RejectedRow:
    """A refused event whose words, which nobody has checked, can't be refused once more."""
    return replace(
        row,
        message=storable(row.message),
        mission=row.mission and storable(row.mission),
        source=row.source and storable(row.source),
        event_id=row.event_id and storable(row.event_id),
    )
