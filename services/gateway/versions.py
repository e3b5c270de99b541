"""Versions: what a post becomes in the store, and the receipt for it, as rows of arrays.

Place on the data's way: `store_new` and `store_again` → **versions** → PostgreSQL. Under the
gateway's role, which can add and never change (migration 0014); COPY is not for tables under
row-level security, hence `unnest`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from services.gateway.posts import Post
from services.receipts.receipt import canonical, make_receipt
from services.receipts.sign import Signer
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

ROWS: Final = """
    unnest(%b::uuid[], %b::timestamptz[], %b::int[], %b::timestamptz[], %b::timestamptz[],
        %b::text[], %b::text[], %b::text[], %b::text[], %b::text[], %b::bytea[], %b::bytea[],
        %b::bytea[], %b::smallint[], %b::int[], %b::smallint[])
        WITH ORDINALITY AS version (key, received_at, revision, observed_from, observed_to, kind,
            mission, source, token_id, event_id, content_hash, raw, signature, lane, bundle,
            key_kind, place)
"""
"""Versions as a table; its parameters: `columns_of`."""

STORED: Final = f"""
submitted AS (
    INSERT INTO submissions (key, received_at, observed_from, observed_to, revision, kind, mission,
        source, authentication, key_id, event_id, content_hash, raw)
    SELECT key, received_at, observed_from, observed_to, revision, kind, mission, source,
        '{Authentication.TOKEN.value}', token_id, event_id, content_hash, raw
    FROM new
), receipted AS (
    INSERT INTO receipts (key, received_at, revision, mission, key_id, signature)
    SELECT key, received_at, revision, mission, %b, signature FROM new
), queued AS (
    {BUNDLED}
)
"""  # noqa: S608  of our own text alone
"""All that is written of the versions called `new`; its parameter: the id of the receipts' key."""

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


def instant_of_receipt(now: datetime, others: Sequence[datetime]) -> datetime:
    """A version's instant of receipt: after that of every other version of its event.

    By its instant the worker knows which version it has taken in, and one that came twice would
    else be taken for the other. Never a whole millisecond, which is what Kafka's clock gives: no
    row of another way has its key.
    """
    at = max([now, *(other + _TICK for other in others)])
    return at if at.microsecond % 1_000 else at + _TICK


def sign(versions: Sequence[Version], signer: Signer) -> tuple[list[bytes], list[Held]]:
    """What stands under each version's receipt, as it is stored; and the receipts to hand out."""
    receipts = [_receipt(version, signer) for version in versions]
    signatures = signer.sign_all(receipts)
    return signatures, [
        Held(receipt, text64(by)) for receipt, by in zip(receipts, signatures, strict=True)
    ]


def _receipt(version: Version, signer: Signer) -> bytes:
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


def columns_of(versions: Sequence[Version], signatures: Sequence[bytes]) -> list[object]:
    """The parameters of `ROWS`."""
    posts = [version.post for version in versions]
    lanes = [way_of(post.kind, post.mission, post.source).lane for post in posts]
    return [
        Uuids.make([post.key for post in posts]),
        Instants.make([version.received_at for version in versions]),
        Int4s.make([version.revision for version in versions]),
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
        Int2s.make(lanes),
        Int4s.make(bundles_of(lanes, [len(post.raw) for post in posts])),
        Int2s.make([KEY_KIND[post.kind] for post in posts]),
    ]
