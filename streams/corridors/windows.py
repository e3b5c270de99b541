"""The times at which the parties agreed that a corridor may be open.

Place on the data's way: agreement → **windows** → words (an `open` reaches no further than the
window in which it was observed) and corridors (outside of all of them nothing is known to be open).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from streams.agreement import Validity
from streams.instants import micros, micros_or_forever


@dataclass(frozen=True, slots=True)
class Windows:
    """Agreed windows [start, end) in µs, by their start; they may overlap."""

    starts: Sequence[int]
    ends: Sequence[int]
    """The furthest end of all windows that start no later than the one in this place."""

    @classmethod
    def of(cls, validities: Iterable[Validity]) -> Windows:
        """The windows of a corridor; a window that ends before it starts is none."""
        spans = sorted((micros(it.from_), micros_or_forever(it.to)) for it in validities)
        spans = [(start, end) for start, end in spans if start < end]
        return cls([start for start, _ in spans], list(accumulate((end for _, end in spans), max)))

    def end_after(self, instant: int) -> int | None:
        """The furthest end of the windows that `instant` lies in; None outside of all."""
        place = bisect_right(self.starts, instant)
        return self.ends[place - 1] if place and self.ends[place - 1] > instant else None

    def edges(self) -> list[tuple[int, bool]]:
        """The instants at which the corridor comes into a window (True) or is out of all."""
        edges: list[tuple[int, bool]] = []
        for place, start in enumerate(self.starts):
            if not place or self.ends[place - 1] < start:
                edges.append((start, True))
            if place + 1 == len(self.starts) or self.ends[place] < self.starts[place + 1]:
                edges.append((self.ends[place], False))
        return edges
