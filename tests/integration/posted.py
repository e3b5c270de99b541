"""Events stored as the gateway stores them: key, submission, receipt and outbox row together.

One by one as another writer would (`post`), or a group as the gateway itself does (`post_group`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import msgspec

from services.gateway.posts import Post
from services.gateway.store_new import store_new
from services.gateway.versions import KEY_KIND
from services.store.engine import Connection
from services.store.known import claim_placeholders, fill_placeholders, lock_keys, versions_of
from services.store.outbox import Queued, queue, wake
from services.store.rows import KeyRow, ReceiptRow, SubmissionRow
from services.store.write import copy_rows
from streams.events import CorridorStatus, Event, Report
from streams.keys import EventKind, event_key
from streams.vocabulary import Authentication
from tests.unit.services.receipts.samples import signer_of

TOKEN_ID = "tok-0123456789ab"  # noqa: S105  the name of one


def post(conn: Connection, event: Event, received_at: datetime) -> bool:
    """Store and queue an event, in the connection's transaction; False: it is known."""
    raw = msgspec.json.encode(event)
    kind = kind_of(event)
    key_kind = KEY_KIND[kind]
    key, content = event_key(kind, event.mission, event.source, event.id), sha256(raw).digest()
    claim_placeholders(conn, [key], key_kind)
    lock_keys(conn, [key])
    versions = versions_of(conn, [key]).get(key, [])
    if any(v.content_hash == content and _vouched(v.authentication) for v in versions):
        return False
    if not versions or versions[0].content_hash == content:
        row = KeyRow(key, received_at, key_kind, vouched=True, content_hash=content)
        fill_placeholders(conn, [row])
    row_ = _submission(event, received_at, len(versions) + 1)
    copy_rows(conn, "submissions", [row_])
    number, mission = row_.revision, event.mission
    receipt = ReceiptRow(key, received_at, number, mission, "rk-none", bytes(64), [key])
    copy_rows(conn, "receipts", [receipt])
    queue(conn, [Queued(key, received_at, row_.revision, kind, event.mission, event.source)])
    return True


def post_group(conn: Connection, events: Sequence[Event], received_at: datetime) -> int:
    """Store events that nobody has heard of as one group; how many.

    Args:
        conn: in autocommit, without a transaction.
        events: of one post, or of posts at the same time.
        received_at: when they came.
    """
    posts = [_post(event) for event in events]
    assert len(store_new(conn, posts, signer_of(1), received_at)) == len(posts), "one is known"
    wake(conn)
    return len(posts)


def post_as_before(
    conn: Connection, posts: Sequence[tuple[Event, bytes]], received_at: datetime
) -> None:
    """Store bytes together, as a gateway with other rules did, which read these events in them.

    Args:
        conn: in autocommit, without a transaction.
        posts: what was read, and the bytes.
        received_at: when they came.
    """
    made = [_post(event, raw) for event, raw in posts]
    assert len(store_new(conn, made, signer_of(1), received_at)) == len(made), "one is known"


def _post(event: Event, raw: bytes | None = None) -> Post:
    raw, kind = raw or msgspec.json.encode(event), kind_of(event)
    key = event_key(kind, event.mission, event.source, event.id)
    return Post.of(kind, event, key, raw, sha256(raw).digest(), TOKEN_ID)


def kind_of(event: Event) -> EventKind:
    """What kind of event it is."""
    if isinstance(event, Report):
        return EventKind.REPORT
    return EventKind.CORRIDOR_STATUS if isinstance(event, CorridorStatus) else EventKind.CONTEXT


def _vouched(authentication: str) -> bool:
    return Authentication(authentication).vouched


def _submission(event: Event, received_at: datetime, number: int) -> SubmissionRow:
    raw = msgspec.json.encode(event)
    kind = kind_of(event)
    began = ended = None
    if isinstance(event, Report):
        began, ended = event.observed_from, event.observed_to or event.observed_from
    elif isinstance(event, CorridorStatus):
        began = ended = event.observed_at
    return SubmissionRow(
        event_key(kind, event.mission, event.source, event.id),
        received_at,
        began,
        ended,
        number,
        kind,
        event.mission,
        event.source,
        Authentication.TOKEN,
        TOKEN_ID,
        event.id,
        sha256(raw).digest(),
        raw,
    )
