"""Spells: what was seen of one zone → from when to when the subject was inside or outside.

Place on the data's way: evidence → **spells** → whereabouts. A spell is a run of sightings that say
the same and between which, by the methodology's gap, the same holds. When it began and ended is
never a point but an interval: after the last sighting that says otherwise, by the first of the run.

Sightings are of some instant in their interval. One *precedes* another where it surely does; where
the order is open, nothing is concluded from it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from streams.whereabouts.place import Side


class Evidence(NamedTuple):
    """What one sighting says of the zone; of a track several, numbered as it was travelled."""

    start: int
    end: int
    order: int
    """Number of the sighting."""
    seq: int
    side: Side


class Run(NamedTuple):
    """A spell, in µs: it began after, by; and ended after, before. None: not known."""

    side: Side
    begun_after: int | None
    begun_by: int
    ended_after: int
    ended_before: int | None
    first: int
    last: int
    """Numbers of its first and last sighting."""
    sightings: int


_DETERMINED = (Side.INSIDE, Side.OUTSIDE)
_OPPOSITE = {Side.INSIDE: (Side.OUTSIDE,), Side.OUTSIDE: (Side.INSIDE,)}


def spells(evidence: Iterable[Evidence], max_gap_us: int) -> list[Run]:
    """The spells of all sides, by their first sighting; the order of `evidence` is nothing."""
    by_side: defaultdict[Side, list[Evidence]] = defaultdict(list)
    for item in sorted(evidence):
        by_side[item.side].append(item)
    runs = [
        run
        for side, own in by_side.items()
        for run in _runs(own, _Others(by_side, side), max_gap_us)
    ]
    return [_bounded(run, by_side) for run in sorted(runs)]


def precedes(one: Evidence, other: Evidence) -> bool:
    """Whether `one` is surely not of a later instant than `other`."""
    if one.order == other.order:
        return one.seq < other.seq
    return one.end <= other.start


class _Others:
    """What says otherwise than one side, to be asked whether it may lie between two sightings."""

    def __init__(self, by_side: dict[Side, list[Evidence]], side: Side) -> None:
        self._items = sorted(x for other, xs in by_side.items() if other is not side for x in xs)
        self._starts = [item.start for item in self._items]
        self._reach = list(accumulate((item.end for item in self._items), max))

    def any_between(self, left: Evidence, right: Evidence) -> bool:
        low, high = min(left.start, right.start), max(left.end, right.end)
        at = bisect_left(self._starts, high)
        while at and self._reach[at - 1] > low:
            at -= 1
            item = self._items[at]
            if item.end > low and not _is_apart(item, left, right):
                return True
        return False


def _is_apart(item: Evidence, left: Evidence, right: Evidence) -> bool:
    before = precedes(item, left) and precedes(item, right)
    return before or (precedes(left, item) and precedes(right, item))


def _runs(own: Sequence[Evidence], others: _Others, max_gap_us: int) -> Iterator[list[Evidence]]:
    """Neighbours of one side, joined where they are near in time and nothing lies between."""
    run: list[Evidence] = []
    for item in own:
        if item.end - item.start > max_gap_us:
            yield [item]  # of too long a time to join anything, or to part what joins around it
        elif run and _joins(run[-1], item, max_gap_us) and not others.any_between(run[-1], item):
            run.append(item)
        else:
            if run:
                yield run
            run = [item]
    if run:
        yield run


def _joins(left: Evidence, right: Evidence, max_gap_us: int) -> bool:
    """Whether they are no farther apart than the gap, at whichever instants they were."""
    return max(left.end, right.end) - min(left.start, right.start) <= max_gap_us


def _bounded(run: Sequence[Evidence], by_side: dict[Side, list[Evidence]]) -> Run:
    side = run[0].side
    opposite = [by_side.get(other, []) for other in _OPPOSITE.get(side, _DETERMINED)]
    determined = side in _OPPOSITE
    starts, ends = [item.start for item in run], [item.end for item in run]
    return Run(
        side,
        begun_after=max((x for each in opposite for x in _before(run, each)), default=None),
        begun_by=min(ends) if determined else min(starts),
        ended_after=max(starts) if determined else max(ends),
        ended_before=min((x for each in opposite for x in _behind(run, each)), default=None),
        first=run[0].order,
        last=run[-1].order,
        sightings=len({item.order for item in run}),
    )


def _start(item: Evidence) -> int:
    return item.start


def _before(run: Sequence[Evidence], opposite: Sequence[Evidence]) -> Iterator[int]:
    """From when at the earliest the last sighting was that says the opposite before the run."""
    low = run[0].start
    for at in range(bisect_right(opposite, low, key=_start) - 1, -1, -1):
        if all(precedes(opposite[at], item) for item in run):
            yield opposite[at].start
            return


def _behind(run: Sequence[Evidence], opposite: Sequence[Evidence]) -> Iterator[int]:
    """By when at the latest the first sighting was that says the opposite after the run."""
    high = max(item.end for item in run)
    # A track that the run ends with, and that goes on on the other side, began before its end.
    for last in (item for item in run if item.end == high):
        at = bisect_left(opposite, last.start, key=_start)
        while at < len(opposite) and opposite[at].start == last.start:
            same = opposite[at].order == last.order
            if same and all(precedes(item, opposite[at]) for item in run):
                yield high
                return
            at += 1
    nearest: int | None = None
    for at in range(bisect_left(opposite, high, key=_start), len(opposite)):
        if nearest is not None and opposite[at].start >= nearest:
            break
        nearest = opposite[at].end if nearest is None else min(nearest, opposite[at].end)
    if nearest is not None:
        yield nearest
