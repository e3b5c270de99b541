"""Where subjects were: what is known of them now, and was known at another time.

Place on the data's way: the fold's own look at what it wrote last, `truceline whereabouts list`,
GET /v1/whereabouts. Each zone of a subject is a list of spells; a generation replaces it from one
place on (`from_seq`). So a row counts unless a later generation begins at or before its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString, NamedTuple

from psycopg import sql
from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.queries.filters import Filters

CONTRADICTIONS = ""
"""In place of a zone: the pairs of a subject's sightings that cannot both be true."""


class FoundWhereabouts(NamedTuple):
    """A spell of a subject in a zone, or a contradiction."""

    mission: str
    subject_ref: str
    zone_id: str
    generation: int
    seq: int
    known_at: datetime
    begun_after: datetime | None
    ended_before: datetime | None
    answer: str | None
    """None: the list ends before this place."""
    body: bytes

    @property
    def after(self) -> After:
        """Ask with this for the page that follows."""
        return After(self.mission, self.subject_ref, self.zone_id, self.seq)


class After(NamedTuple):
    """Where the next page begins: after this row."""

    mission: str
    subject_ref: str
    zone_id: str
    seq: int


_LATER: LiteralString = """NOT EXISTS (
    SELECT FROM whereabouts AS later WHERE later.mission = told.mission
        AND later.subject_ref = told.subject_ref AND later.zone_id = told.zone_id
        AND later.generation > told.generation AND later.from_seq <= told.seq"""
CURRENT: LiteralString = _LATER + ")"
"""Of a row of `whereabouts AS told`: whether it counts now."""
_THEN: LiteralString = _LATER + " AND later.known_at <= %s)"


def whereabouts(  # noqa: PLR0913 (each is one thing that may be asked for)
    conn: Connection,
    *,
    mission: str | None = None,
    subjects: Sequence[str] | None = None,
    zone: str | None = None,
    answers: Sequence[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    known_at: datetime | None = None,
    limit: int | None = None,
    after: After | None = None,
) -> list[FoundWhereabouts]:
    """The rows that count, by mission, subject, zone and time.

    `since` and `until`: spells that may reach into [since, until). `known_at`: by what was known
    then. Ends of lists (`answer` None) are among them only where no `answers` are asked for.
    """
    filters = Filters()
    if known_at is None:
        filters.add(CURRENT)
    else:
        filters.add(_THEN, known_at)
        filters.add("known_at <= %s", known_at)
    filters.add("mission = %s", mission)
    filters.add("subject_ref = ANY(%s)", None if subjects is None else list(subjects))
    filters.add("zone_id = %s", zone)
    filters.add("answer = ANY(%s)", None if answers is None else list(answers))
    filters.add("coalesce(ended_before, 'infinity') > %s", since)
    filters.add("coalesce(begun_after, '-infinity') < %s", until)
    if after is not None:
        filters.add("(mission, subject_ref, zone_id, seq) > (%s, %s, %s, %s)", *after)
    query = sql.SQL(
        "SELECT {} FROM whereabouts AS told {} ORDER BY mission, subject_ref, zone_id, seq LIMIT %s"
    ).format(sql.SQL(", ").join(map(sql.Identifier, FoundWhereabouts._fields)), filters.where)
    with conn.cursor(binary=True, row_factory=args_row(FoundWhereabouts)) as cursor:
        return cursor.execute(query, [*filters.values, limit]).fetchall()
