"""Passed: up to which instant everything that was received is taken in.

Place on the data's way: before the timer writes. A truce that was extended in time must not be
called lapsed because the word of it still waits: an instant is written once nothing that was
received before it waits any more, neither stored by the gateway nor in Kafka. Who does not know
what waits, waits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from kafka.errors import KafkaError

from services.lag import Waiting
from services.store.engine import Connection
from services.store.incidents import waits_unfolded
from services.store.instants import SINCE_EVER
from services.store.rows import DueRow
from services.store.unjudged import waits_unjudged
from streams.due import Rule

log = structlog.get_logger(__name__)


Passed = Callable[[Connection, str, Sequence[DueRow], datetime], int]
"""How many rows of a mission, sorted by their instants, may be written in a turn, which began at an
instant after all of them."""


class PassedByAll:
    """Asks Kafka, once a turn, and the store."""

    def __init__(self, waiting: Waiting) -> None:
        self._waiting = waiting
        self._turn: datetime | None = None
        self._oldest: datetime | None = None

    def __call__(
        self, conn: Connection, mission: str, rows: Sequence[DueRow], turn: datetime
    ) -> int:
        """How many may be written."""
        if not rows:
            return 0
        if turn != self._turn:
            self._turn, self._oldest = turn, self._ask(turn)
        oldest, count = self._oldest, len(rows)
        if oldest is not None:
            count = bisect_left(rows, oldest, key=lambda row: row.due_at)
        # What is judged and not folded may go on with an incident that would have ended.
        if rows[0].rule == Rule.INCIDENT_ENDED and waits_unfolded(conn, mission):
            return 0
        # Of a later instant more was received before it, so what waits for one waits for the next.
        return bisect_left(
            rows[:count], 1, key=lambda row: int(waits_unjudged(conn, mission, row.due_at))
        )

    def _ask(self, turn: datetime) -> datetime | None:
        try:
            return self._waiting(turn)
        except KafkaError as error:
            # Going on is safe: who does not know what waits says of nothing that it fell due.
            log.warning("Kafka does not say what waits, retrying", error=repr(error))
            return SINCE_EVER
