"""Store new: the events of a group that nobody has heard of, stored by one message that commits.

    claim keys → submissions + receipts + outbox of those that were free

Place on the data's way: first half of `take_in`. To PostgreSQL and back again takes as long as
writing thirty rows, so nothing is asked before: everything is made as if it were new, and
PostgreSQL says what was not. That is `store_again`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.gateway.posts import Post
from services.gateway.versions import (
    ROWS,
    SIGNED,
    STORED,
    Held,
    Version,
    columns_of,
    columns_of_trees,
    instant_of_receipt,
    sign,
)
from services.receipts.sign import Signer
from services.store.engine import Connection
from services.store.scope import SCOPE, scope_of
from streams.keys import Key

# No row is there to be written, and no policy asked, before `scope` has been read. Keys are claimed
# in their order, so that two gateways that meet wait for each other and not in a ring. `free` is
# asked in the list, not joined: a hash table whatever the planner believes of arrays' lengths.
_STORE = f"""
WITH scope AS MATERIALIZED ({SCOPE}), {SIGNED}, asked AS MATERIALIZED (
    SELECT rows.* FROM scope, (SELECT * FROM {ROWS}) AS rows
), claimed AS (
    INSERT INTO event_keys (key, received_at, kind, vouched, content_hash)
    SELECT key, received_at, key_kind, true, content_hash FROM asked ORDER BY key
    ON CONFLICT DO NOTHING RETURNING key
), told AS MATERIALIZED (
    SELECT asked.*, key IN (SELECT key FROM claimed) AS free FROM asked
), new AS (
    SELECT * FROM told WHERE free
), {STORED}
SELECT (SELECT array_agg(key) FROM told WHERE NOT free)
""".encode()  # noqa: S608  of our own text alone


def store_new(
    conn: Connection, posts: Sequence[Post], signer: Signer, now: datetime
) -> dict[Key, Held]:
    """Store those of the posts whose events are new; their receipts, by key.

    What a crash before it returns means: all of it is committed, or nothing. Sent again, it is
    known with the receipts it has, or new.

    Args:
        conn: in autocommit, without a transaction.
        posts: of events that differ.
        signer: who signs what is received now.
        now: when it is.
    """
    at = instant_of_receipt(now, ())
    versions = [Version(post, 1, at) for post in posts]
    receipts = sign(versions, signer)
    scope = scope_of({post.mission for post in posts})
    trees, columns = columns_of_trees(receipts.trees), columns_of(posts, receipts.tree_of)
    parameters = [scope, *trees, *columns, signer.key_id]
    row = conn.execute(_STORE, parameters, binary=True).fetchone()
    assert row is not None, "it selects one"
    made = {post.key: one for post, one in zip(posts, receipts.held, strict=True)}
    for key in row[0] or ():
        del made[key]
    return made
