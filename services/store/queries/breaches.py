"""Which reports breach something by their current reading, for incidents.

Place on the data's way: store → **breaching reports** → `services.incidents`, which reckons again.
"""

from __future__ import annotations

from typing import Final

from services.store.engine import Connection
from services.store.queries.violations import STANDING
from streams.keys import Key

_KEYS: Final = """
SELECT DISTINCT key FROM current_violations WHERE mission = %s AND verdict = ANY(%s) ORDER BY key
"""


def breaching_reports(conn: Connection, mission: str) -> list[Key]:
    """Keys of a mission's reports with a violation, or a possible one."""
    with conn.cursor(binary=True) as cursor:
        cursor.execute(_KEYS, [mission, list(STANDING)])
        return [key for (key,) in cursor]
