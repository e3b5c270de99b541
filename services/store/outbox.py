"""The outbox: what the gateway has stored and Kafka may not have yet.

    gateway: submission + `queue`, one transaction → relay: `waiting` → Kafka → `forget`

Place on the data's way: between the gateway's commit and the topics. Rows stand in lanes; a lane
holds whole sources, and whoever holds its lock sends its rows in the order of their ids. Ids are
handed out before the commit, so a lower one may appear after a higher one was sent: that is so
only of events whose posts overlapped, which have no order. Nothing here asks for `id > last`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from zlib import crc32

from psycopg.rows import args_row

from services.store.arrays import Byteas, Instants, Int2s, Int4s, Texts, Uuids
from services.store.engine import Connection
from streams.keys import EventKind, Key
from streams.topics import TopicName, partition_key

LANES: Final = 16
CHANNEL: Final = "truceline_outbox"
"""What a transaction notifies that has queued something; it wakes the relays."""

TOPIC_OF: Final = {
    EventKind.REPORT: TopicName.REPORTS,
    EventKind.CORRIDOR_STATUS: TopicName.CORRIDOR_STATUS,
    EventKind.CONTEXT: TopicName.CONTEXT,
}


class Queued(NamedTuple):
    """A stored submission that is to be sent."""

    key: Key
    received_at: datetime
    revision: int
    kind: EventKind
    mission: str
    source: str


class Way(NamedTuple):
    """How the events of a source go to Kafka."""

    lane: int
    topic: TopicName
    partition_key: bytes


class Waiting(NamedTuple):
    """A row of the outbox with the bytes of its submission."""

    lane: int
    id: int
    key: Key
    topic: str
    partition_key: bytes
    raw: bytes


def lane_of(key: bytes) -> int:
    """The lane of a partition key: the same for everybody, in every version."""
    return crc32(key) % LANES


@lru_cache(maxsize=4096)  # sources repeat
def way_of(kind: EventKind, mission: str, source: str) -> Way:
    """How an event goes."""
    key = partition_key(mission, source)
    return Way(lane_of(key), TOPIC_OF[kind], key)


# Ids follow the order of the rows: of one key's versions the first is sent first.
_QUEUE = """
INSERT INTO outbox (key, received_at, revision, lane, topic, partition_key)
SELECT key, received_at, revision, lane, topic, partition_key
FROM unnest(%b::uuid[], %b::timestamptz[], %b::int[], %b::smallint[], %b::text[], %b::bytea[])
    WITH ORDINALITY AS new (key, received_at, revision, lane, topic, partition_key, place)
ORDER BY place
"""

# A lane gives its oldest rows until they have so many bytes, but one at least, however large.
_WAITING = """
SELECT lane, id, key, topic, partition_key, raw
FROM (
    SELECT held.lane, queued.id, queued.key, queued.topic, queued.partition_key, submission.raw,
        sum(length(submission.raw)) OVER (PARTITION BY held.lane ORDER BY queued.id)
            - length(submission.raw) AS bytes_before
    FROM unnest(%b::smallint[]) AS held (lane),
        LATERAL (
            SELECT id, key, received_at, revision, topic, partition_key FROM outbox
            WHERE lane = held.lane ORDER BY id LIMIT %b
        ) AS queued,
        LATERAL (
            SELECT raw FROM submissions
            WHERE key = queued.key AND received_at = queued.received_at
                AND revision = queued.revision OFFSET 0
        ) AS submission
) AS oldest
WHERE bytes_before < %b
ORDER BY lane, id
"""

_FORGET = """
DELETE FROM outbox USING unnest(%b::smallint[], %b::bigint[]) AS sent (lane, id)
WHERE outbox.lane = sent.lane AND outbox.id = sent.id
"""

_OLDEST = """
SELECT min(oldest.queued_at) FROM generate_series(0, %b - 1) AS lanes (lane),
    LATERAL (
        SELECT queued_at FROM outbox WHERE lane = lanes.lane ORDER BY id LIMIT 1
    ) AS oldest
"""


def queue(conn: Connection, rows: Sequence[Queued]) -> None:
    """Queue stored submissions and wake the relays, in the transaction that stores them.

    What a crash before its commit means: neither is there. After it: both, and a relay sends them.
    """
    if not rows:
        return
    ways = [way_of(row.kind, row.mission, row.source) for row in rows]
    conn.execute(
        _QUEUE,
        [
            Uuids.make([row.key for row in rows]),
            Instants.make([row.received_at for row in rows]),
            Int4s.make([row.revision for row in rows]),
            Int2s.make([way.lane for way in ways]),
            Texts.make([way.topic for way in ways]),
            Byteas.make([way.partition_key for way in ways]),
        ],
    )
    conn.execute(f"NOTIFY {CHANNEL}".encode())


def waiting(conn: Connection, lanes: Sequence[int], *, rows: int, size_bytes: int) -> list[Waiting]:
    """The oldest rows of these lanes, at most so many and about so many bytes of each."""
    with conn.cursor(binary=True, row_factory=args_row(Waiting)) as cursor:
        return cursor.execute(_WAITING, [list(lanes), rows, size_bytes]).fetchall()


def forget(conn: Connection, sent: Sequence[Waiting]) -> None:
    """Take rows out that Kafka has acknowledged."""
    if sent:
        conn.execute(_FORGET, [[row.lane for row in sent], [row.id for row in sent]])


def oldest_queued(conn: Connection) -> datetime | None:
    """About since when the oldest row waits; None: none does."""
    row = conn.execute(_OLDEST, [LANES]).fetchone()
    return None if row is None else row[0]
