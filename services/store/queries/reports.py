"""One report: where it is, and everything that is kept of it.

Place on the data's way: `truceline explain`. An id means something only within its mission and
source; who knows the id alone may find several events, and is shown all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from psycopg import sql
from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.known import StoredLink, StoredVersion, links_to, versions_of
from services.store.queries.filters import Filters
from streams.keys import EventKind, Key, event_key, keys_of_id

BATCH = 2_000


class FoundEvent(NamedTuple):
    """An event that carries the id."""

    key: Key
    kind: str
    mission: str
    source: str
    event_id: str


class Judgement(NamedTuple):
    """One reading of a report, current or superseded."""

    key: Key
    revision: int
    received_at: datetime
    """When what caused it came in."""
    supersedes: int | None
    cause: Key | None
    """The other event that caused it; None: a version of the report itself."""
    verdict: str
    standing: str
    agreement: bytes
    methodology: bytes
    context: bytes
    body: bytes


class ReportFile(NamedTuple):
    """Everything that is kept of one report."""

    versions: list[StoredVersion]
    links: list[StoredLink]
    judgements: list[Judgement]
    """Oldest first; the last one is current."""


_FIND = """
SELECT DISTINCT ON (key) key, kind, mission, source, event_id FROM submissions
WHERE key BETWEEN %s AND %s AND event_id = %s ORDER BY key
"""

_JUDGEMENTS = sql.SQL("SELECT {} FROM assessments WHERE key = %s ORDER BY revision").format(
    sql.SQL(", ").join(map(sql.Identifier, Judgement._fields))
)

_CURRENT = """
SELECT body FROM current_assessments {} ORDER BY observed_from, key
"""


def find_report(conn: Connection, event_id: str) -> list[FoundEvent]:
    """Every event, report or status, of every mission and source that carries this id."""
    with conn.cursor(binary=True, row_factory=args_row(FoundEvent)) as cursor:
        return cursor.execute(_FIND, [*keys_of_id(event_id), event_id]).fetchall()


def assessment_of(conn: Connection, mission: str, source: str, event_id: str) -> ReportFile | None:
    """Everything that is kept of the report that `source` of `mission` calls so; None: nothing."""
    key = event_key(EventKind.REPORT, mission, source, event_id)
    versions = versions_of(conn, [key]).get(key)
    if versions is None:
        return None
    return ReportFile(versions, links_to(conn, [key]).get(key, []), judgements_of(conn, key))


def judgements_of(conn: Connection, key: Key) -> list[Judgement]:
    """Every reading of a report, the oldest first; the last one is current."""
    with conn.cursor(binary=True, row_factory=args_row(Judgement)) as cursor:
        return cursor.execute(_JUDGEMENTS, [key]).fetchall()


def assessments(
    conn: Connection,
    *,
    mission: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[bytes]:
    """Bodies of the current assessments of what was observed in [since, until), oldest first.

    Read in portions; the caller goes through them within one transaction.
    """
    filters = Filters()
    filters.add("mission = %s", mission)
    filters.add("observed_from >= %s", since)
    filters.add("observed_from < %s", until)
    with conn.cursor(f"assessments_{uuid4().hex}", binary=True) as cursor:
        cursor.itersize = BATCH
        cursor.execute(sql.SQL(_CURRENT).format(filters.where), filters.values)
        for row in cursor:
            yield bytes(row[0])
