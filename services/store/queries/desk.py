"""What waits at the desk, by severity and age; and how long it took until it was released.

Place on the data's way: violations that stand + acts → **queue** → `services.desk`. A result waits
from when its reading's cause reached us; the gravest come first, of those the oldest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple

from psycopg import sql
from psycopg.rows import args_row

from services.store.arrays import Uuids
from services.store.engine import Connection
from services.store.queries.filters import Filters
from services.store.queries.violations import STANDING
from streams.desk.fold import Review
from streams.keys import Key
from streams.vocabulary import Severity

_RANK: LiteralString = "CASE found.severity WHEN 'grave' THEN 1 WHEN 'serious' THEN 2 ELSE 3 END"


class After(NamedTuple):
    """Where the next page begins: after this row."""

    rank: int
    received_at: datetime
    key: Key
    term_id: str


class Queued(NamedTuple):
    """One result, at its reading now, with the last that anybody did with it."""

    key: Key
    term_id: str
    revision: int
    received_at: datetime
    observed_from: datetime
    observed_to: datetime
    mission: str
    source: str
    event_id: str
    clause: str
    kind: str
    severity: str
    verdict: str
    zone_id: str | None
    count_min: int | None
    count_max: int | None
    count_qualifier: str | None
    agreement: bytes
    draft: bool
    rank: int
    review: str
    seq: int

    @property
    def after(self) -> After:
        """Ask with this for the page that follows."""
        return After(self.rank, self.received_at, self.key, self.term_id)


_REVIEW: LiteralString = (
    "CASE WHEN last.reading = found.revision THEN last.review ELSE 'unreviewed' END"
)
_OWN: Final = {
    "rank": sql.SQL(_RANK),
    "review": sql.SQL(_REVIEW),
    "seq": sql.SQL("coalesce(last.seq, 0)"),
}
_FROM: LiteralString = """
FROM current_violations AS found LEFT JOIN LATERAL (
    SELECT seq, reading, review, into_item FROM desk_actions AS told
    WHERE told.key = found.key AND told.term_id = found.term_id ORDER BY seq DESC LIMIT 1
) AS last ON true
"""
_WAITS: LiteralString = f"""({_REVIEW} = ANY (%s) OR {_REVIEW} = 'merged' AND NOT EXISTS (
    SELECT FROM current_violations AS whole
    WHERE whole.key = nullif(split_part(last.into_item, '~', 2), '')::uuid
        AND whole.term_id = split_part(last.into_item, '~', 3) AND whole.verdict = ANY (%s)
))"""
"""What was merged into a result that is none any more waits to be split off."""
_WAITING: Final = [Review.UNREVIEWED, Review.CONFIRMED, Review.RETURNED]
_PLACE: LiteralString = f"({_RANK}, found.received_at, found.key, found.term_id)"


def queue(  # noqa: PLR0913 (each is one thing that may be asked for)
    conn: Connection,
    *,
    mission: str | None = None,
    review: Review | None = None,
    severity: Severity | None = None,
    zone: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
    after: After | None = None,
) -> list[Queued]:
    """At most `limit` results that wait, or whose review is this, observed in [since, until)."""
    filters = Filters()
    filters.add("found.verdict = ANY (%s)", list(STANDING))
    filters.add("found.mission = %s", mission)
    filters.add("severity = %s", severity)
    filters.add("zone_id = %s", zone)
    filters.add("observed_from >= %s", since)
    filters.add("observed_from < %s", until)
    if review is None:
        filters.add(_WAITS, _WAITING, list(STANDING))
    else:
        filters.add(f"{_REVIEW} = %s", review)
    if after is not None:
        filters.add(f"{_PLACE} > (%s, %s, %s, %s)", *after)
    query = _select(
        filters, sql.SQL("ORDER BY rank, found.received_at, found.key, found.term_id LIMIT %s")
    )
    return _rows(conn, query, [*filters.values, limit])


def results_of(conn: Connection, keys: Sequence[Key]) -> list[Queued]:
    """The results of these reports by their readings now; whatever their verdicts are."""
    filters = Filters()
    filters.add("found.key = ANY (%s)", Uuids.make(keys))
    return _rows(conn, _select(filters, sql.SQL("")), filters.values)


def _select(filters: Filters, order: sql.SQL) -> sql.Composed:
    columns = [
        sql.SQL("{} AS {}").format(
            _OWN.get(name, sql.Identifier("found", name)), sql.Identifier(name)
        )
        for name in Queued._fields
    ]
    return sql.SQL("SELECT {} {} {} {}").format(
        sql.SQL(", ").join(columns), sql.SQL(_FROM), filters.where, order
    )


def _rows(conn: Connection, query: sql.Composed, values: Sequence[object]) -> list[Queued]:
    with conn.cursor(binary=True, row_factory=args_row(Queued)) as cursor:
        return cursor.execute(query, values).fetchall()


class Times(NamedTuple):
    """How long results of one severity took, from the receipt of what they are read from."""

    severity: str
    released: int
    """Releases that stand or stood, in the time asked for."""
    median_s: float | None
    slowest_tenth_s: float | None
    """A tenth of them took longer than this."""
    longest_s: float | None
    waiting: int
    """Results that wait now."""
    oldest_at: datetime | None
    """Since when the oldest of these waits."""


_TIMES: Final = """
WITH out AS (
    SELECT found.severity, extract(epoch FROM told.at - told.received_at)::float8 AS took
    FROM desk_actions AS told JOIN violations AS found ON found.key = told.key
        AND found.received_at = told.received_at AND found.revision = told.reading
        AND found.term_id = told.term_id
    {released}
), waits AS (
    SELECT severity, count(*) AS waiting, min(found.received_at) AS oldest_at
    {queue} GROUP BY severity
)
SELECT severity, (SELECT count(*) FROM out WHERE out.severity = each.severity),
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY took) FROM out
        WHERE out.severity = each.severity),
    (SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY took) FROM out
        WHERE out.severity = each.severity),
    (SELECT max(took) FROM out WHERE out.severity = each.severity),
    coalesce(waits.waiting, 0), waits.oldest_at
FROM (VALUES (1, 'grave'), (2, 'serious'), (3, 'minor')) AS each (place, severity)
    LEFT JOIN waits USING (severity)
ORDER BY place
"""


def times(
    conn: Connection,
    *,
    mission: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Times]:
    """By severity, the gravest first: how long what was released in [since, until) had waited."""
    released, waits = Filters(), Filters()
    released.add("told.action = 'release' AND told.review = %s", Review.RELEASED)
    released.add("told.mission = %s", mission)
    released.add("told.at >= %s", since)
    released.add("told.at < %s", until)
    waits.add("found.mission = %s", mission)
    waits.add("found.verdict = ANY (%s)", list(STANDING))
    waits.add(_WAITS, _WAITING, list(STANDING))
    query = sql.SQL(_TIMES).format(released=released.where, queue=sql.SQL(_FROM) + waits.where)
    with conn.cursor(binary=True, row_factory=args_row(Times)) as cursor:
        return cursor.execute(query, [*released.values, *waits.values]).fetchall()
