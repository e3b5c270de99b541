"""Unjudged: what the gateway has stored and no worker has judged, or refused.

Place on the data's way: beside it, for the relays' leader, which queues such submissions again, and
for whoever shows a corridor, which is not open while word of it may wait.
Submissions of the gateway are gone through once, in the order of receipt, by their receipts; what
was found open is asked again until it is not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import args_row

from services.receipts.tree import LEAVES
from services.store.engine import Connection
from services.store.instants import SINCE_EVER
from services.store.known import known_keys
from services.store.outbox import TOPIC_OF, Queued
from streams.keys import EventKind, Key, rejected_key_of


class Open(NamedTuple):
    """A submission of the gateway that is not judged yet."""

    key: Key
    received_at: datetime
    revision: int
    kind: str
    mission: str
    source: str
    content_hash: bytes

    @property
    def queued(self) -> Queued:
        """As the outbox takes it."""
        return Queued(
            self.key,
            self.received_at,
            self.revision,
            EventKind(self.kind),
            self.mission,
            self.source,
        )

    @property
    def rejected_key(self) -> Key:
        """Its key in `event_keys` if a worker has refused it."""
        return rejected_key_of(TOPIC_OF[EventKind(self.kind)], self.content_hash)


class Looked(NamedTuple):
    """What one look has found."""

    open: list[Open]
    until: datetime
    """Everything received until then, inclusive, is looked at."""
    is_all: bool
    """Whether nothing was left for another look."""


# Of a report the assessment that its own version has caused (`known._JUDGED`). No EXISTS: where the
# statistics are old, PostgreSQL may answer that one by reading all assessments there are.
_DONE = """
coalesce(CASE version.kind WHEN 'report' THEN (
    SELECT true FROM assessments
    WHERE key = version.key AND received_at = version.received_at AND cause IS NULL LIMIT 1
) WHEN 'context' THEN (
    SELECT true FROM context_events
    WHERE key = version.key AND revision = version.revision LIMIT 1
) ELSE (
    SELECT true FROM corridor_events
    WHERE key = version.key AND revision = version.revision AND kind = 'status' LIMIT 1
) END, false)
"""

# All that was received at the last instant comes along: the next look begins after it.
_REACH = """
SELECT count(*), max(received_at) FROM (
    SELECT received_at FROM receipts WHERE received_at > %b AND received_at <= %b
    ORDER BY received_at FETCH FIRST %b ROWS WITH TIES
) AS trees
"""

# What came by Kafka and was sent here later has a receipt as well, and is not the gateway's.
_LOOK = f"""
SELECT version.*, {_DONE} FROM receipts AS tree, unnest(tree.keys) AS leaf (key), LATERAL (
    SELECT key, received_at, revision, kind, mission, source, content_hash FROM submissions
    WHERE key = leaf.key AND received_at = tree.received_at AND revision = tree.revision
        AND authentication = 'token' OFFSET 0
) AS version
WHERE tree.received_at > %b AND tree.received_at <= %b
"""  # noqa: S608  of our own text alone

_STILL = f"""
SELECT version.* FROM unnest(%b::uuid[], %b::timestamptz[], %b::int[])
    AS asked (key, received_at, revision),
    LATERAL (
        SELECT key, received_at, revision, kind, mission, source, content_hash FROM submissions
        WHERE key = asked.key AND received_at = asked.received_at AND revision = asked.revision
        OFFSET 0
    ) AS version
WHERE NOT {_DONE}
"""  # noqa: S608  of our own text alone

_PROGRESS = "SELECT judged_before FROM resend_progress WHERE id = 1"

_NOTE_PROGRESS = """
INSERT INTO resend_progress (id, judged_before) VALUES (1, %s)
ON CONFLICT (id) DO UPDATE SET judged_before = excluded.judged_before
"""


def look(conn: Connection, after: datetime, until: datetime, limit: int) -> Looked:
    """Look at about `limit` submissions of the gateway, received after `after` until `until`.

    So many at most, and all that share the last one's instant; fewer where trees are small.
    """
    trees = max(limit // LEAVES, 1)
    with conn.cursor(binary=True) as cursor:
        reach = cursor.execute(_REACH, [after, until, trees]).fetchone()
        assert reach is not None, "it counts"
        is_all = reach[0] < trees
        seen_until = until if is_all else reach[1]
        found = cursor.execute(_LOOK.encode(), [after, seen_until]).fetchall()
    return Looked([Open(*row[:-1]) for row in found if not row[-1]], seen_until, is_all)


def still_open(conn: Connection, asked: Collection[Open]) -> list[Open]:
    """Those of them that nobody has judged or refused meanwhile."""
    return _without_refused(conn, _not_judged(conn, asked))


def refused_among(conn: Connection, asked: Collection[Open]) -> list[Open]:
    """Those of them that a worker has refused, and nobody judged since."""
    known = known_keys(conn, [item.rejected_key for item in asked])
    refused = [item for item in asked if item.rejected_key in known]
    return _not_judged(conn, refused) if refused else []


def _not_judged(conn: Connection, asked: Collection[Open]) -> list[Open]:
    keys, received, revisions = (
        [item.key for item in asked],
        [item.received_at for item in asked],
        [item.revision for item in asked],
    )
    with conn.cursor(binary=True, row_factory=args_row(Open)) as cursor:
        return cursor.execute(_STILL.encode(), [keys, received, revisions]).fetchall()


def _without_refused(conn: Connection, found: Sequence[Open]) -> list[Open]:
    """A refused event has its outcome: it is submitted again when its reason is gone."""
    refused = known_keys(conn, [item.rejected_key for item in found]) if found else {}
    return [item for item in found if item.rejected_key not in refused]


def waits_unjudged(conn: Connection, mission: str, before: datetime) -> bool:
    """Whether the mission has anything received before then that is neither judged nor refused.

    Asked of PostgreSQL by a function that sees all agreements (migration 0016).
    """
    row = conn.execute("SELECT waits_unjudged(%s, %s)", [mission, before]).fetchone()
    assert row is not None
    return bool(row[0])


def judged_before(conn: Connection) -> datetime:
    """Up to when everything was known to be judged when somebody last noted it."""
    row = conn.execute(_PROGRESS).fetchone()
    return SINCE_EVER if row is None else row[0]


def note_judged_before(conn: Connection, instant: datetime) -> None:
    """Note it for the next leader."""
    conn.execute(_NOTE_PROGRESS, [instant])
