"""Recorders: the thread that writes what a person decides.

Place on the data's way: POST routes of people → **a recorder** → `services.desk`. A person decides
a few times a minute: what the missions send has writers of its own (`writers`).
"""

from __future__ import annotations

from typing import ClassVar

import psycopg

from services.gateway.readers import Readers
from services.store.engine import Connection


class Recorders(Readers):
    """Writes as `Readers` reads: in one transaction within the token's scope.

    Where the connection broke, the same is tried once more: a decision names the state that it
    follows, so that one which was committed after all is found, and not done twice.
    """

    threads: ClassVar = 1
    name: ClassVar = "recorder"

    def prepare(self, conn: Connection) -> None:
        """Have each statement see what others have committed by then."""
        conn.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
