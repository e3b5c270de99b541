"""Edges: instants at which something begins or ends; between two of them, time says the same.

Place on the data's way: documents and reports → **numbers** → pick of versions, geofence, judge. An
instant's number is how many edges lie at or before it. A batch's are found by calendar days; only
what lies within a day of an edge is compared with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from geo.densify import Ints
from streams.events import Report


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """When each report of a batch was observed, by row; what does not last ends as it begins."""

    starts: Sequence[datetime]
    ends: Sequence[datetime]
    first_day: Ints
    """Of the local date, as `datetime.toordinal` counts."""
    last_day: Ints

    @classmethod
    def of(cls, reports: Sequence[Report]) -> Observed:
        """The intervals of a batch."""
        starts = [report.observed_from for report in reports]
        ends = [report.observed_to or report.observed_from for report in reports]
        first = np.array([*map(datetime.toordinal, starts)], dtype=np.int64)
        last = np.array([*map(datetime.toordinal, ends)], dtype=np.int64)
        return cls(starts, ends, first, last)

    def only(self, rows: Sequence[int]) -> Observed:
        """Those of some rows, in their order."""
        if len(rows) == len(self.starts):  # rows come once and rise: all of them
            return self
        return Observed(
            [self.starts[row] for row in rows],
            [self.ends[row] for row in rows],
            self.first_day[rows],
            self.last_day[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """The numbers of a batch's first and last instants, int64[n] each."""

    first: Ints
    last: Ints

    def only(self, rows: Sequence[int]) -> Numbers:
        """Those of some rows, in their order."""
        return Numbers(self.first[rows], self.last[rows])

    def alike(self) -> Iterator[tuple[int, int, list[int]]]:
        """Each first and last number that there are, with the rows of both."""
        if self.first.size and self.first.min() == self.last.max():  # so it is with nearly all
            yield int(self.first[0]), int(self.last[0]), [*range(self.first.size)]
            return
        pairs = np.stack([self.first, self.last], axis=1)
        for first, last in np.unique(pairs, axis=0).tolist():
            rows = np.flatnonzero((self.first == first) & (self.last == last))
            yield first, last, rows.tolist()

    def single(self) -> list[int | None]:
        """By row the one number of its whole interval; None where an edge lies within."""
        numbers: list[int | None] = self.first.tolist()
        for row in np.flatnonzero(self.first != self.last).tolist():
            numbers[row] = None
        return numbers


class Edges:
    """Sorted instants that others are numbered by."""

    def __init__(self, instants: Iterable[datetime]) -> None:
        self._instants = sorted({instant.astimezone(UTC) for instant in instants})
        self._days = np.array([it.toordinal() for it in self._instants], dtype=np.int64)

    def number(self, instant: datetime) -> int:
        """How many edges lie at or before an instant."""
        return bisect_right(self._instants, instant)

    def numbers(self, observed: Observed) -> Numbers:
        """The numbers of the first and last instant of each interval."""
        # A local date is at most a day away from UTC's.
        first = np.searchsorted(self._days, observed.first_day - 1)
        last = np.searchsorted(self._days, observed.last_day + 1, side="right")
        for row in np.flatnonzero(first != last).tolist():
            first[row] = self.number(observed.starts[row])
            last[row] = self.number(observed.ends[row])
        return Numbers(first, last)
