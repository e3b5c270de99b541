"""Movements as stored: their events, and each movement as an agreement version reads it.

Place on the data's way: the worker's refolding writes here; the timer, the commands and the gateway
read. Of the gateway's transactions PostgreSQL itself keeps what their sources may not see.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from services.store.engine import Connection
from streams.context.heard import Heard, decode_heard
from streams.movements.history import MovementHistory, decode_history
from streams.movements.outline import MovementOutline, decode_outline


class StoredMovement(NamedTuple):
    """A movement as one agreement version read it."""

    mission: str
    agreement: bytes
    generation: int
    movement: str
    known_at: datetime
    readers: list[str]
    body: bytes | None

    @property
    def history(self) -> MovementHistory | None:
        """What is known of it; None: nobody with a say has notified it."""
        return None if self.body is None else decode_history(self.body)

    @property
    def outline(self) -> MovementOutline | None:
        """The same without what was said of it since."""
        return None if self.body is None else decode_outline(self.body)


class StoredUnheeded(NamedTuple):
    """The last word on an event about a movement that had no effect once."""

    mission: str
    agreement: bytes
    generation: int
    event: str
    reason: str | None
    """None: it has an effect now."""


_HEARD = """
SELECT movement, body FROM context_events WHERE mission = %s AND movement = ANY (%s)
ORDER BY movement, key, revision
"""

_OF_MISSION = """
SELECT DISTINCT movement FROM context_events WHERE mission = %s AND movement IS NOT NULL
"""

_NEWEST = """
SELECT newest.agreement, newest.generation FROM unnest(%b::bytea[], %b::text[])
    AS asked (agreement, mission),
    LATERAL (
        SELECT agreement, generation FROM movement_generations
        WHERE mission = asked.mission AND agreement = asked.agreement
        ORDER BY generation DESC LIMIT 1
    ) AS newest
"""

_AS_KNOWN = """
SELECT DISTINCT ON (mission, agreement, movement) mission, agreement, generation, movement,
    known_at, readers, body
FROM movement_generations
WHERE mission = coalesce(%(mission)s, mission)
    AND known_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
    AND (%(agreements)s::bytea[] IS NULL OR agreement = ANY (%(agreements)s))
    AND (%(movements)s::text[] IS NULL OR movement = ANY (%(movements)s))
    AND (%(id)s::text IS NULL OR split_part(movement, '/', 2) = %(id)s)
ORDER BY mission, agreement, movement, generation DESC
"""

_UNHEEDED = """
SELECT DISTINCT ON (mission, agreement, event) mission, agreement, generation, event, reason
FROM unheeded_movements
WHERE mission = coalesce(%(mission)s, mission)
    AND known_at <= coalesce(%(known_at)s::timestamptz, 'infinity')
    AND agreement = coalesce(%(agreement)s, agreement)
    AND (%(events)s::text[] IS NULL OR event = ANY (%(events)s))
ORDER BY mission, agreement, event, generation DESC
"""


def heard_of(conn: Connection, mission: str, movements: Collection[str]) -> dict[str, list[Heard]]:
    """Every event of these movements that a worker has taken in, each version, by movement."""
    heard: dict[str, list[Heard]] = {movement: [] for movement in sorted(movements)}
    for movement, body in conn.execute(_HEARD, [mission, list(heard)]):
        heard[movement].append(decode_heard(body))
    return heard


def movements_of(conn: Connection, mission: str) -> set[str]:
    """Every movement of the mission that anything was said of."""
    return {movement for (movement,) in conn.execute(_OF_MISSION, [mission])}


def newest_movements(conn: Connection, asked: Sequence[tuple[bytes, str]]) -> dict[bytes, int]:
    """The newest generation of any movement under each (agreement, mission), by agreement."""
    if not asked:
        return {}
    agreements, missions = zip(*asked, strict=True)
    with conn.cursor(binary=True) as cursor:
        found = cursor.execute(_NEWEST.encode(), [list(agreements), list(missions)])
        return {bytes(agreement): generation for agreement, generation in found}


def known_movements(  # noqa: PLR0913 (each narrows by one thing)
    conn: Connection,
    mission: str | None = None,
    known_at: datetime | None = None,
    *,
    agreements: Collection[bytes] | None = None,
    movements: Collection[str] | None = None,
    movement_id: str | None = None,
) -> list[StoredMovement]:
    """Each movement under each agreement version as known then, or now; in a fixed order.

    Args:
        conn: of the gateway's it shows what its scope does.
        mission: of this one alone.
        known_at: by what was known then.
        agreements: as these versions read them alone, by their hashes.
        movements: these alone, by ``organiser/movement``.
        movement_id: those alone that some organiser calls so.
    """
    asked = {
        "mission": mission,
        "known_at": known_at,
        "agreements": None if agreements is None else list(agreements),
        "movements": movements and list(movements),
        "id": movement_id,
    }
    with conn.cursor(binary=True) as cursor:
        return [StoredMovement(*row) for row in cursor.execute(_AS_KNOWN, asked)]


def known_unheeded(
    conn: Connection,
    mission: str | None = None,
    known_at: datetime | None = None,
    *,
    agreement: bytes | None = None,
    events: Collection[str] | None = None,
) -> list[StoredUnheeded]:
    """The last word on each event about a movement that had no effect once; in a fixed order."""
    asked = {
        "mission": mission,
        "known_at": known_at,
        "agreement": agreement,
        "events": events and list(events),
    }
    rows = conn.execute(_UNHEEDED, asked).fetchall()
    return [StoredUnheeded(of, bytes(by), *rest) for of, by, *rest in rows]
