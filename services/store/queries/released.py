"""What was released at the desk, newest first, page by page: each reading that parties were told.

Place on the data's way: acts at the desk → **released readings** → GET /v1/violations of parties
and the public. A reading that was superseded since, or taken back, stays here: who was told of it
is told that as well. Whether a release counts, the fold says (`streams.desk.fold`), not a column.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from psycopg import sql
from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.queries.filters import Filters
from services.store.queries.violations import After
from streams.keys import Key
from streams.vocabulary import Verdict, ViolationKind


class FoundRelease(NamedTuple):
    """One reading of a term's breach, as it was when it was released."""

    key: Key
    term_id: str
    revision: int
    received_at: datetime
    """When that reached us which it was read from."""
    observed_from: datetime
    observed_to: datetime
    mission: str
    clause: str
    kind: str
    severity: str
    verdict: str
    zone_id: str | None
    zone_kind: str | None
    agreement: bytes
    draft: bool
    item: str

    @property
    def after(self) -> After:
        """Ask with this for the page that follows."""
        return After(self.observed_from, self.key, self.term_id, self.revision)


_FROM: Final = """
FROM (
    SELECT DISTINCT ON (key, term_id, reading) key, term_id, reading, received_at, item
    FROM desk_actions WHERE action = 'release' AND mission = %s
    ORDER BY key, term_id, reading, seq DESC
) AS told JOIN violations AS found ON found.key = told.key AND found.revision = told.reading
    AND found.term_id = told.term_id AND found.received_at = told.received_at
"""
_PLACE: Final = "(found.observed_from, found.key, found.term_id, found.revision)"


def released(  # noqa: PLR0913 (each is one thing that may be asked for)
    conn: Connection,
    *,
    mission: str,
    zone: str | None = None,
    term: str | None = None,
    agreements: Sequence[bytes] | None = None,
    kind: ViolationKind | None = None,
    verdict: Verdict | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
    after: After | None = None,
) -> list[FoundRelease]:
    """At most `limit` readings that somebody released, observed in [since, until)."""
    filters = Filters()
    filters.add("found.zone_id = %s", zone)
    filters.add("found.term_id = %s", term)
    filters.add("found.agreement = ANY (%s)", None if agreements is None else list(agreements))
    filters.add("found.kind = %s", kind)
    filters.add("found.verdict = %s", verdict)
    filters.add("found.observed_from >= %s", since)
    filters.add("found.observed_from < %s", until)
    if after is not None:
        filters.add(f"{_PLACE} < (%s, %s, %s, %s)", *after)
    columns = [
        sql.Identifier("told" if name == "item" else "found", name) for name in FoundRelease._fields
    ]
    query = sql.SQL(
        "SELECT {} {} {} ORDER BY found.observed_from DESC, found.key DESC, found.term_id DESC,"
        " found.revision DESC LIMIT %s"
    ).format(sql.SQL(", ").join(columns), sql.SQL(_FROM), filters.where)
    with conn.cursor(binary=True, row_factory=args_row(FoundRelease)) as cursor:
        return cursor.execute(query, [mission, *filters.values, limit]).fetchall()
