"""The calendar of one term: in which hours it holds, found year by year and looked up.

Place on the data's way: agreement's `when` → **Calendar** → judge. A year is worked out when a
report first asks for it; afterwards an answer is a search among some hundred edges.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain

from streams.agreement import Daily, Recurring
from streams.when.daily import daily_spans
from streams.when.recurring import recurring_spans
from streams.when.spans import Span, Spans
from streams.when.timing import Timing

_YEARS = range(1899, 2202)
_NEW_YEARS = tuple(int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in _YEARS)
"""Seconds since 1970 at which each year of UTC begins."""


class Calendar:
    """The union of a term's windows."""

    def __init__(self, windows: Sequence[Daily | Recurring]) -> None:
        self._windows = windows
        self._years: dict[int, Spans] = {}

    def timing(self, start: float, end: float, *, closed: bool = True) -> Timing:
        """Where [start, end], or [start, end) where not `closed`, lies: seconds since 1970, UTC."""
        year = bisect_right(_NEW_YEARS, start) - 1
        next_year = _NEW_YEARS[year + 1]
        if end < next_year:
            return self._year(year).timing(start, end, closed=closed)
        answer = self._year(year).timing(start, next_year, closed=False)
        while answer is not Timing.ACROSS and end >= next_year:
            year += 1
            begun, next_year = next_year, _NEW_YEARS[year + 1]
            if begun == end and not closed:
                break
            goes_on = end >= next_year
            following = self._year(year).timing(
                begun, min(end, next_year), closed=closed and not goes_on
            )
            answer = answer if following is answer else Timing.ACROSS
        return answer

    def spans(self, start: int, end: int) -> Spans:
        """All spans within [start, end), seconds since 1970 in UTC; for drawing."""
        return Spans.union(self._found(start, end), start, end)

    def _year(self, year: int) -> Spans:
        found = self._years.get(year)
        if found is None:
            found = self.spans(_NEW_YEARS[year], _NEW_YEARS[year + 1])
            self._years[year] = found
        return found

    def _found(self, start: int, end: int) -> Iterator[Span]:
        return chain.from_iterable(_spans(window, start, end) for window in self._windows)


def _spans(window: Daily | Recurring, start: int, end: int) -> Iterator[Span]:
    if isinstance(window, Daily):
        return daily_spans(window, start, end)
    return recurring_spans(window, start, end)
