"""Which reports speak of coverage or restrictions, and which breaches happened, in a period.

Place on the data's way: store → **reports of watching, breaches** → `services.coverage`. The kind
of a report stands in its bytes alone. So those observed in the period are looked through there for
the two words, or for an escape that could spell them; `streams.coverage.said_of` reads what is
found. Assessments are found by ranges of blocks (`assessments_by_time`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from psycopg import sql

from services.store.engine import Connection
from services.store.queries.filters import Filters
from services.store.queries.violations import STANDING
from streams.assessment import Standing
from streams.coverage.tell import Happened
from streams.keys import Key
from streams.vocabulary import Kind, Verdict

_WORDS: tuple[bytes, ...] = (
    Kind.COVERAGE.value.encode(),
    Kind.MONITOR_RESTRICTION.value.encode(),
    rb"\u",
)
_KEYS = """
SELECT DISTINCT key FROM current_assessments AS found {} AND EXISTS (
    SELECT FROM submissions AS version WHERE version.key = found.key AND EXISTS (
        SELECT FROM unnest(%s::bytea[]) AS word WHERE position(word IN version.raw) > 0
    )
) ORDER BY key
"""
_BREACHES = """
SELECT zone_id, observed_from, observed_to, bool_or(verdict = %s)
FROM current_violations {} GROUP BY key, zone_id, observed_from, observed_to
ORDER BY observed_from, key, zone_id
"""


def reports_of_watching(
    conn: Connection, mission: str, since: datetime, until: datetime
) -> list[Key]:
    """Keys of reports that may speak of coverage or restrictions at some time of [since, until)."""
    filters = Filters()
    filters.add("mission = %s", mission)
    filters.add("standing = %s", Standing.STANDS.value)
    filters.add("observed_to >= %s", since)
    filters.add("observed_from < %s", until)
    with conn.cursor(binary=True) as cursor:
        cursor.execute(sql.SQL(_KEYS).format(filters.where), [*filters.values, list(_WORDS)])
        return [key for (key,) in cursor]


def reports_observed(
    conn: Connection,
    mission: str,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> list[Key]:
    """Keys of at most so many reports observed in [since, until)."""
    filters = Filters()
    filters.add("mission = %s", mission)
    filters.add("standing = %s", Standing.STANDS.value)
    filters.add("observed_to >= %s", since)
    filters.add("observed_from < %s", until)
    query = sql.SQL("SELECT key FROM current_assessments {} LIMIT %s")
    with conn.cursor(binary=True) as cursor:
        cursor.execute(query.format(filters.where), [*filters.values, limit])
        return [key for (key,) in cursor]


def breaches_of_zones(
    conn: Connection, mission: str, zones: Sequence[str] | None, since: datetime, until: datetime
) -> list[Happened]:
    """Each report's breach of each zone that began in [since, until); `zones` None: of all."""
    filters = Filters()
    filters.add("mission = %s", mission)
    filters.add("zone_id = ANY(%s)", None if zones is None else list(zones))
    filters.add("zone_id IS NOT NULL")
    filters.add("verdict = ANY(%s)", list(STANDING))
    filters.add("observed_from >= %s", since)
    filters.add("observed_from < %s", until)
    with conn.cursor(binary=True) as cursor:
        query = sql.SQL(_BREACHES).format(filters.where)
        cursor.execute(query, [Verdict.VIOLATION.value, *filters.values])
        return [Happened(*row) for row in cursor]


def incidents_of_days(
    conn: Connection, mission: str, zone: str | None, first: date, last: date
) -> dict[tuple[str, date], int]:
    """How many incidents there are of each zone and mission day, both days included."""
    filters = Filters()
    filters.add("mission = %s", mission)
    filters.add("zone_id = %s", zone)
    filters.add("day >= %s", first)
    filters.add("day <= %s", last)
    with conn.cursor(binary=True) as cursor:
        cursor.execute(sql.SQL(_INCIDENTS).format(filters.where), filters.values)
        return {(zone_id, day): count for zone_id, day, count in cursor}


_INCIDENTS = "SELECT zone_id, day, count(*) FROM current_incidents {} GROUP BY zone_id, day"


def observed_days(conn: Connection, mission: str) -> tuple[datetime, datetime] | None:
    """The first and the last instant of which any report tells; None: there is none."""
    first, last = conn.execute(_BOUNDS, [mission]).fetchone() or (None, None)
    return None if first is None else (first, last)


_BOUNDS = """
SELECT min(observed_from), max(observed_to) FROM current_assessments WHERE mission = %s
"""
