"""Incidents as they are stored: marks, breaches, revisions.

Place on the data's way: `services.worker.keep_incidents` writes here; the commands, the gateway and
the timer read. The newest generation of an incident counts; its members are what its revisions come
to, laid over each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.rows import BreachRow, IncidentRow
from streams.incidents.breach import Breach, decode_breach
from streams.incidents.revise import Change, Held, Members, members_by
from streams.incidents.tell import decode_account
from streams.keys import Key

NO_LONGER: Final = b""
"""Body of a breach that is none any more."""


class ZoneDay(NamedTuple):
    """A zone on a mission day; what hangs together lies in one, or in two that follow."""

    zone_id: str
    """Empty: of terms that hold everywhere."""
    day: date


# --- marks --------------------------------------------------------------------------------------

_MARKED: Final = "SELECT DISTINCT mission FROM incident_marks ORDER BY mission"
_WAITS: Final = "SELECT EXISTS (SELECT FROM incident_marks WHERE mission = %s)"
_TAKE: Final = """
DELETE FROM incident_marks WHERE id IN (
    SELECT id FROM (
        SELECT id, sum(reports) OVER (ORDER BY id) - reports AS before FROM (
            SELECT id, cardinality(keys) AS reports FROM incident_marks WHERE mission = %s LIMIT %s
        ) AS marks
    ) AS summed WHERE before < %s
) RETURNING keys
"""
_LOCK: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


def marked_missions(conn: Connection) -> list[str]:
    """The missions of which something is not folded yet."""
    return [mission for (mission,) in conn.execute(_MARKED)]


def waits_unfolded(conn: Connection, mission: str) -> bool:
    """Whether anything of a mission is judged, and its incidents do not say so yet."""
    row = conn.execute(_WAITS, [mission]).fetchone()
    return row is not None and bool(row[0])


def lock_mission(conn: Connection, mission: str) -> bool:
    """Be the one that folds a mission's incidents, until the commit; False: another one is."""
    row = conn.execute(_LOCK, [f"incidents/{mission}"]).fetchone()
    return row is not None and bool(row[0])


def take_marks(conn: Connection, mission: str, most: int, reports: int) -> set[Key]:
    """Take away some marks; the reports that they name. They come again if nothing is committed.

    Args:
        conn: a session that holds the mission's lock: nobody else takes marks of it.
        mission: whose.
        most: marks.
        reports: after so many of them no further mark is taken.
    """
    with conn.cursor(binary=True) as cursor:
        taken = cursor.execute(_TAKE, [mission, most, reports])
        return {key for (keys,) in taken for key in keys}


# --- breaches -----------------------------------------------------------------------------------

_OF_REPORTS: Final = """
SELECT DISTINCT ON (zone_id, day, key) key, known_at, day, generation, mission, zone_id, agreement,
    body
FROM breaches WHERE key = ANY (%b::uuid[]) AND mission = %s
ORDER BY zone_id, day, key, generation DESC
"""
_OF_DAYS: Final = """
SELECT newest.key, newest.body FROM unnest(%(zones)s::text[], %(days)s::date[])
    AS asked (zone_id, day), LATERAL (
    SELECT DISTINCT ON (key) key, body FROM breaches
    WHERE mission = %(mission)s AND zone_id = asked.zone_id AND day = asked.day
    ORDER BY key, generation DESC
) AS newest
"""


def breaches_of_reports(conn: Connection, mission: str, keys: Collection[Key]) -> list[BreachRow]:
    """The newest row of each of these reports in each zone and day where it ever was one."""
    with conn.cursor(binary=True, row_factory=args_row(BreachRow)) as cursor:
        return cursor.execute(_OF_REPORTS, [list(keys), mission]).fetchall()


def breaches_of_days(
    conn: Connection, mission: str, days: Collection[ZoneDay]
) -> dict[Key, list[Breach]]:
    """All that stands of these zones and days, by report."""
    found: defaultdict[Key, list[Breach]] = defaultdict(list)
    for key, body in _bodies(conn, mission, days):
        found[key].append(decode_breach(body))
    return found


def _bodies(
    conn: Connection, mission: str, days: Collection[ZoneDay]
) -> Iterator[tuple[Key, bytes]]:
    ordered = sorted(days)
    asked = {
        "mission": mission,
        "zones": [it.zone_id for it in ordered],
        "days": [it.day for it in ordered],
    }
    with conn.cursor(binary=True) as cursor:
        for key, body in cursor.execute(_OF_DAYS, asked):
            if body != NO_LONGER:
                yield key, body


# --- incidents ----------------------------------------------------------------------------------

_NEWEST: Final = "SELECT max(generation) FROM incidents WHERE mission = %s"
_NEWEST_BREACH: Final = "SELECT max(generation) FROM breaches WHERE mission = %s"
_COLUMNS: Final = ", ".join(IncidentRow.__struct_fields__)
_EVERY: Final = f"""
SELECT {_COLUMNS} FROM (
    SELECT id FROM unnest(%(ids)s::text[]) AS named (id)
    UNION SELECT its.id FROM unnest(%(zones)s::text[], %(days)s::date[]) AS asked (zone_id, day),
    LATERAL (
        SELECT id FROM incidents
        WHERE mission = %(mission)s AND zone_id = asked.zone_id AND day = asked.day OFFSET 0
    ) AS its
) AS every (name), LATERAL (
    SELECT * FROM incidents WHERE mission = %(mission)s AND id = every.name OFFSET 0
) AS told ORDER BY id, generation
"""  # noqa: S608  of our own text alone


class KnownIncident(NamedTuple):
    """An incident with its newest row."""

    row: IncidentRow
    held: Held


def known_incidents(
    conn: Connection, mission: str, days: Collection[ZoneDay], ids: Collection[str] = ()
) -> dict[str, KnownIncident]:
    """Each incident that ever was of these zones and days, or has one of these ids."""
    ordered = sorted(days)
    asked = {
        "mission": mission,
        "ids": list(ids),
        "zones": [it.zone_id for it in ordered],
        "days": [it.day for it in ordered],
    }
    with conn.cursor(binary=True, row_factory=args_row(IncidentRow)) as cursor:
        rows = cursor.execute(_EVERY.encode(), asked).fetchall()
    return {name: _known(list(of_one)) for name, of_one in groupby(rows, key=attrgetter("id"))}


def _known(rows: Sequence[IncidentRow]) -> KnownIncident:
    newest = rows[-1]
    became = None if newest.became is None else tuple(newest.became)
    return KnownIncident(newest, Held(decode_account(newest.body), _members(rows), became))


def _members(rows: Iterable[IncidentRow]) -> Members:
    """Of revisions in order; a key that nobody knows is in no array (`rows.Keys` allows it)."""
    return members_by(
        Change(
            [key for key in row.joined if key is not None],
            [key for key in row.parted if key is not None],
            row.became is not None,
        )
        for row in rows
    )


def newest_generation(conn: Connection, mission: str) -> int:
    """The last number that was given in a mission, to an incident or a breach; 0: none was."""
    found = [conn.execute(query, [mission]).fetchone() for query in (_NEWEST, _NEWEST_BREACH)]
    return max(row[0] or 0 for row in found if row is not None)


# --- for the timer ------------------------------------------------------------------------------

_NEWEST_UNDER: Final = """
SELECT asked.agreement, newest.generation FROM unnest(%b::bytea[], %b::text[])
    AS asked (agreement, mission), LATERAL (
    SELECT generation FROM incidents
    WHERE mission = asked.mission AND agreement = asked.agreement
    ORDER BY generation DESC LIMIT 1
) AS newest
"""
_OVER: Final = """
SELECT mission, agreement, generation, known_at, id, over_at FROM (
    SELECT DISTINCT ON (mission, id) mission, agreement, generation, known_at, id, over_at, became
    FROM incidents
    WHERE mission = coalesce(%s, mission) AND known_at <= coalesce(%s::timestamptz, 'infinity')
    ORDER BY mission, id, generation DESC
) AS newest WHERE became IS NULL
"""


def newest_incidents(conn: Connection, asked: Sequence[tuple[bytes, str]]) -> dict[bytes, int]:
    """The newest generation of any incident under each (agreement, mission), by agreement."""
    if not asked:
        return {}
    agreements, missions = zip(*asked, strict=True)
    with conn.cursor(binary=True) as cursor:
        found = cursor.execute(_NEWEST_UNDER.encode(), [list(agreements), list(missions)])
        return {bytes(agreement): generation for agreement, generation in found}


class Over(NamedTuple):
    """When an incident is over, by what is known of it."""

    mission: str
    agreement: bytes
    generation: int
    known_at: datetime
    id: str
    over_at: datetime


def over_incidents(
    conn: Connection, mission: str | None = None, known_at: datetime | None = None
) -> list[Over]:
    """Every incident that is there now, or was known to be then."""
    rows = conn.execute(_OVER, [mission, known_at]).fetchall()
    return [Over(of, bytes(agreement), *rest) for of, agreement, *rest in rows]


# --- for who asks -------------------------------------------------------------------------------

_MEMBERS: Final = """
SELECT id, generation, joined, parted, became IS NOT NULL FROM incidents
WHERE mission = %s AND id = ANY (%s) ORDER BY id, generation
"""
_BREACHES: Final = """
SELECT DISTINCT ON (key, zone_id, day) key, zone_id, body FROM breaches
WHERE mission = %s AND key = ANY (%b::uuid[]) ORDER BY key, zone_id, day, generation DESC
"""


def members_of(conn: Connection, mission: str, zones: Mapping[str, str]) -> dict[str, list[Breach]]:
    """The breaches in each of some incidents, in order; `zones`: of each id its zone."""
    with conn.cursor(binary=True) as cursor:
        rows = cursor.execute(_MEMBERS, [mission, list(zones)]).fetchall()
        members = {
            name: members_by(Change(*row[2:]) for row in of_one)
            for name, of_one in groupby(rows, key=lambda row: row[0])
        }
        keys = list({key for of_one in members.values() for key in of_one})
        told = {
            (key, zone): decode_breach(body)
            for key, zone, body in cursor.execute(_BREACHES, [mission, keys])
            if body != NO_LONGER
        }
    return {
        name: sorted(
            (told[key, zones[name]] for key in of_one if (key, zones[name]) in told),
            key=attrgetter("start", "source", "id"),
        )
        for name, of_one in members.items()
    }
