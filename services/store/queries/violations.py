"""Which violations stand, newest first, page by page.

Place on the data's way: `truceline violations`, GET /v1/violations. Each common question has an
index (`models.Violation`): by zone, by kind, by time. What would be one as a party draws the zones,
and is none as they are agreed, is found by who asks for that party's claims alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from psycopg import sql
from psycopg.rows import args_row

from services.store.engine import Connection
from services.store.queries.filters import Filters
from streams.assessment import UnderClaim
from streams.keys import Key
from streams.standing_violations import State
from streams.vocabulary import Verdict, ViolationKind

STANDING = (Verdict.VIOLATION, Verdict.POSSIBLE_VIOLATION)
"""Other verdicts in the table only say that an earlier finding was withdrawn."""


class After(NamedTuple):
    """Where the next page begins: after this row."""

    observed_from: datetime
    key: Key
    term_id: str
    reading: int = 0
    """Of what was released, where each reading that was is a row of its own."""


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
    draft: bool
    """Not all parties had signed the version when it was judged."""
    claims: bytes | None
    """See `under_claims`."""
    subject_ref: str | None
    """Of what stands: which thing it is. None: it happened, or nobody has named it."""
    state: str | None
    """Of what stands: open, or ended."""
    since: datetime | None
    ended_by: datetime | None
    ended_as: str | None
    ended_event: str | None
    review: str | None
    """How far people have come with this reading; None: nobody has looked."""

    @property
    def after(self) -> After:
        """Ask with this for the page that follows."""
        return After(self.observed_from, self.key, self.term_id)

    @property
    def under_claims(self) -> tuple[UnderClaim, ...]:
        """The verdict as each party draws the term's zones; empty: none draws them otherwise."""
        return () if self.claims is None else _claims(self.claims)


_claims = msgspec.json.Decoder(tuple[UnderClaim, ...]).decode

_OF_WHAT_STANDS = frozenset(
    {"subject_ref", "state", "since", "ended_by", "ended_as", "ended_event"}
)
_STANDS = sql.SQL("""
LEFT JOIN LATERAL (
    SELECT subject_ref, state, since, ended_by, ended_as, ended_event
    FROM standing_violations AS told WHERE told.key = found.key AND told.term_id = found.term_id
    ORDER BY generation DESC LIMIT 1
) AS stands ON stands.state IS NOT NULL
""")
"""The newest generation, of those that stand or stood."""

_REVIEWED = sql.SQL("""
LEFT JOIN LATERAL (
    SELECT review FROM desk_actions AS told
    WHERE told.key = found.key AND told.term_id = found.term_id AND told.reading = found.revision
    ORDER BY seq DESC LIMIT 1
) AS reviewed ON true
""")

_CLAIMED = sql.SQL("""
CROSS JOIN LATERAL (
    SELECT claim ->> 'verdict' AS verdict, claim ->> 'zone' AS zone_id
    FROM jsonb_array_elements(convert_from(found.claims, 'UTF8')::jsonb) AS claim
    WHERE claim ->> 'party' = %s
) AS claimed
""")


def _column(name: str) -> sql.Identifier:
    if name == "review":
        return sql.Identifier("reviewed", name)
    return sql.Identifier("stands" if name in _OF_WHAT_STANDS else "found", name)


def violations(  # noqa: PLR0913 (each is one thing a coordinator may ask for)
    conn: Connection,
    *,
    mission: str | None = None,
    zone: str | None = None,
    term: str | None = None,
    agreements: Sequence[bytes] | None = None,
    kind: ViolationKind | None = None,
    verdict: Verdict | None = None,
    state: State | None = None,
    claim: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
    after: After | None = None,
) -> list[FoundViolation]:
    """At most `limit` violations observed in [since, until), the newest first.

    `agreements` are the hashes of their versions; `state` asks for what stands, or stood. Under a
    party's `claim`, `verdict` and `zone` are those that it comes to there.
    """
    filters, own = Filters(), "found" if claim is None else "claimed"
    filters.add("found.mission = %s", mission)
    filters.add(f"{own}.zone_id = %s", zone)
    filters.add("found.term_id = %s", term)
    filters.add("state = %s", state)
    # What has ever stood so is little beside all violations, and has an index: looked for first.
    filters.add("found.key IN (SELECT key FROM standing_violations WHERE state = %s)", state)
    filters.add("found.agreement = ANY(%s)", None if agreements is None else list(agreements))
    filters.add("kind = %s", kind)
    filters.add(f"{own}.verdict = ANY(%s)", [verdict] if verdict else list(STANDING))
    filters.add("observed_from >= %s", since)
    filters.add("observed_from < %s", until)
    if after is not None:
        filters.add("(observed_from, found.key, found.term_id) < (%s, %s, %s)", *after[:3])
    joined = sql.SQL("") if claim is None else _CLAIMED
    columns = sql.SQL(", ").join(map(_column, FoundViolation._fields))
    query = sql.SQL(
        "SELECT {} FROM current_violations AS found {} {} {} {}"
        " ORDER BY observed_from DESC, found.key DESC, found.term_id DESC LIMIT %s"
    ).format(columns, joined, _STANDS, _REVIEWED, filters.where)
    with conn.cursor(binary=True, row_factory=args_row(FoundViolation)) as cursor:
        named = [] if claim is None else [claim]
        return cursor.execute(query, [*named, *filters.values, limit]).fetchall()
