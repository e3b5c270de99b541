"""Versions: what a post becomes in the store, and the receipt for it, as rows of arrays.

    versions → trees of receipts → a row for each version, and one for each tree

Place on the data's way: `store_new` and `store_again` → **versions** → PostgreSQL. Under the
gateway's role, which can add and never change (migration 0014); COPY is not for tables under
row-level security, hence `unnest`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeAlias

from services.gateway.posts import Post
from services.receipts.receipt import canonical, make_receipt
from services.receipts.sign import SignedTree, Signer
from services.receipts.tree import LEAVES
from services.store.arrays import Byteas, Instants, Int2s, Int4s, Texts, Uuids
from services.store.outbox import BUNDLED, bundles_of, way_of
from services.store.rows import KeyKind
from streams.keys import EventKind
from streams.text64 import text64
from streams.vocabulary import Authentication

KEY_KIND: Final = {
    EventKind.REPORT: KeyKind.REPORT,
    EventKind.CORRIDOR_STATUS: KeyKind.CORRIDOR_STATUS,
    EventKind.CONTEXT: KeyKind.CONTEXT,
}

SIGNED: Final = """
signed AS MATERIALIZED (
    SELECT * FROM unnest(%b::timestamptz[], %b::int[], %b::text[], %b::bytea[], %b::bytea[])
        WITH ORDINALITY AS signed (received_at, revision, mission, signature, leaves, tree)
)
"""
"""Trees as a table called `signed`; its parameters: `columns_of_trees`."""

ROWS: Final = """
    unnest(%b::uuid[], %b::timestamptz[], %b::timestamptz[], %b::text[], %b::bytea[], %b::bytea[],
        %b::int[], %b::int[], %b::int[])
        WITH ORDINALITY AS version (key, observed_from, observed_to, event_id, content_hash, raw,
            tree, bundle, sender, place)
    JOIN (SELECT received_at, revision, tree FROM signed) AS signed USING (tree)
    JOIN unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::smallint[], %b::smallint[])
        WITH ORDINALITY AS sender (kind, mission, source, token_id, lane, key_kind, sender)
        USING (sender)
"""
"""Versions as a table, beside `SIGNED`; its parameters: `columns_of`. Many have one instant and one
sender: to say it of each would cost as much as the rest of their rows."""

STORED: Final = f"""
submitted AS (
    INSERT INTO submissions (key, received_at, observed_from, observed_to, revision, kind, mission,
        source, authentication, key_id, event_id, content_hash, raw)
    SELECT key, received_at, observed_from, observed_to, revision, kind, mission, source,
        '{Authentication.TOKEN.value}', token_id, event_id, content_hash, raw
    FROM new
), receipted AS (
    INSERT INTO receipts (key, received_at, revision, mission, key_id, signature, keys, leaves)
    SELECT (array_remove(keys, NULL))[1], received_at, revision, mission, %b, signature, keys,
        leaves
    FROM signed JOIN (
        SELECT tree, array_agg(CASE WHEN free THEN key END ORDER BY key) AS keys
        FROM told GROUP BY tree HAVING bool_or(free)
    ) AS of_tree USING (tree)
), queued AS (
    {BUNDLED}
)
"""  # noqa: S608  of our own text alone
"""All that is written of the versions called `new`: those `told` that are `free`. Where a tree has
leaves of others too, no key is kept of these. Its parameter: the id of the receipts' key."""

_Sender: TypeAlias = tuple[EventKind, str, str, str]
"""Kind, mission, source, token: what the events of one sender have in common."""
_TICK: Final = timedelta(microseconds=1)


class Version(NamedTuple):
    """A version of an event that came by a post."""

    post: Post
    revision: int
    received_at: datetime


class Held(NamedTuple):
    """A receipt's canonical bytes and what stands under them."""

    receipt: bytes
    signature: str


class Tree(NamedTuple):
    """Versions whose receipts share a signature: of a mission, an instant and a revision."""

    mission: str
    received_at: datetime
    revision: int
    signed: SignedTree


class Receipts(NamedTuple):
    """The receipts of versions, in the versions' order where nothing else is said."""

    trees: list[Tree]
    tree_of: list[int]
    """The number of each version's tree, from 1."""
    held: list[Held]
    """To hand out, once they are stored."""


def instant_of_receipt(now: datetime, others: Sequence[datetime]) -> datetime:
    """A version's instant of receipt: after that of every other version of its event.

    By its instant the worker knows which version it has taken in, and one that came twice would
    else be taken for the other. Never a whole millisecond, which is what Kafka's clock gives: no
    row of another way has its key.
    """
    at = max([now, *(other + _TICK for other in others)])
    return at if at.microsecond % 1_000 else at + _TICK


def sign(versions: Sequence[Version], signer: Signer) -> Receipts:
    """Make the versions' receipts, as few trees of them as there can be."""
    receipts = [receipt_of(version, signer) for version in versions]
    made = Receipts([], [0] * len(versions), [Held(b"", "")] * len(versions))
    for (mission, received_at, revision), places in _together(versions):
        for at in range(0, len(places), LEAVES):
            part = places[at : at + LEAVES]
            own = [receipts[place] for place in part]
            signed = signer.sign_tree(own)
            made.trees.append(Tree(mission, received_at, revision, signed))
            number, texts = len(made.trees), map(text64, signed.under)
            for place, held in zip(part, map(Held, own, texts), strict=True):
                made.tree_of[place] = number
                made.held[place] = held
    return made


_Shared: TypeAlias = tuple[str, datetime, int]


def _together(versions: Sequence[Version]) -> Iterable[tuple[_Shared, list[int]]]:
    """The places of versions that may share trees, in the order of their keys: as SQL has them."""
    shared: dict[_Shared, list[int]] = {}
    for place, (post, revision, received_at) in enumerate(versions):
        shared.setdefault((post.mission, received_at, revision), []).append(place)
    keys = [post.key for post, _, _ in versions]
    for places in shared.values():
        places.sort(key=keys.__getitem__)
    return shared.items()


def receipt_of(version: Version, signer: Signer) -> bytes:
    """The canonical bytes of a version's receipt."""
    post = version.post
    return canonical(
        make_receipt(
            kind=post.kind,
            id=post.id,
            mission=post.mission,
            source=post.source,
            revision=version.revision,
            content_hash=post.content_hash,
            received_at=version.received_at,
            key_id=signer.key_id,
        )
    )


def columns_of_trees(trees: Sequence[Tree]) -> list[object]:
    """The parameters of `SIGNED`."""
    return [
        Instants.make([tree.received_at for tree in trees]),
        Int4s.make([tree.revision for tree in trees]),
        Texts.make([tree.mission for tree in trees]),
        Byteas.make([tree.signed.signature for tree in trees]),
        Byteas.make([tree.signed.leaves for tree in trees]),
    ]


def columns_of(posts: Sequence[Post], tree_of: Sequence[int]) -> list[object]:
    """The parameters of `ROWS`."""
    senders: dict[_Sender, int] = {}
    sender_of = [
        senders.setdefault((it.kind, it.mission, it.source, it.token_id), len(senders) + 1)
        for it in posts
    ]
    kinds = [kind for kind, *_ in senders]
    missions = [mission for _, mission, *_ in senders]
    sources = [source for *_, source, _ in senders]
    tokens = [token for *_, token in senders]
    lanes = [way_of(*way).lane for way in zip(kinds, missions, sources, strict=True)]
    raws = [post.raw for post in posts]
    lane_of_each = [lanes[sender - 1] for sender in sender_of]
    return [
        Uuids.make([post.key for post in posts]),
        Instants.make([post.observed_from for post in posts]),
        Instants.make([post.observed_to for post in posts]),
        Texts.make([post.id for post in posts]),
        Byteas.make([post.content_hash for post in posts]),
        Byteas.make(raws),
        Int4s.make(tree_of),
        Int4s.make(bundles_of(lane_of_each, [*map(len, raws)])),
        Int4s.make(sender_of),
        Texts.make(kinds),
        Texts.make(missions),
        Texts.make(sources),
        Texts.make(tokens),
        Int2s.make(lanes),
        Int2s.make([KEY_KIND[kind] for kind in kinds]),
    ]
