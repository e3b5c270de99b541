"""Documents: the agreements and methodologies loaded, as a register to judge by.

Place on the data's way: read at the start of every transaction, so that a version is in force from
the moment it is loaded, in the same order for everybody.
"""

from __future__ import annotations

from services.store.documents import agreements, methodologies
from services.store.engine import Connection
from streams.inforce import Register

_HASHES = "SELECT hash FROM agreements UNION ALL SELECT hash FROM methodologies"


class Documents:
    """Keeps the compiled register until another document is loaded."""

    def __init__(self) -> None:
        self._hashes: frozenset[bytes] = frozenset()
        self._register = Register((), ())

    def register(self, conn: Connection) -> Register:
        """What is in force by the documents that this transaction sees."""
        hashes = frozenset(row[0] for row in conn.execute(_HASHES))
        if hashes != self._hashes:
            self._register = load_register(conn)
            self._hashes = hashes
        return self._register


def load_register(conn: Connection) -> Register:
    """Every document that is loaded."""
    return Register(agreements(conn), methodologies(conn))
