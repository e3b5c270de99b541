"""Recovery: how long after a kill a receipt was given again and a report was assessed again."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left

import psycopg

from tests.e2e.clients import Books

LOOK_S = 0.25
"""How often the assessments are counted."""


class Recovery:
    """Watches receipts and assessments; asked about a kill, it says when both went on."""

    def __init__(self, url: str, books: Books) -> None:
        self._url = url
        self._books = books
        self._looks: list[tuple[float, int]] = []
        """When the assessments were counted (begin of the look), and how many there were."""
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recovery", daemon=True)

    def start(self) -> None:
        """Begin to count."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._ending.set()
        self._thread.join()

    def recovered(self, fired: float) -> float | None:
        """Seconds from a kill until there was a receipt and an assessment again; None: not yet.

        A receipt for a post that was begun after the kill, an assessment committed after it.
        """
        receipt, assessment = self._books.first_receipt(fired), self._first_growth(fired)
        if receipt is None or assessment is None:
            return None
        return max(receipt, assessment) - fired

    def _first_growth(self, fired: float) -> float | None:
        looks = self._looks
        first = bisect_left(looks, (fired, 0))
        for at, count in looks[first + 1 :]:
            if count > looks[first][1]:
                return at
        return None

    def _run(self) -> None:
        conn: psycopg.Connection[tuple[int]] | None = None
        while not self._ending.wait(LOOK_S):
            try:
                if conn is None or conn.closed:
                    conn = psycopg.connect(self._url, autocommit=True, connect_timeout=5)
                at = time.monotonic()
                found = conn.execute("SELECT count(*) FROM assessments").fetchone()
            except psycopg.OperationalError:  # it was killed; the next look asks it again
                conn = None
                continue
            assert found is not None
            self._looks.append((at, found[0]))
        if conn is not None:
            conn.close()
