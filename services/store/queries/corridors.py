"""What is known of a corridor at an instant, and could be seen at another.

Place on the data's way: `truceline corridor availability`, the board. The whole timeline is
`generations.known_intervals`; this is the one row a planner of convoys asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from services.store.engine import Connection
from services.store.generations import StoredInterval, interval_of


class CorridorName(NamedTuple):
    """A corridor; two missions may use one id."""

    mission: str
    corridor_id: str


NEWEST_FIRST: Final = "generation <-> 2147483647"
"""An order that the index `corridor_generations` has, and no other: by distance from the last."""

_AT: Final = f"""
SELECT asked.number, told.starts_at, told.ends_at, told.state, told.cause, told.cause_events,
    told.not_valid_after, told.parts
FROM unnest(%b::text[], %b::text[]) WITH ORDINALITY AS asked (mission, corridor_id, number),
LATERAL (
    SELECT generation FROM corridor_availability
    WHERE mission = asked.mission AND corridor_id = asked.corridor_id AND seq = 0
        AND shown_from <= %b AND from_instant <= %b
    ORDER BY {NEWEST_FIRST} LIMIT 1
) AS newest, LATERAL (
    SELECT * FROM corridor_availability
    WHERE mission = asked.mission AND corridor_id = asked.corridor_id
        AND generation = newest.generation
        AND starts_at <= %b AND coalesce(ends_at, 'infinity') > %b
) AS told
"""  # noqa: S608  of our own text alone

_LAST_WORDS = """
SELECT asked.corridor_id, told.known_at FROM unnest(%b::text[]) AS asked (corridor_id), LATERAL (
    SELECT known_at FROM corridor_availability
    WHERE mission = %b AND corridor_id = asked.corridor_id AND shown_from <= %b
    ORDER BY generation DESC LIMIT 1
) AS told
"""

# One look into the index for each corridor, and none at its other rows.
_CORRIDORS: Final = """
WITH RECURSIVE named AS (
    (SELECT mission, corridor_id FROM corridor_availability
     WHERE (mission, corridor_id) > (coalesce(%(mission)s::text, ''), '')
     ORDER BY mission, corridor_id LIMIT 1)
    UNION ALL
    SELECT following.* FROM named, LATERAL (
        SELECT mission, corridor_id FROM corridor_availability
        WHERE (mission, corridor_id) > (named.mission, named.corridor_id)
        ORDER BY mission, corridor_id LIMIT 1
    ) AS following WHERE named.mission = coalesce(%(mission)s::text, named.mission)
)
SELECT mission, corridor_id FROM named
WHERE mission = coalesce(%(mission)s::text, mission) ORDER BY mission, corridor_id
"""
_IS_KNOWN: Final = """
SELECT FROM corridor_availability WHERE mission = %s AND corridor_id = %s LIMIT 1
"""


def availability(
    conn: Connection, mission: str, corridor_id: str, at: datetime, known_at: datetime
) -> StoredInterval | None:
    """The interval `at` lies in, by what could be seen at `known_at`; None: nothing was known.

    Its `starts_at` and `ends_at` are its generation's: a newer one may cut it short before or
    after `at`. For a period ask `corridor_period.told_between`.
    """
    name = CorridorName(mission, corridor_id)
    return availabilities(conn, [name], at, known_at).get(name)


def availabilities(
    conn: Connection, names: Sequence[CorridorName], at: datetime, known_at: datetime
) -> dict[CorridorName, StoredInterval]:
    """The same of several corridors, of those of which anything was known."""
    values = [[it.mission for it in names], [it.corridor_id for it in names]]
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(_AT, [*values, known_at, at, at, at]).fetchall()
    return {names[number - 1]: interval_of(row) for number, *row in rows}


def last_words(
    conn: Connection, mission: str, ids: Sequence[str], known_at: datetime
) -> dict[str, datetime]:
    """When the last word that changed what is known of each corridor reached us, of those known."""
    with conn.cursor(binary=True) as cursor:
        found = cursor.execute(_LAST_WORDS, [list(ids), mission, known_at]).fetchall()
    return dict(found)


def corridors(conn: Connection, mission: str | None = None) -> list[CorridorName]:
    """Every corridor of which anything is known."""
    return [CorridorName(*row) for row in conn.execute(_CORRIDORS, {"mission": mission})]


def is_known(conn: Connection, name: CorridorName) -> bool:
    """Whether anything is known of it."""
    return conn.execute(_IS_KNOWN, name).rowcount > 0
