"""Take in: a group of posts, stored in one transaction, with a receipt for each.

    claim and lock keys → what is known of them → submissions + receipts + outbox → (commit)

Place on the data's way: where an event becomes safe. Under the gateway's role, which can add and
never change (migration 0014). Two gateways, or a gateway and a worker, that meet on an event wait
for each other at its key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from psycopg.rows import args_row

from services.gateway.posts import Outcome, Post, Status
from services.gateway.queue_refused import queue_refused
from services.receipts.receipt import canonical, make_receipt
from services.receipts.sign import Signer
from services.receipts.stored import add_receipts, receipts_of
from services.store.arrays import Byteas, Instants, Int2s, Int4s, Texts, Uuids
from services.store.engine import Connection
from services.store.known import claim_keys, fill_placeholders, lock_keys
from services.store.outbox import CHANNEL, way_of
from services.store.rows import KeyKind, KeyRow, ReceiptRow
from services.store.scope import begin_in_scope
from services.store.unjudged import Open
from services.text64 import text64
from services.worker.casebook import TOO_MANY_VERSIONS, VERSIONS_LIMIT
from streams.keys import EventKind, Key
from streams.vocabulary import Authentication

KEY_KIND = {
    EventKind.REPORT: KeyKind.REPORT,
    EventKind.CORRIDOR_STATUS: KeyKind.CORRIDOR_STATUS,
}

_VERSIONS = """
SELECT version.key, version.revision, version.received_at, authentication, content_hash
FROM unnest(%b::uuid[]) AS asked (key),
    LATERAL (SELECT * FROM submissions WHERE key = asked.key OFFSET 0) AS version
ORDER BY version.key, version.revision
"""

# One statement: to go to the server and back takes as long as to write thirty rows. Ids of the
# outbox follow the order of the rows: of one key's versions the first is sent first.
_STORE = f"""
WITH new AS MATERIALIZED (
    SELECT * FROM unnest(%b::uuid[], %b::timestamptz[], %b::int[], %b::timestamptz[],
        %b::timestamptz[], %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[],
        %b::bytea[], %b::bytea[], %b::smallint[], %b::text[], %b::bytea[])
        WITH ORDINALITY AS new (key, received_at, revision, observed_from, observed_to, kind,
            mission, source, token_id, event_id, content_hash, raw, signature, lane, topic,
            partition_key, place)
), submitted AS (
    INSERT INTO submissions (key, received_at, observed_from, observed_to, revision, kind, mission,
        source, authentication, key_id, event_id, content_hash, raw)
    SELECT key, received_at, observed_from, observed_to, revision, kind, mission, source,
        '{Authentication.TOKEN.value}', token_id, event_id, content_hash, raw
    FROM new
), receipted AS (
    INSERT INTO receipts (key, received_at, revision, mission, key_id, signature)
    SELECT key, received_at, revision, mission, %b, signature FROM new
), queued AS (
    INSERT INTO outbox (key, received_at, revision, lane, topic, partition_key)
    SELECT key, received_at, revision, lane, topic, partition_key FROM new ORDER BY place
)
SELECT pg_notify('{CHANNEL}', '')
""".encode()  # noqa: S608  of our own text alone

_TOKEN = Authentication.TOKEN.value


class _Version(NamedTuple):
    key: Key
    revision: int
    received_at: datetime
    authentication: str
    content_hash: bytes


class _New(NamedTuple):
    """A version that this group stores."""

    place: int
    post: Post
    revision: int
    status: Status
    received_at: datetime


class _Held(NamedTuple):
    """A receipt's canonical bytes and what stands under them."""

    receipt: bytes
    signature: str


class _Due(NamedTuple):
    """A stored version that a receipt is due for."""

    post: Post
    revision: int
    received_at: datetime


class _Again(NamedTuple):
    """A version that is stored already, perhaps by this very group."""

    place: int
    post: Post
    status: Status
    version: _Version


def take_in(
    conn: Connection, posts: Sequence[Post], signer: Signer, received_at: datetime
) -> list[Outcome]:
    """Store what is new of the posts, in a transaction of theirs; an outcome for each, in order.

    The outcomes are true once the caller has committed, and must not leave the process before.

    Args:
        conn: in autocommit, without a transaction; it is in one afterwards.
        posts: those that could be read and may be stored.
        signer: who signs what is received now.
        received_at: now.
    """
    begin_in_scope(conn, sorted({post.mission for post in posts}))
    claimed, known = _known(conn, posts, _after(received_at, ()))
    outcomes: list[Outcome | None] = [None] * len(posts)
    new: list[_New] = []
    again: list[_Again] = []
    for place, post in enumerate(posts):
        versions = known[post.key]
        same = (n for n, version in enumerate(versions) if _is_it(version, post, signer))
        first = next(same, None) if versions else None
        conflict = any(v.content_hash != post.content_hash for v in versions[:first])
        if first is not None:
            status = Status.CONFLICT if conflict else Status.KNOWN
            again.append(_Again(place, post, status, versions[first]))
        elif len(versions) >= VERSIONS_LIMIT:
            outcomes[place] = Outcome(Status.REFUSED, refusal=TOO_MANY_VERSIONS)
        else:
            revision = len(versions) + 1
            at = _after(received_at, versions)
            versions.append(_Version(post.key, revision, at, _TOKEN, post.content_hash))
            status = Status.CONFLICT if conflict else Status.STORED
            new.append(_New(place, post, revision, status, at))
    for one, held in zip(new, _store(conn, new, claimed, signer), strict=True):
        outcomes[one.place] = Outcome(one.status, *held)
    for known_one, held in zip(again, _receipts(conn, again, signer), strict=True):
        outcomes[known_one.place] = Outcome(known_one.status, *held)
    queue_refused(conn, {_open(one) for one in again if one.version.authentication == _TOKEN})
    return [outcome for outcome in outcomes if outcome is not None]


def _open(one: _Again) -> Open:
    post, version = one.post, one.version
    return Open(
        version.key,
        version.received_at,
        version.revision,
        post.kind.value,
        post.mission,
        post.source,
        version.content_hash,
    )


def _is_it(version: _Version, post: Post, signer: Signer) -> bool:
    """Whether these bytes are stored and vouched for, so that there is a receipt, or can be one.

    What nobody vouched for is stored anew; so is what came by Kafka before our key held, whose
    receipt nobody could verify.
    """
    authentication = Authentication(version.authentication)
    if version.content_hash != post.content_hash or not authentication.vouched:
        return False
    return authentication is Authentication.TOKEN or signer.public.holds_at(version.received_at)


def _after(received_at: datetime, versions: Sequence[_Version]) -> datetime:
    """A version's instant of receipt: after that of every other version of its event.

    Of the same group too: by its instant the worker knows which version it has taken in, and one
    that came twice would else be taken for the other. Never a whole millisecond, which is what
    Kafka's clock gives: no row of another way has its key.
    """
    at = max([received_at, *(version.received_at + _TICK for version in versions)])
    return at if at.microsecond % 1_000 else at + _TICK


_TICK = timedelta(microseconds=1)


def _known(
    conn: Connection, posts: Sequence[Post], received_at: datetime
) -> tuple[set[Key], defaultdict[Key, list[_Version]]]:
    """Which events are new, their keys claimed; the versions that the store has of the others.

    All of their keys are ours until the commit.
    """
    rows: dict[Key, KeyRow] = {}
    for post in posts:
        if post.key not in rows:  # what comes first under a new key is its first version
            kind = KEY_KIND[post.kind]
            rows[post.key] = KeyRow(
                post.key, received_at, kind, vouched=True, content_hash=post.content_hash
            )
    claimed = claim_keys(conn, rows.values())
    known: defaultdict[Key, list[_Version]] = defaultdict(list)
    there = sorted(rows.keys() - claimed)
    if there:
        lock_keys(conn, there)
        with conn.cursor(binary=True, row_factory=args_row(_Version)) as cursor:
            for version in cursor.execute(_VERSIONS.encode(), [there]):
                known[version.key].append(version)
    return claimed, known


def _store(conn: Connection, new: Sequence[_New], claimed: set[Key], signer: Signer) -> list[_Held]:
    if not new:
        return []
    receipts = [_receipt(one, signer) for one in new]
    signatures = signer.sign_all(receipts)
    conn.execute(_STORE, [*_columns(new, signatures), signer.key_id])
    if len(claimed) < len(new):
        fill_placeholders(conn, _key_rows(one for one in new if one.post.key not in claimed))
    return [_Held(one, text64(by)) for one, by in zip(receipts, signatures, strict=True)]


def _receipt(one: _New | _Due, signer: Signer) -> bytes:
    post = one.post
    return canonical(
        make_receipt(
            kind=post.kind,
            id=post.id,
            mission=post.mission,
            source=post.source,
            revision=one.revision,
            content_hash=post.content_hash,
            received_at=one.received_at,
            key_id=signer.key_id,
        )
    )


def _sign(conn: Connection, due: Sequence[_Due], signer: Signer) -> list[_Held]:
    """Make, sign and store the receipts of versions that are stored and have none."""
    receipts = [_receipt(one, signer) for one in due]
    signatures = signer.sign_all(receipts)
    rows = [
        ReceiptRow(
            one.post.key,
            one.received_at,
            one.revision,
            one.post.mission,
            signer.key_id,
            signature,
        )
        for one, signature in zip(due, signatures, strict=True)
    ]
    add_receipts(conn, rows)
    return [_Held(one, text64(by)) for one, by in zip(receipts, signatures, strict=True)]


def _columns(new: Sequence[_New], signatures: Sequence[bytes]) -> list[object]:
    posts = [one.post for one in new]
    ways = [way_of(post.kind, post.mission, post.source) for post in posts]
    return [
        Uuids.make([post.key for post in posts]),
        Instants.make([one.received_at for one in new]),
        Int4s.make([one.revision for one in new]),
        Instants.make([post.observed_from for post in posts]),
        Instants.make([post.observed_to for post in posts]),
        Texts.make([post.kind for post in posts]),
        Texts.make([post.mission for post in posts]),
        Texts.make([post.source for post in posts]),
        Texts.make([post.token_id for post in posts]),
        Texts.make([post.id for post in posts]),
        Byteas.make([post.content_hash for post in posts]),
        Byteas.make([post.raw for post in posts]),
        Byteas.make(signatures),
        Int2s.make([way.lane for way in ways]),
        Texts.make([way.topic for way in ways]),
        Byteas.make([way.partition_key for way in ways]),
    ]


def _key_rows(new: Iterable[_New]) -> list[KeyRow]:
    """What each key is known by now; the first version that came stays (`fill_placeholders`)."""
    rows: dict[Key, KeyRow] = {}
    for _, post, _, _, received_at in new:
        row = KeyRow(
            post.key, received_at, KEY_KIND[post.kind], vouched=True, content_hash=post.content_hash
        )
        rows.setdefault(post.key, row)
    return list(rows.values())


def _receipts(conn: Connection, again: Sequence[_Again], signer: Signer) -> list[_Held]:
    """The same receipt as before, for what was sent before; a first one for what came by Kafka."""
    if not again:
        return []
    stored = receipts_of(conn, sorted({one.post.key for one in again}))
    held = {
        (key, one.receipt.revision): _Held(canonical(one.receipt), one.signature)
        for key, made in stored.items()
        for one in made
    }
    missing = {
        at: _Due(one.post, one.version.revision, one.version.received_at)
        for one in again
        if (at := (one.version.key, one.version.revision)) not in held
    }
    held.update(zip(missing, _sign(conn, list(missing.values()), signer), strict=True))
    return [held[one.version.key, one.version.revision] for one in again]
