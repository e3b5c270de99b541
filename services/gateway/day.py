"""Day: how many events of each token came in since midnight (UTC). Pure: `now` is handed in.

Place on the data's way: beside the buckets. What came before this process began is counted in the
store (`services.gateway.day_stored`) and added when it is known; until then it counts as nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime


class Day:
    """Counts of one day; the next one begins with none."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._date: date | None = None
        self._counts: Counter[str] = Counter()

    def has_room(self, token_id: str, count: int, now: datetime) -> bool:
        """Whether so many more are within the day's limit."""
        self._turn(now)
        return self._counts[token_id] + count <= self._most

    def add(self, token_id: str, count: int, now: datetime) -> None:
        """They came in."""
        self._turn(now)
        self._counts[token_id] += count

    def add_stored(self, counts: Mapping[str, int], of: date) -> None:
        """What the store had of a day before this process began."""
        if self._date is None or self._date == of:
            self._date = of
            self._counts.update(counts)

    def _turn(self, now: datetime) -> None:
        today = (now if now.tzinfo is UTC else now.astimezone(UTC)).date()
        if today != self._date:
            self._date, self._counts = today, Counter()
