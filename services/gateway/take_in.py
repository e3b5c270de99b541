"""Take in: a group of posts, stored, with a receipt for each.

    what is new, by one message → all else, in one transaction → outcomes

Place on the data's way: where an event becomes safe. An event's key, submission, receipt and row
in the outbox are there together or not at all; those of a group need not be. Every outcome is
committed when it is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.crash_points import Point, reached
from services.gateway.posts import Outcome, Post, Status
from services.gateway.store_again import store_again
from services.gateway.store_new import store_new
from services.receipts.sign import Signer
from services.store.engine import Connection
from streams.keys import Key


def take_in(
    conn: Connection, posts: Sequence[Post], signer: Signer, now: datetime
) -> list[Outcome]:
    """Store what is new of the posts; an outcome for each, in order.

    Args:
        conn: in autocommit, without a transaction; so it is afterwards.
        posts: those that could be read and may be stored.
        signer: who signs what is received now.
        now: when it is.

    Raises:
        psycopg.Error: the database is away. Some of it may be stored; sent again it is found known.
    """
    first: dict[Key, Post] = {}
    for post in posts:
        first.setdefault(post.key, post)
    reached(Point.GATEWAY_STORING)
    # What a crash here means: nothing is stored, nobody holds a receipt; sent again it is new.
    made = store_new(conn, list(first.values()), signer, now)
    reached(Point.GATEWAY_STORED)
    # What a crash here means: what is new is stored, receipts are lost; sent again they are the
    # same. Nothing came of the rest.
    is_new = [post is first[post.key] and post.key in made for post in posts]
    rest = [post for post, new in zip(posts, is_new, strict=True) if not new]
    later = iter(_again(conn, rest, signer, now) if rest else ())
    return [
        Outcome(Status.STORED, *made[post.key]) if new else next(later)
        for post, new in zip(posts, is_new, strict=True)
    ]


def _again(conn: Connection, posts: Sequence[Post], signer: Signer, now: datetime) -> list[Outcome]:
    outcomes = store_again(conn, posts, signer, now)
    reached(Point.GATEWAY_WRITTEN)
    # What a crash here means: none of these versions is stored; sent again they are found as now.
    conn.commit()
    reached(Point.GATEWAY_COMMITTED)
    # What a crash here means: all is stored, receipts are lost; sent again they are the same.
    return outcomes
