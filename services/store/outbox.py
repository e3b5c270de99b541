"""The outbox: what the gateway has stored and Kafka may not have yet.

    gateway: submission + `BUNDLED`, one transaction → relay: `waiting` → Kafka → `forget`

Place on the data's way: between the gateway's commit and the topics. What is stored together stands
in *bundles*, a row for some dozen messages of one lane, since a row each costs as much as storing
them. A lane holds whole sources, and whoever holds its lock sends its bundles in the order of their
ids. Ids are handed out before the commit, so a lower one may appear after a higher one was sent:
that is so only of events whose posts overlapped, which have no order. Nothing here asks for
`id > last`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from zlib import crc32

from psycopg.rows import args_row

from services.store.arrays import Instants, Int2s, Int4s, Uuids
from services.store.engine import Connection
from streams.keys import EventKind, Key
from streams.topics import TopicName, partition_key

LANES: Final = 16
BUNDLE_EVENTS: Final = 64
"""In one row at most: it stays below what PostgreSQL would store out of line."""
BUNDLE_BYTES: Final = 1024 * 1024
"""Of submissions that one row leads to, or a single larger one: a row is sent whole."""
CHANNEL: Final = "truceline_outbox"
"""What is notified where something was queued; it wakes the relays."""
_NOTIFY: Final = f"NOTIFY {CHANNEL}".encode()

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
    """A message of a bundle, with the bytes of its submission."""

    lane: int
    id: int
    """The bundle's; a lane's bundles have different ones."""
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


BUNDLED: Final = """
INSERT INTO outbox (lane, keys, received_ats, revisions)
SELECT lane, array_agg(key ORDER BY place), array_agg(received_at ORDER BY place),
    array_agg(revision ORDER BY place)
FROM new GROUP BY lane, bundle ORDER BY lane, bundle
"""
"""Queues the submissions called `new`, in the order of their `place`: the ids of a lane's bundles
follow it, and of one key's versions the first is sent first."""

# Rare, and nobody knows how large they are: each is a bundle of its own.
_QUEUE = """
INSERT INTO outbox (lane, keys, received_ats, revisions)
SELECT lane, ARRAY[key], ARRAY[received_at], ARRAY[revision]
FROM unnest(%b::smallint[], %b::uuid[], %b::timestamptz[], %b::int[])
    WITH ORDINALITY AS new (lane, key, received_at, revision, place)
ORDER BY place
"""

# A lane gives so many of its oldest bundles, until they have so many bytes, but one at least,
# however large.
_WAITING = """
SELECT lane, id, key, kind, mission, source, raw
FROM (
    SELECT held.lane, bundle.id, message.place, submission.*, sum(length(submission.raw)) OVER (
            PARTITION BY held.lane ORDER BY bundle.id
            RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS bytes_before
    FROM unnest(%b::smallint[]) AS held (lane),
        LATERAL (
            SELECT id, keys, received_ats, revisions FROM outbox
            WHERE lane = held.lane ORDER BY id LIMIT %b
        ) AS bundle,
        LATERAL unnest(keys, received_ats, revisions)
            WITH ORDINALITY AS message (key, received_at, revision, place),
        LATERAL (
            SELECT key, kind, mission, source, raw FROM submissions
            WHERE key = message.key AND received_at = message.received_at
                AND revision = message.revision OFFSET 0
        ) AS submission
) AS oldest
WHERE coalesce(bytes_before, 0) < %b
ORDER BY lane, id, place
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


def bundles_of(lanes: Sequence[int], sizes_bytes: Sequence[int]) -> list[int]:
    """The number of each message's bundle in its lane, given in the order that they are sent in."""
    numbers: list[int] = []
    last = [0] * LANES
    events = [0] * LANES
    held = [0] * LANES
    for lane, size in zip(lanes, sizes_bytes, strict=True):
        events[lane] += 1
        held[lane] += size
        if events[lane] > BUNDLE_EVENTS or (held[lane] > BUNDLE_BYTES and events[lane] > 1):
            last[lane] += 1
            events[lane], held[lane] = 1, size
        numbers.append(last[lane])
    return numbers


def queue(conn: Connection, rows: Sequence[Queued]) -> None:
    """Queue stored submissions and wake the relays, in the transaction that stores them.

    What a crash before its commit means: neither is there. After it: both, and a relay sends them.
    """
    if not rows:
        return
    conn.execute(
        _QUEUE,
        [
            Int2s.make([way_of(row.kind, row.mission, row.source).lane for row in rows]),
            Uuids.make([row.key for row in rows]),
            Instants.make([row.received_at for row in rows]),
            Int4s.make([row.revision for row in rows]),
        ],
    )
    conn.execute(_NOTIFY)


def wake(conn: Connection) -> None:
    """Wake the relays, outside of a transaction, where much is committed.

    A commit that notifies holds a lock of the whole server until it is on the disk: such commits
    wait for each other, one after another, and none shares another's write. What fails here is not
    told: the relays look by themselves. It costs a quarter of what psycopg's own way does.
    """
    conn.pgconn.exec_(_NOTIFY)


def waiting(
    conn: Connection, lanes: Sequence[int], *, bundles: int, size_bytes: int
) -> list[Waiting]:
    """The messages of these lanes' oldest bundles: so many, and about so many bytes, of each."""
    with conn.cursor(binary=True, row_factory=args_row(_waiting)) as cursor:
        return cursor.execute(_WAITING, [list(lanes), bundles, size_bytes]).fetchall()


def _waiting(  # noqa: PLR0913, PLR0917 (a row)
    lane: int, number: int, key: Key, kind: str, mission: str, source: str, raw: bytes
) -> Waiting:
    _, topic, partition_key = _way_of_stored(kind, mission, source)
    return Waiting(lane, number, key, topic, partition_key, raw)


@lru_cache(maxsize=4096)  # as above; by the word that is stored, which costs less than its enum
def _way_of_stored(kind: str, mission: str, source: str) -> Way:
    return way_of(EventKind(kind), mission, source)


def forget(conn: Connection, found: Sequence[Waiting], sent: Sequence[Waiting]) -> None:
    """Take out the bundles of which Kafka has acknowledged every message.

    One that lacks a single one stays whole and is sent again: what came twice counts once.

    Args:
        conn: a session that holds their lanes.
        found: what `waiting` gave.
        sent: those of them that Kafka has acknowledged.
    """
    done = {(row.lane, row.id) for row in sent}
    if len(sent) < len(found):
        left = Counter((row.lane, row.id) for row in found)
        left.subtract((row.lane, row.id) for row in sent)
        done -= {bundle for bundle, missing in left.items() if missing}
    if done:
        conn.execute(_FORGET, [[lane for lane, _ in done], [number for _, number in done]])


def oldest_queued(conn: Connection) -> datetime | None:
    """About since when the oldest bundle waits; None: none does."""
    row = conn.execute(_OLDEST, [LANES]).fetchone()
    return None if row is None else row[0]
