"""What is known of a corridor at an instant, and was known at another.

Place on the data's way: `truceline corridor availability`, the board. The whole timeline is
`generations.known_intervals`; this is the one row a planner of convoys asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.store.engine import Connection
from services.store.generations import StoredInterval, decode_parts


class CorridorName(NamedTuple):
    """A corridor; two missions may use one id."""

    mission: str
    corridor_id: str


_AT = """
SELECT starts_at, ends_at, state, cause, cause_events, not_valid_after, parts
FROM corridor_availability
WHERE mission = %b AND corridor_id = %b AND from_instant <= %b AND known_at <= %b
    AND starts_at <= %b AND coalesce(ends_at, 'infinity') > %b
ORDER BY generation DESC LIMIT 1
"""

_LAST_WORDS = """
SELECT asked.corridor_id, told.known_at FROM unnest(%b::text[]) AS asked (corridor_id), LATERAL (
    SELECT known_at FROM corridor_availability
    WHERE mission = %b AND corridor_id = asked.corridor_id AND known_at <= %b
    ORDER BY generation DESC LIMIT 1
) AS told
"""

_CORRIDORS = """
SELECT DISTINCT mission, corridor_id FROM corridor_availability
WHERE mission = coalesce(%s, mission) ORDER BY mission, corridor_id
"""


def availability(
    conn: Connection, mission: str, corridor_id: str, at: datetime, known_at: datetime
) -> StoredInterval | None:
    """The interval `at` lies in, by what was known at `known_at`; None: nothing was known.

    Its `starts_at` and `ends_at` are its generation's: a newer one may cut it short before or
    after `at`. For the timeline as a whole ask `generations.known_intervals`.
    """
    values = [mission, corridor_id, at, known_at, at, at]
    with conn.cursor(binary=True) as cursor:
        row = cursor.execute(_AT, values).fetchone()
    if row is None:
        return None
    starts_at, ends_at, state, cause, cause_events, not_valid_after, parts = row
    return StoredInterval(
        starts_at,
        ends_at,
        state,
        cause,
        tuple(cause_events),
        not_valid_after,
        decode_parts(parts),
    )


def last_words(
    conn: Connection, mission: str, ids: Sequence[str], known_at: datetime
) -> dict[str, datetime]:
    """When the last word that changed what is known of each corridor reached us, of those known."""
    with conn.cursor(binary=True) as cursor:
        found = cursor.execute(_LAST_WORDS, [list(ids), mission, known_at]).fetchall()
    return dict(found)


def corridors(conn: Connection, mission: str | None = None) -> list[CorridorName]:
    """Every corridor of which anything is known."""
    return [CorridorName(*row) for row in conn.execute(_CORRIDORS, [mission])]
