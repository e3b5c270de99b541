"""Queue refused: what a worker refused and somebody posts again gets another chance.

Place on the data's way: in `take_in`'s transaction, for posts that are known. A receipt says that
an event is kept; a worker may have refused it for a reason that has gone since (no agreement of its
mission was loaded). Its bytes are known, so no other way leads to the workers again. What is
judged, or on its way, is left alone.
"""

from __future__ import annotations

from collections.abc import Collection

from services.store.engine import Connection
from services.store.outbox import queue
from services.store.unjudged import Open, refused_among


def queue_refused(conn: Connection, known: Collection[Open]) -> None:
    """Queue again those of the gateway's stored versions that a worker refused and nobody judged.

    What a crash before the caller's commit means: nothing is queued, the next post does it.
    """
    if known:
        queue(conn, [version.queued for version in refused_among(conn, known)])
