"""Which incidents wait at the desk, by severity and age.

Place on the data's way: stored incidents + acts → **queue** → `services.desk`. An incident is as
severe as the gravest that its members breach in its zone; it waits from when its newest revision
became known. A revision is to it what a reading is to a violation.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple

from psycopg import sql
from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.queries.filters import Filters
from services.store.queries.violations import STANDING
from streams.desk.fold import Review
from streams.vocabulary import Severity


class AfterIncident(NamedTuple):
    """Where the next page begins: after this row."""

    rank: int
    known_at: datetime
    id: str


class QueuedIncident(NamedTuple):
    """One incident at its newest revision, with the last that anybody did with it."""

    id: str
    generation: int
    known_at: datetime
    begun: datetime
    ended: datetime
    mission: str
    zone_id: str
    """Empty: of terms that hold everywhere."""
    verdict: str
    reports: int
    violates: Sequence[str]
    agreement: bytes
    body: bytes
    is_there: bool
    rank: int
    review: str
    seq: int

    @property
    def after(self) -> AfterIncident:
        """Ask with this for the page that follows."""
        return AfterIncident(self.rank, self.known_at, self.id)


RANKS: Final = {1: Severity.GRAVE, 2: Severity.SERIOUS, 3: Severity.MINOR}
_REVIEW: LiteralString = (
    "CASE WHEN last.reading = found.generation THEN last.review ELSE 'unreviewed' END"
)
_OWN: Final = {
    "is_there": sql.SQL("found.became IS NULL"),
    "rank": sql.SQL("gravest.rank"),
    "review": sql.SQL(_REVIEW),
    "seq": sql.SQL("coalesce(last.seq, 0)"),
}
# Its revisions, from the last on that began it anew, laid over each other give its members.
_JOINED: LiteralString = """
LEFT JOIN LATERAL (
    SELECT seq, reading, review, into_item FROM desk_actions AS told
    WHERE told.mission = found.mission AND told.item = 'incident~' || found.id
    ORDER BY seq DESC LIMIT 1
) AS last ON true
CROSS JOIN LATERAL (
    SELECT coalesce(min(CASE severity WHEN 'grave' THEN 1 WHEN 'serious' THEN 2 ELSE 3 END), 3)
        AS rank
    FROM (
        SELECT DISTINCT ON (key) key, is_in FROM incidents AS told, LATERAL (
            SELECT unnest(told.joined), true UNION ALL SELECT unnest(told.parted), false
        ) AS change (key, is_in)
        WHERE told.mission = found.mission AND told.id = found.id AND told.became IS NULL
            AND told.generation > coalesce((
                SELECT max(generation) FROM incidents AS gone
                WHERE gone.mission = found.mission AND gone.id = found.id
                    AND gone.became IS NOT NULL AND gone.generation < found.generation
            ), 0)
        ORDER BY key, generation DESC
    ) AS member JOIN current_violations AS breach ON breach.key = member.key
        AND coalesce(breach.zone_id, '') = found.zone_id
    WHERE member.is_in AND breach.verdict = ANY (%s)
) AS gravest
"""
_WAITS: LiteralString = f"""({_REVIEW} = ANY (%s) OR {_REVIEW} = 'merged' AND NOT EXISTS (
    SELECT FROM current_incidents AS whole
    WHERE whole.mission = found.mission AND whole.id = split_part(last.into_item, '~', 2)
))"""
_WAITING: Final = [Review.UNREVIEWED, Review.CONFIRMED, Review.RETURNED]
_NEWEST: LiteralString = """(
    SELECT DISTINCT ON (mission, id) * FROM incidents WHERE id = ANY (%s)
    ORDER BY mission, id, generation DESC
)"""


def queue_incidents(  # noqa: PLR0913 (each is one thing that may be asked for)
    conn: Connection,
    *,
    mission: str | None = None,
    review: Review | None = None,
    severity: Severity | None = None,
    zone: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
    after: AfterIncident | None = None,
) -> list[QueuedIncident]:
    """At most `limit` incidents that wait, or whose review is this, begun in [since, until)."""
    filters = Filters()
    filters.add("found.mission = %s", mission)
    filters.add("gravest.rank = %s", None if severity is None else _rank(severity))
    filters.add("found.zone_id = %s", zone)
    filters.add("found.begun >= %s", since)
    filters.add("found.begun < %s", until)
    if review is None:
        filters.add(_WAITS, _WAITING)
    else:
        filters.add(f"{_REVIEW} = %s", review)
    if after is not None:
        filters.add("(gravest.rank, found.known_at, found.id) > (%s, %s, %s)", *after)
    order = sql.SQL("ORDER BY rank, found.known_at, found.id LIMIT %s")
    query = _select(sql.SQL("current_incidents"), filters, order)
    return _rows(conn, query, [list(STANDING), *filters.values, limit])


def incidents_at_desk(conn: Connection, ids: Sequence[str]) -> list[QueuedIncident]:
    """These incidents at their newest revisions, those that are no more as well."""
    query = _select(sql.SQL(_NEWEST), Filters(), sql.SQL(""))
    return _rows(conn, query, [list(ids), list(STANDING)])


def _rank(severity: Severity) -> int:
    return next(rank for rank, word in RANKS.items() if word is severity)


def _select(source: sql.SQL, filters: Filters, order: sql.SQL) -> sql.Composed:
    columns = [
        sql.SQL("{} AS {}").format(
            _OWN.get(name, sql.Identifier("found", name)), sql.Identifier(name)
        )
        for name in QueuedIncident._fields
    ]
    return sql.SQL("SELECT {} FROM {} AS found {} {} {}").format(
        sql.SQL(", ").join(columns), source, sql.SQL(_JOINED), filters.where, order
    )


def _rows(conn: Connection, query: sql.Composed, values: Sequence[object]) -> list[QueuedIncident]:
    with conn.cursor(binary=True, row_factory=args_row(QueuedIncident)) as cursor:
        return cursor.execute(query, values).fetchall()
