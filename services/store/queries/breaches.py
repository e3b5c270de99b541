"""Which reports breach something by their current reading, for incidents.

Place on the data's way: store → **breaching reports** → `services.incidents`.
"""

from __future__ import annotations

from datetime import datetime

from psycopg import sql

from services.store.engine import Connection
from services.store.queries.filters import Filters
from services.store.queries.violations import STANDING
from streams.keys import Key

_KEYS = "SELECT DISTINCT key FROM current_violations {} ORDER BY key"


def breaching_reports(
    conn: Connection,
    mission: str,
    *,
    zone: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Key]:
    """Keys of reports with a violation, or a possible one, observed in [since, until)."""
    filters = Filters()
    filters.add("mission = %s", mission)
    filters.add("zone_id = %s", zone)
    filters.add("verdict = ANY(%s)", list(STANDING))
    filters.add("observed_from >= %s", since)
    filters.add("observed_from < %s", until)
    with conn.cursor(binary=True) as cursor:
        cursor.execute(sql.SQL(_KEYS).format(filters.where), filters.values)
        return [key for (key,) in cursor]
