"""Contexts: what was declared beside the reports, and the context it makes, as stored.

Place on the data's way: the worker's refolding writes here; judging, explaining and the commands
read. A generation is a whole context, not a difference: it is small, and judged by as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from services.store.engine import Answer, Connection
from streams.assess import Known
from streams.context.fold import MissionState, decode_state
from streams.context.heard import Heard, decode_heard
from streams.context.touching import Touching
from streams.keys import Key


class Generation(NamedTuple):
    """A mission's context as one agreement version read it, by what was known then."""

    mission: str
    agreement: bytes
    """SHA-256 of the agreement version."""
    generation: int
    known_at: datetime
    state: MissionState


_HEARD = """
SELECT body FROM context_events WHERE mission = %s AND movement IS NULL ORDER BY key, revision
"""

_NEWEST = """
SELECT newest.agreement, newest.generation FROM unnest(%b::bytea[], %b::text[])
    AS asked (agreement, mission),
    LATERAL (
        SELECT agreement, generation FROM context_generations
        WHERE mission = asked.mission AND agreement = asked.agreement
        ORDER BY generation DESC LIMIT 1
    ) AS newest
"""

_AS_KNOWN = """
SELECT DISTINCT ON (mission, agreement) mission, agreement, generation, known_at, body
FROM context_generations
WHERE mission = coalesce(%s, mission) AND known_at <= coalesce(%s::timestamptz, 'infinity')
ORDER BY mission, agreement, generation DESC
"""

_ONE = """
SELECT body FROM context_generations WHERE mission = %s AND agreement = %s AND generation = %s
"""

_TAKEN_IN = """
SELECT event.key, event.revision FROM unnest(%b::uuid[]) AS asked (key),
    LATERAL (SELECT key, revision FROM context_events WHERE key = asked.key OFFSET 0) AS event
"""


def heard_by(conn: Connection, mission: str) -> list[Heard]:
    """Every context event of the mission that a worker has taken in, each version.

    But those about movements, which are no context of any report (`services.store.movements`).
    """
    return [decode_heard(body) for (body,) in conn.execute(_HEARD, [mission])]


def newest_generations(conn: Connection, asked: Sequence[tuple[bytes, str]]) -> dict[bytes, int]:
    """The newest generation of each (agreement, mission) that has one, by agreement."""
    return ask_newest_generations(conn, asked)()


def ask_newest_generations(
    conn: Connection, asked: Sequence[tuple[bytes, str]]
) -> Answer[dict[bytes, int]]:
    """Ask for them in a pipeline; of no agreements nothing is asked."""
    if not asked:
        return dict
    agreements, missions = zip(*asked, strict=True)
    cursor = conn.cursor(binary=True)
    cursor.execute(_NEWEST.encode(), [list(agreements), list(missions)])
    return lambda: {bytes(agreement): generation for agreement, generation in cursor}


def state_of(conn: Connection, mission: str, agreement: bytes, generation: int) -> MissionState:
    """The context of one generation, which is there."""
    row = conn.execute(_ONE, [mission, agreement, generation]).fetchone()
    assert row is not None, "generations are never deleted"
    return decode_state(row[0])


def known_states(
    conn: Connection, mission: str | None = None, known_at: datetime | None = None
) -> list[Generation]:
    """Each agreement version's context as known at `known_at`, or now; in a fixed order."""
    rows = conn.execute(_AS_KNOWN, [mission, known_at]).fetchall()
    return [
        Generation(of, bytes(agreement), number, at, decode_state(body))
        for of, agreement, number, at, body in rows
    ]


def known_now(conn: Connection, mission: str) -> Known:
    """What is known of a mission now, as each agreement version reads it."""
    return {one.agreement.hex(): Touching(one.state.context) for one in known_states(conn, mission)}


def context_taken_in(conn: Connection, keys: Iterable[Key]) -> set[tuple[Key, int]]:
    """(key, version) of the context events that a worker has taken in already.

    Args:
        conn: a transaction that has their keys locked.
        keys: of the events.
    """
    with conn.cursor(binary=True) as cursor:
        return {(key, revision) for key, revision in cursor.execute(_TAKEN_IN, [list(keys)])}
