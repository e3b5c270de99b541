"""Which incidents there are, newest first, page by page; and all that is known of one.

Place on the data's way: `truceline incidents`, GET /v1/incidents. What is there is the newest
revision of each id (`current_incidents`); what is no more is found by its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from psycopg import sql
from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.queries.filters import Filters
from services.store.rows import IncidentRow
from streams.incidents.tell import Progress
from streams.vocabulary import Verdict, ViolationKind


class After(NamedTuple):
    """Where the next page begins: after this row."""

    day: date
    begun: datetime
    id: str
    generation: int = 0
    """Of what was released, where each revision that was is a row of its own."""


class IncidentFilters(NamedTuple):
    """Which incidents; None: whatever it is."""

    mission: str | None = None
    agreements: Sequence[bytes] | None = None
    """Versions; that of an incident's first report is one of these."""
    zone: str | None = None
    """Empty: of terms that hold everywhere."""
    kind: ViolationKind | None = None
    verdict: Verdict | None = None
    """The gravest of its reports."""
    state: Progress | None = None
    since: date | None = None
    """Of this mission day or later."""
    until: date | None = None
    """Of this mission day or earlier."""


class FoundIncident(NamedTuple):
    """The newest revision of an incident that is there."""

    mission: str
    id: str
    generation: int
    known_at: datetime
    day: date
    begun: datetime
    zone_id: str
    agreement: bytes
    body: bytes

    @property
    def after(self) -> After:
        """Ask with this for the page that follows."""
        return After(self.day, self.begun, self.id, self.generation)


_PAGE = """
SELECT {columns} FROM current_incidents {where}
ORDER BY day DESC, begun DESC, id DESC LIMIT {limit}
"""
_RELEASED = """
SELECT {columns} FROM (
    SELECT DISTINCT split_part(item, '~', 2) AS named, reading FROM desk_actions
    WHERE action = 'release' AND mission = {mission} AND item LIKE 'incident~%%'
) AS told JOIN incidents ON mission = {mission} AND id = named AND generation = reading
{where} ORDER BY day DESC, begun DESC, id DESC, generation DESC LIMIT {limit}
"""
_COUNT = "SELECT count(*) FROM current_incidents {}"
_ALL = """
SELECT {columns} FROM incidents {where} ORDER BY mission, generation
"""


def incidents(
    conn: Connection,
    asked: IncidentFilters,
    now: datetime,
    *,
    limit: int,
    after: After | None = None,
) -> list[FoundIncident]:
    """A page of those that are there, the newest first."""
    filters = _filters(asked, now)
    if after is not None:
        filters.add("(day, begun, id) < (%s, %s, %s)", *after[:3])
    query = sql.SQL(_PAGE).format(
        columns=_names(FoundIncident._fields), where=filters.where, limit=limit
    )
    with conn.cursor(binary=True, row_factory=args_row(FoundIncident)) as cursor:
        return cursor.execute(query, filters.values).fetchall()


def released_incidents(
    conn: Connection,
    asked: IncidentFilters,
    now: datetime,
    *,
    limit: int,
    after: After | None = None,
) -> list[FoundIncident]:
    """A page of the revisions that somebody released, each as it was then, the newest first."""
    assert asked.mission is not None, "what was released was released by a mission"
    filters = _filters(asked, now)
    if after is not None:
        filters.add("(day, begun, id, generation) < (%s, %s, %s, %s)", *after)
    query = sql.SQL(_RELEASED).format(
        columns=_names(FoundIncident._fields),
        mission=sql.Literal(asked.mission),
        where=filters.where,
        limit=limit,
    )
    with conn.cursor(binary=True, row_factory=args_row(FoundIncident)) as cursor:
        return cursor.execute(query, filters.values).fetchall()


def count_incidents(conn: Connection, asked: IncidentFilters, now: datetime) -> int:
    """How many of those there are."""
    filters = _filters(asked, now)
    row = conn.execute(sql.SQL(_COUNT).format(filters.where), filters.values).fetchone()
    assert row is not None
    count: int = row[0]
    return count


def revisions_of(conn: Connection, name: str, mission: str | None = None) -> list[IncidentRow]:
    """Every revision of the incident of this id, the oldest first; none: nobody knows it."""
    filters = Filters()
    filters.add("id = %s", name)
    filters.add("mission = %s", mission)
    query = sql.SQL(_ALL).format(columns=_names(IncidentRow.__struct_fields__), where=filters.where)
    with conn.cursor(binary=True, row_factory=args_row(IncidentRow)) as cursor:
        return cursor.execute(query, filters.values).fetchall()


def _names(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _filters(asked: IncidentFilters, now: datetime) -> Filters:
    filters = Filters()
    filters.add("mission = %s", asked.mission)
    filters.add(
        "agreement = ANY (%s)", None if asked.agreements is None else list(asked.agreements)
    )
    filters.add("zone_id = %s", asked.zone)
    filters.add("%s = ANY (violates)", asked.kind)
    filters.add("verdict = %s", asked.verdict)
    filters.add("day >= %s", asked.since)
    filters.add("day <= %s", asked.until)
    if asked.state is Progress.ENDED:
        filters.add("over_at < %s", now)
    elif asked.state is not None:
        filters.add("over_at >= %s", now)
        # As `progress_of` has it.
        filters.add("(reports = 1) = %s", asked.state is Progress.STARTED)
    return filters
