"""Recovery: how long after a kill a report that was received after it was assessed.

Not merely the next commit: a batch that a worker had in hand when Kafka died is committed without
Kafka, and says nothing of the way through it.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import psycopg

from tests.e2e.clients import Books

LOOK_S = 0.25
"""How often the assessments are looked at."""
_LATEST = "SELECT max(received_at) FROM assessments"


class Recovery:
    """Watches receipts and assessments; asked about a kill, it says when all went on."""

    def __init__(self, url: str, books: Books) -> None:
        self._url = url
        self._books = books
        self._wall_s = time.time() - time.monotonic()
        self._looks: list[tuple[float, datetime]] = []
        """When it was looked (end of the look), and the latest receipt of a report assessed."""
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recovery", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._ending.set()
        self._thread.join(timeout=30)

    def recovered(self, fired: float) -> float | None:
        """Seconds from a kill until all went on; None: not yet.

        A post begun after it had its receipt, and a report received after it was assessed.
        """
        receipt, assessed = self._books.first_receipt(fired), self._first_assessed(fired)
        if receipt is None or assessed is None:
            return None
        return max(receipt, assessed) - fired

    def _first_assessed(self, fired: float) -> float | None:
        killed_at = datetime.fromtimestamp(fired + self._wall_s, UTC)
        return next((at for at, latest in self._looks if latest > killed_at), None)

    def _run(self) -> None:
        conn: psycopg.Connection[tuple[datetime | None]] | None = None
        while not self._ending.wait(LOOK_S):
            try:
                if conn is None or conn.closed:
                    conn = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
                found = conn.execute(_LATEST).fetchone()
            except psycopg.OperationalError:  # it was killed; the next look asks it again
                conn = None
                continue
            if found is not None and found[0] is not None:
                self._looks.append((time.monotonic(), found[0]))
        if conn is not None:
            conn.close()
