"""What the store knows of the events of a batch, before it is written.

Place on the data's way: decode → **known?** → judge → write. New events and events sent again are
told apart by one look at `event_keys`. The rest of this file is for the few that need care: an
event that is known with other bytes, one that others speak of, one that is vouched for only now.
What is read of them under `lock_keys` stays true until the commit.

Every look-up goes key by key (`LATERAL … OFFSET 0`): each is one probe of one partition's index,
whatever the statistics say. `key = ANY(…)` probes all partitions for all keys (5 times slower,
measured), a plain join may read the whole table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from msgspec.structs import astuple
from psycopg.rows import args_row

from services.store.engine import Answer, Connection
from services.store.rows import KeyKind, KeyRow
from streams.keys import Key
from streams.vocabulary import Relation


class KnownKey(NamedTuple):
    """What `event_keys` says of an event; both None: a placeholder, others speak of it."""

    content_hash: bytes | None
    """SHA-256 of the first version that came."""
    vouched: bool | None
    """Whether any version of it was vouched for."""


class StoredVersion(NamedTuple):
    """One version of an event, as it came, and the latest judgement of the *event*."""

    key: Key
    revision: int
    received_at: datetime
    kind: str
    mission: str
    source: str
    event_id: str
    authentication: str
    key_id: str | None
    content_hash: bytes
    raw: bytes
    assessment_revision: int
    """0: never assessed, as a corridor status is; the same in all versions of the event."""
    assessment: bytes | None
    """Its body."""
    judged: bool
    """Whether a worker has taken in this version; the gateway stores before anybody judges."""


class GatewayVersion(NamedTuple):
    """One version of an event, without its bytes: who vouches for it, and how far it has come."""

    key: Key
    revision: int
    received_at: datetime
    authentication: str
    key_id: str | None
    content_hash: bytes
    judged: bool
    spoken_of: bool
    """Whether another report retracts or supersedes the event."""


class StoredLink(NamedTuple):
    """A version of a report says that it retracts or supersedes `target_key`."""

    target_key: Key
    by_key: Key
    by_revision: int
    relation: Relation
    by_id: str
    vouched: bool
    received_at: datetime


_KNOWN = """
SELECT found.* FROM unnest(%b::uuid[]) AS asked (key), LATERAL (
    SELECT key, content_hash, vouched FROM event_keys WHERE key = asked.key OFFSET 0
) AS found
"""

_LOCK = """
SELECT found.key FROM (SELECT key FROM unnest(%b::uuid[]) AS any_order (key) ORDER BY key) AS asked,
    LATERAL (SELECT key FROM event_keys WHERE key = asked.key FOR UPDATE) AS found
"""

# A worker writes one assessment without cause for each version that it takes in, in the transaction
# that stores it; of what the gateway stored, that assessment comes later. Two versions of one event
# may have come at the same instant, so they are counted.
_JUDGED = """
(version.authentication <> 'token' OR (
    SELECT count(*) FROM assessments
    WHERE key = version.key AND received_at = version.received_at AND cause IS NULL
) >= count(*) OVER (PARTITION BY version.key, version.received_at))
"""

_CLAIM = """
INSERT INTO event_keys (key, kind)
SELECT key, %b::smallint FROM unnest(%b::uuid[]) AS asked (key) ORDER BY key
ON CONFLICT DO NOTHING
"""

_VERSIONS = f"""
SELECT version.key, version.revision, version.received_at, version.kind, version.mission, source,
    event_id, authentication, key_id, content_hash, raw, coalesce(latest.revision, 0), latest.body,
    {_JUDGED}
FROM unnest(%b::uuid[]) AS asked (key),
    LATERAL (SELECT * FROM submissions WHERE key = asked.key OFFSET 0) AS version
    LEFT JOIN LATERAL (
        SELECT revision, body FROM assessments WHERE key = asked.key ORDER BY revision DESC LIMIT 1
    ) AS latest ON true
ORDER BY 1, 2
"""  # noqa: S608  of our own text alone

_GATEWAY_VERSIONS = f"""
SELECT version.key, revision, received_at, authentication, key_id, content_hash, {_JUDGED},
    spoken.of_it
FROM unnest(%b::uuid[]) AS asked (key),
    LATERAL (
        SELECT key, revision, received_at, authentication, key_id, content_hash
        FROM submissions WHERE key = asked.key OFFSET 0
    ) AS version,
    LATERAL (
        SELECT coalesce(
            (SELECT true FROM report_links WHERE target_key = asked.key LIMIT 1), false
        ) AS of_it
    ) AS spoken
ORDER BY 1, 2
"""  # noqa: S608  of our own text alone

_STATUSES_TAKEN_IN = """
SELECT event.key, event.revision
FROM unnest(%b::text[], %b::text[], %b::uuid[]) AS asked (mission, corridor_id, key),
    LATERAL (
        SELECT key, revision FROM corridor_events
        WHERE mission = asked.mission AND corridor_id = asked.corridor_id AND key = asked.key
        OFFSET 0
    ) AS event
"""

_LINKS = """
SELECT target_key, by_key, by_revision, relation, by_id, vouched, received_at
FROM unnest(%b::uuid[]) AS asked (key),
    LATERAL (SELECT * FROM report_links WHERE target_key = asked.key OFFSET 0) AS link
ORDER BY target_key, by_key, by_revision, relation
"""

_FILL = """
UPDATE event_keys SET received_at = coalesce(event_keys.received_at, new.received_at),
    content_hash = coalesce(event_keys.content_hash, new.content_hash),
    vouched = coalesce(event_keys.vouched, false) OR new.vouched
FROM unnest(%b::uuid[], %b::timestamptz[], %b::boolean[], %b::bytea[])
    AS new (key, received_at, vouched, content_hash)
WHERE event_keys.key = new.key
"""


def known_keys(conn: Connection, keys: Sequence[Key]) -> dict[Key, KnownKey]:
    """Those of the keys that the store has, with what it has."""
    with conn.cursor(binary=True) as cursor:
        found = cursor.execute(_KNOWN, [list(keys)])
        return {key: KnownKey(content_hash, vouched) for key, content_hash, vouched in found}


def lock_keys(conn: Connection, keys: Iterable[Key]) -> None:
    """Wait until no other writer works on these events, and keep them until the commit.

    In the order of keys, so that two writers who lock in one call each cannot block each other.
    What was read before is stale then: read again.
    """
    conn.execute(_LOCK, [list(keys)])


def claim_placeholders(
    conn: Connection, keys: Iterable[Key], kind: KeyKind = KeyKind.REPORT
) -> None:
    """Make rows for events that others speak of and that may not have come; none is overwritten.

    Waits for a writer that is about to commit one of them. Lock them after: then whoever brings
    the event and whoever speaks of it meet on this row.
    """
    conn.execute(_CLAIM, [kind, sorted(set(keys))])


def fill_placeholders(conn: Connection, rows: Sequence[KeyRow]) -> None:
    """Write what is known now into rows that are there: of placeholders, and of later versions.

    The hash stays the first version's; `vouched` becomes true and never false again. Lock first.
    """
    if rows:
        keys, received, _kinds, vouched, hashes = (
            list(column) for column in zip(*map(astuple, rows), strict=True)
        )
        conn.execute(_FILL, [keys, received, vouched, hashes])


def versions_of(conn: Connection, keys: Iterable[Key]) -> dict[Key, list[StoredVersion]]:
    """Every version of these events, in the order in which they became known."""
    return _by_key(_rows(conn, _VERSIONS, keys, StoredVersion))


def ask_gateway_versions(
    conn: Connection, keys: Iterable[Key]
) -> Answer[dict[Key, list[GatewayVersion]]]:
    """Every version of these reports, without bytes, in the order in which they became known."""
    cursor = conn.cursor(binary=True, row_factory=args_row(GatewayVersion))
    cursor.execute(_GATEWAY_VERSIONS.encode(), [list(keys)])
    return lambda: _by_key(cursor.fetchall())


def statuses_taken_in(
    conn: Connection, asked: Iterable[tuple[str, str, Key]]
) -> set[tuple[Key, int]]:
    """(key, version) of the corridor statuses that bear on their corridor already.

    Args:
        conn: a transaction that has their keys locked.
        asked: mission, corridor and key of each.
    """
    missions, corridors, keys = zip(*asked, strict=True)
    with conn.cursor(binary=True) as cursor:
        found = cursor.execute(_STATUSES_TAKEN_IN, [list(missions), list(corridors), list(keys)])
        return {(key, revision) for key, revision in found}


def links_to(conn: Connection, keys: Iterable[Key]) -> dict[Key, list[StoredLink]]:
    """Who says of these reports that they are retracted or superseded."""
    found = _rows(conn, _LINKS, keys, StoredLink)
    return _by_key([link._replace(relation=Relation(link.relation)) for link in found])


Row = TypeVar("Row", StoredVersion, GatewayVersion, StoredLink)


def _rows(conn: Connection, query: str, keys: Iterable[Key], row: type[Row]) -> list[Row]:
    with conn.cursor(binary=True, row_factory=args_row(row)) as cursor:
        return cursor.execute(query.encode(), [list(keys)]).fetchall()


def _by_key(rows: Iterable[Row]) -> dict[Key, list[Row]]:
    """Rows by the event they are of, which is their first column."""
    grouped: dict[Key, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(row)
    return grouped
