"""Spans: sorted, disjoint stretches of time, and where an interval lies against them.

Place on the data's way: daily, recurring → **spans** → calendar. Seconds since 1970 in UTC; the
edges are whole seconds, so that a time in microseconds compares exactly as a float.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from streams.when.timing import Timing

Span = tuple[int, int]
"""[start, end)."""


class Spans(NamedTuple):
    """Sorted and disjoint; none begins where another ends."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def union(cls, spans: Iterable[Span], start: int, end: int) -> Spans:
        """All that lies in some span, within [start, end)."""
        merged: list[list[int]] = []
        for begins, ends in sorted((max(a, start), min(b, end)) for a, b in spans):
            if begins >= ends:
                continue
            if merged and begins <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], ends)
            else:
                merged.append([begins, ends])
        return cls(tuple(a for a, _ in merged), tuple(b for _, b in merged))

    def within(self, other: Spans) -> Spans:
        """What lies in both."""
        both: list[Span] = []
        mine, its = 0, 0
        while mine < len(self.starts) and its < len(other.starts):
            begins = max(self.starts[mine], other.starts[its])
            ends = min(self.ends[mine], other.ends[its])
            if begins < ends:
                both.append((begins, ends))
            if self.ends[mine] < other.ends[its]:
                mine += 1
            else:
                its += 1
        return Spans(tuple(a for a, _ in both), tuple(b for _, b in both))

    def gaps(self, start: int, end: int) -> Spans:
        """What of [start, end) lies in none."""
        edges = (start, *(edge for span in self.pairs() for edge in span), end)
        return Spans.union(zip(edges[::2], edges[1::2], strict=True), start, end)

    def pairs(self) -> Iterator[Span]:
        """The spans, in order."""
        return zip(self.starts, self.ends, strict=True)

    def timing(self, start: float, end: float, *, closed: bool = True) -> Timing:
        """Where [start, end], or [start, end) where not `closed`, lies."""
        last = bisect_right(self.starts, start) - 1
        if last >= 0 and start < self.ends[last]:
            edge = self.ends[last]
            return Timing.WITHIN if end < edge or (end == edge and not closed) else Timing.ACROSS
        following = last + 1
        if following == len(self.starts):
            return Timing.OUTSIDE
        edge = self.starts[following]
        return Timing.ACROSS if edge < end or (edge == end and closed) else Timing.OUTSIDE
