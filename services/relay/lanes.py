"""Lanes: which part of the outbox this relay may send.

Place on the data's way: before every look at the outbox. A lane is held by a lock of the session,
so PostgreSQL itself gives it back when the relay or its machine dies, and another relay takes it
over at its next claim. Lanes are shared out evenly: who holds more than its share lets go of some
between two turns, when nothing of them is under way.
"""

from __future__ import annotations

from typing import Final

from services.store.engine import Connection
from services.store.outbox import LANES

LANE_LOCK: Final = 0x7472_6C6E
"""Advisory locks (this, lane): who holds one sends that lane."""
MEMBER_LOCK: Final = 0x7472_6D62
"""Advisory lock (this, 0), shared: every relay that is alive holds it once."""

_JOIN = "SELECT pg_advisory_lock_shared(%s, 0)"

_MEMBERS = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

# The limit stops the scan: no lane is locked that is not returned.
_TAKE = """
SELECT lane FROM unnest(%s::int[]) AS free (lane) WHERE pg_try_advisory_lock(%s, lane) LIMIT %s
"""

_GIVE = "SELECT pg_advisory_unlock(%s, lane) FROM unnest(%s::int[]) AS given (lane)"


class Lanes:
    """The lanes that one session holds; it ends with the session."""

    def __init__(self, conn: Connection) -> None:
        """Join the relays; `conn` is in autocommit and used by one thread."""
        self._conn = conn
        self._held: frozenset[int] = frozenset()
        conn.execute(_JOIN, [MEMBER_LOCK])

    @property
    def held(self) -> list[int]:
        """The lanes that are ours, in order."""
        return sorted(self._held)

    def claim(self) -> None:
        """Come to our share: take what is free, or give back what is too much.

        Call it between two turns. What a crash here means: the locks go with the session.
        """
        share = share_of(self._members())
        if len(self._held) > share:
            given = self.held[share:]
            self._conn.execute(_GIVE, [LANE_LOCK, given])
            self._held = self._held.difference(given)
        elif len(self._held) < share:
            others = [lane for lane in range(LANES) if lane not in self._held]
            room = share - len(self._held)
            taken = self._conn.execute(_TAKE, [others, LANE_LOCK, room]).fetchall()
            self._held = self._held.union(lane for (lane,) in taken)

    def _members(self) -> int:
        row = self._conn.execute(_MEMBERS, [MEMBER_LOCK]).fetchone()
        assert row is not None
        return int(row[0])


def share_of(members: int) -> int:
    """How many lanes one of so many relays may hold; together they always reach all."""
    return -(-LANES // max(members, 1))
