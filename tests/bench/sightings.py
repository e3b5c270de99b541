"""Sightings: when another session could first see what each transaction has committed.

PostgreSQL's own commit timestamp is taken before the commit has reached the disk, so it is too
kind; a trigger that notifies would be part of what is measured. So a session asks for its snapshot
every few milliseconds, which costs next to nothing: the first one in which a transaction no longer
counts as under way is when its rows were there for everybody. Up to one look later than it
was so, never earlier.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import NamedTuple

import psycopg

LOOK_S = 0.004


class _Look(NamedTuple):
    at: float
    """Unix time, after the answer."""
    snapshot: str


class Sightings:
    """Looks from a thread of its own until it is stopped."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._looks: list[_Look] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sightings", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._ending.set()
        self._thread.join(10)

    def of(self, transactions: Iterable[int]) -> dict[int, float]:
        """When each of them (xid) was first seen committed."""
        waiting = sorted(set(transactions), reverse=True)
        under_way: set[int] = set()
        seen: dict[int, float] = {}
        for at, snapshot in self._looks:
            _, end, listed = snapshot.split(":")
            while waiting and waiting[-1] < int(end):
                under_way.add(waiting.pop())
            if under_way:
                still = {int(one) for one in listed.split(",") if one}
                seen.update(dict.fromkeys(under_way - still, at))
                under_way &= still
        return seen

    def _run(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as conn:
            while not self._ending.wait(LOOK_S):
                found = conn.execute("SELECT pg_current_snapshot()::text").fetchone()
                assert found is not None
                if not self._looks or self._looks[-1].snapshot != found[0]:
                    self._looks.append(_Look(time.time(), str(found[0])))
