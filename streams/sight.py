"""Sight: one report with everything that judging it needs, before any term is asked.

Place on the data's way: geofence → **Sight** → judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from geo.containment import Relation
from streams.assessment import Context
from streams.events import Report
from streams.locate import Unlocated


class Hit(Struct, frozen=True, cache_hash=True, gc=False):
    """A zone that the report's region touches."""

    zone: int
    """Number of an outline in `InForce.zone_ids`."""
    relation: Relation
    p_inside: float


class Placed(Struct, frozen=True, gc=False):
    """Where a report lies."""

    hits: tuple[Hit, ...]
    """Zones touched and in force at some time of its interval, sorted by number."""
    unlocated: Unlocated | None


class Sight(Struct, frozen=True, gc=False):
    """A report with everything that judging it needs, before any term is asked."""

    report: Report
    context: Context
    hits: tuple[Hit, ...]
    """Zones touched and in force at some time of the interval, sorted by number."""
    unlocated: Unlocated | None
    straddles: bool
    """An amendment falls into the report's interval."""
    number: int | None = None
    """Which stretch of terms and zones the interval lies in; None: in several, or not asked."""


class Sights(NamedTuple):
    """The sights of a batch, a column each: nearly none of them is asked for by itself."""

    reports: Sequence[Report]
    contexts: Sequence[Context]
    placed: Sequence[Placed]
    straddles: bool
    numbers: Sequence[int | None]

    def row(self, row: int) -> Sight:
        """One of them."""
        placed = self.placed[row]
        return Sight(
            self.reports[row],
            self.contexts[row],
            placed.hits,
            placed.unlocated,
            self.straddles,
            self.numbers[row],
        )
