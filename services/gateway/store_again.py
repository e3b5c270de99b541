"""Store again: posts of events that the store has heard of, one transaction under their keys.

    lock keys → what is known of them → further versions + receipts + outbox → (commit)

Place on the data's way: second half of `take_in`, for what `store_new` found taken: what was sent
before, what came by Kafka, what others speak of, two versions of one event in one group. Two
gateways, or a gateway and a worker, that meet on an event wait for each other at its key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import args_row

from services.gateway.posts import Outcome, Post, Status
from services.gateway.queue_refused import queue_refused
from services.gateway.versions import (
    KEY_KIND,
    ROWS,
    SIGNED,
    STORED,
    Held,
    Version,
    columns_of,
    columns_of_trees,
    instant_of_receipt,
    receipt_of,
    sign,
)
from services.receipts.receipt import canonical
from services.receipts.sign import Signer
from services.receipts.stored import Alone, add_alone, receipts_of
from services.store.engine import Connection
from services.store.known import fill_placeholders, lock_keys
from services.store.rows import KeyRow
from services.store.scope import begin_in_scope
from services.store.unjudged import Open
from services.worker.casebook import TOO_MANY_VERSIONS, VERSIONS_LIMIT
from streams.decode import Reason, Refusal
from streams.keys import Key
from streams.text64 import text64
from streams.vocabulary import Authentication

_VERSIONS = b"""
SELECT version.key, version.revision, version.received_at, authentication, content_hash,
    octet_length(version.raw) = 0
FROM unnest(%b::uuid[]) AS asked (key),
    LATERAL (SELECT * FROM submissions WHERE key = asked.key OFFSET 0) AS version
ORDER BY version.key, version.revision
"""

_STORE = f"""
WITH {SIGNED}, told AS MATERIALIZED (
    SELECT *, true AS free FROM {ROWS}
), new AS (
    SELECT * FROM told
), {STORED}
SELECT 1
""".encode()  # noqa: S608  of our own text alone

_TOKEN = Authentication.TOKEN.value

NO_LONGER_KEPT = Refusal(
    Reason.NO_LONGER_KEPT,
    "refused after it had been stored, and its bytes are gone: ask the mission what is wrong with "
    "it, and send what is right as an event with an id of its own",
    withheld=True,
)


class _Known(NamedTuple):
    key: Key
    revision: int
    received_at: datetime
    authentication: str
    content_hash: bytes
    emptied: bool = False
    """A worker has refused it, and nothing of it is kept but this (`services.worker.withheld`)."""


class _New(NamedTuple):
    """A version that this group stores."""

    place: int
    status: Status
    version: Version


class _Again(NamedTuple):
    """A version that is stored already, perhaps by this very group."""

    place: int
    status: Status
    post: Post
    known: _Known


def store_again(
    conn: Connection, posts: Sequence[Post], signer: Signer, now: datetime
) -> list[Outcome]:
    """Store what is new of posts whose events are known; an outcome for each, in order.

    The outcomes are true once the caller has committed, and must not leave the process before.

    Args:
        conn: in autocommit, without a transaction; it is in one afterwards.
        posts: those that `store_new` did not store.
        signer: who signs what is received now.
        now: when it is.
    """
    begin_in_scope(conn, sorted({post.mission for post in posts}))
    known = _known(conn, posts)
    outcomes: list[Outcome | None] = [None] * len(posts)
    new: list[_New] = []
    again: list[_Again] = []
    for place, post in enumerate(posts):
        versions = known[post.key]
        same = (n for n, version in enumerate(versions) if _is_it(version, post, signer))
        first = next(same, None) if versions else None
        conflict = any(v.content_hash != post.content_hash for v in versions[:first])
        if first is not None and versions[first].emptied:
            outcomes[place] = Outcome(Status.REFUSED, refusal=NO_LONGER_KEPT)
        elif first is not None:
            status = Status.CONFLICT if conflict else Status.KNOWN
            again.append(_Again(place, status, post, versions[first]))
        elif len(versions) >= VERSIONS_LIMIT:
            outcomes[place] = Outcome(Status.REFUSED, refusal=TOO_MANY_VERSIONS)
        else:
            revision = len(versions) + 1
            at = instant_of_receipt(now, [version.received_at for version in versions])
            versions.append(_Known(post.key, revision, at, _TOKEN, post.content_hash))
            status = Status.CONFLICT if conflict else Status.STORED
            new.append(_New(place, status, Version(post, revision, at)))
    for one, held in zip(new, _store(conn, new, signer), strict=True):
        outcomes[one.place] = Outcome(one.status, *held)
    for known_one, held in zip(again, _receipts(conn, again, signer), strict=True):
        outcomes[known_one.place] = Outcome(known_one.status, *held)
    queue_refused(conn, {_open(one) for one in again if one.known.authentication == _TOKEN})
    return [outcome for outcome in outcomes if outcome is not None]


def _open(one: _Again) -> Open:
    post, known = one.post, one.known
    return Open(
        known.key,
        known.received_at,
        known.revision,
        post.kind.value,
        post.mission,
        post.source,
        known.content_hash,
    )


def _is_it(known: _Known, post: Post, signer: Signer) -> bool:
    """Whether these bytes are stored and vouched for, so that there is a receipt, or can be one.

    What nobody vouched for is stored anew; so is what came by Kafka before our key held, whose
    receipt nobody could verify.
    """
    authentication = Authentication(known.authentication)
    if known.content_hash != post.content_hash or not authentication.vouched:
        return False
    return authentication is Authentication.TOKEN or signer.public.holds_at(known.received_at)


def _known(conn: Connection, posts: Sequence[Post]) -> defaultdict[Key, list[_Known]]:
    """The versions that the store has; all of their keys are ours until the commit."""
    keys = sorted({post.key for post in posts})
    lock_keys(conn, keys)
    known: defaultdict[Key, list[_Known]] = defaultdict(list)
    with conn.cursor(binary=True, row_factory=args_row(_Known)) as cursor:
        for version in cursor.execute(_VERSIONS, [keys]):
            known[version.key].append(version)
    return known


def _store(conn: Connection, new: Sequence[_New], signer: Signer) -> list[Held]:
    if not new:
        return []
    versions = [one.version for one in new]
    receipts = sign(versions, signer)
    columns = columns_of([version.post for version in versions], receipts.tree_of)
    conn.execute(_STORE, [*columns_of_trees(receipts.trees), *columns, signer.key_id])
    fill_placeholders(conn, _key_rows(versions))
    return receipts.held


def _key_rows(versions: Iterable[Version]) -> list[KeyRow]:
    """What each key is known by now; the first version that came stays (`fill_placeholders`)."""
    rows: dict[Key, KeyRow] = {}
    for post, _, received_at in versions:
        row = KeyRow(
            post.key, received_at, KEY_KIND[post.kind], vouched=True, content_hash=post.content_hash
        )
        rows.setdefault(post.key, row)
    return list(rows.values())


def _receipts(conn: Connection, again: Sequence[_Again], signer: Signer) -> list[Held]:
    """The same receipt as before, for what was sent before; a first one for what came by Kafka."""
    if not again:
        return []
    stored = receipts_of(conn, sorted({one.known.key for one in again}))
    held = {
        (key, one.receipt.revision): Held(canonical(one.receipt), one.signature)
        for key, made in stored.items()
        for one in made
    }
    missing = {
        at: Version(one.post, one.known.revision, one.known.received_at)
        for one in again
        if (at := (one.known.key, one.known.revision)) not in held
    }
    held.update(zip(missing, _sign_late(conn, list(missing.values()), signer), strict=True))
    return [held[one.known.key, one.known.revision] for one in again]


def _sign_late(conn: Connection, versions: Sequence[Version], signer: Signer) -> list[Held]:
    """Make, sign and store the receipts of versions that are stored and have none.

    Each alone: what came by Kafka has instants of its own, and is rarely sent here as well.
    """
    receipts = [receipt_of(version, signer) for version in versions]
    signatures = [signer.sign_tree([receipt]).signature for receipt in receipts]
    rows = [
        Alone(post.key, received_at, revision, post.mission, signer.key_id, signature)
        for (post, revision, received_at), signature in zip(versions, signatures, strict=True)
    ]
    add_alone(conn, rows)
    return [Held(one, text64(by)) for one, by in zip(receipts, signatures, strict=True)]
