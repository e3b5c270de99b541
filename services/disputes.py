"""Disputes: of which corridors the parties announced windows that differ, beside what is shown.

Place on the data's way: store → **in dispute or not** → corridors, board, calendar. What is shown
is by the cautious reading already (`streams.corridors.announced`); here it is said that there are
others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from services.store.documents import agreements
from services.store.engine import Connection
from streams.agreement import Agreement
from streams.corridors.promised import disputed
from streams.instants import micros, micros_or_forever, moment_of

AHEAD: Final = timedelta(days=1)
DISPUTED: Final = "Announcements of a window differ: what they have in common counts"


class Disputes:
    """A mission's versions, and where their announcements differ."""

    def __init__(self, loaded: Sequence[Agreement]) -> None:
        self._loaded = loaded
        self._announced = {
            corridor.id for it in loaded for corridor in it.corridors if corridor.announced
        }

    @classmethod
    def of(cls, conn: Connection, mission: str, known_at: datetime | None = None) -> Disputes:
        """The mission's, as far as the connection may see, as loaded then, or now."""
        return cls(agreements(conn, mission, known_at))

    def soon(self, corridor_id: str, instant: datetime) -> bool:
        """Whether one is then or within a day: who leaves in the morning must know tonight."""
        return self.cover(corridor_id, instant, instant + AHEAD)

    def cover(self, corridor_id: str, start: datetime, end: datetime | None) -> bool:
        """Whether a window is in dispute at some time of [start, end); None: no end."""
        if corridor_id not in self._announced:
            return False
        return bool(disputed(corridor_id, self._loaded, (micros(start), micros_or_forever(end))))

    def turn_at(self, corridor_ids: Iterable[str], instant: datetime) -> datetime | None:
        """The next instant after one, within a day, at which `soon` of one of them may change."""
        ahead = (micros(instant), micros(instant + 2 * AHEAD))
        edges = (
            edge
            for id_ in self._announced.intersection(corridor_ids)
            for start, end in disputed(id_, self._loaded, ahead)
            for edge in (moment_of(start + 1) - AHEAD, moment_of(end))
        )
        return min((edge for edge in edges if edge > instant), default=None)
