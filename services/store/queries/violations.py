"""Which violations stand, newest first, page by page.

Place on the data's way: `truceline violations`, GET /v1/violations. Each common question has an
index (`models.Violation`): by zone, by kind, by time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg import sql
from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.queries.filters import Filters
from streams.keys import Key
from streams.vocabulary import Verdict, ViolationKind

STANDING = (Verdict.VIOLATION, Verdict.POSSIBLE_VIOLATION)
"""Other verdicts in the table only say that an earlier finding was withdrawn."""


class After(NamedTuple):
    """Where the next page begins: after this row."""

    observed_from: datetime
    key: Key
    term_id: str


class FoundViolation(NamedTuple):
    """One term's breach by one report."""

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
    rule: str
    zone_id: str | None
    zone_kind: str | None
    p_inside: float | None
    count_min: int | None
    count_max: int | None
    """None with a `count_min`: open, "at least"."""
    count_qualifier: str | None
    attributed_party: str | None
    attribution_basis: str | None
    agreement: bytes

    @property
    def after(self) -> After:
        """Ask with this for the page that follows."""
        return After(self.observed_from, self.key, self.term_id)


def violations(  # noqa: PLR0913 (each is one thing a coordinator may ask for)
    conn: Connection,
    *,
    mission: str | None = None,
    zone: str | None = None,
    term: str | None = None,
    agreements: Sequence[bytes] | None = None,
    kind: ViolationKind | None = None,
    verdict: Verdict | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
    after: After | None = None,
) -> list[FoundViolation]:
    """At most `limit` violations observed in [since, until), the newest first.

    `agreements` are the hashes of their versions.
    """
    filters = Filters()
    filters.add("mission = %s", mission)
    filters.add("zone_id = %s", zone)
    filters.add("term_id = %s", term)
    filters.add("agreement = ANY(%s)", None if agreements is None else list(agreements))
    filters.add("kind = %s", kind)
    filters.add("verdict = ANY(%s)", [verdict] if verdict else list(STANDING))
    filters.add("observed_from >= %s", since)
    filters.add("observed_from < %s", until)
    if after is not None:
        filters.add("(observed_from, key, term_id) < (%s, %s, %s)", *after)
    query = sql.SQL(
        "SELECT {} FROM current_violations {} ORDER BY observed_from DESC, key DESC, term_id DESC"
        " LIMIT %s"
    ).format(sql.SQL(", ").join(map(sql.Identifier, FoundViolation._fields)), filters.where)
    with conn.cursor(binary=True, row_factory=args_row(FoundViolation)) as cursor:
        return cursor.execute(query, [*filters.values, limit]).fetchall()
