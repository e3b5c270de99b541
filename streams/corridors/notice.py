"""Notice: how long before a corridor was closed it was known that it would be.

Place on the data's way: generations of availability → **closings with their notice** → figures. No
source's clock is asked: notice begins when a closing of that moment became known here, and with
every word since that left it standing. Below zero: it was known only afterwards.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import attrgetter, neg
from typing import Final, NamedTuple

from streams.corridors.effects import Cause
from streams.corridors.figures import Spell, pieces_of
from streams.corridors.promised import Stretch
from streams.vocabulary import Availability


class Generation(NamedTuple):
    """What became known at one instant: from `since` on the corridor is as `spells` say."""

    known_at: int
    since: int
    spells: Sequence[Spell]
    """Contiguous, without an end."""


class Closing(NamedTuple):
    """From `at` (µs) on the corridor was closed or suspended by somebody's word."""

    at: int
    """The first promised moment of it."""
    cause: str
    notice_us: int


def closings(
    generations: Sequence[Generation],
    spells: Sequence[Spell],
    promised: Sequence[Stretch],
    begin: int,
) -> list[Closing]:
    """Every closing by status that begins at `begin` or later and takes promised time.

    Args:
        generations: the oldest first.
        spells: the same laid over each other.
        promised: disjoint, in order.
        begin: of the period, µs: what was closed before has been a closing of another.
    """
    reach = _reach(generations)
    return [
        Closing(
            first.start, first.cause, first.start - _known_since(generations, reach, first.start)
        )
        for run in _runs(spells)
        if run.start >= begin
        for first in [next(pieces_of(promised, [run]), None)]
        if first is not None
    ]


def _runs(spells: Sequence[Spell]) -> Iterator[Spell]:
    """Spells closed by status; those that follow each other as one, with the first one's cause."""
    run: Spell | None = None
    for spell in spells:
        if spell.cause not in _BY_STATUS:
            continue
        if run is not None and run.end == spell.start:
            run = run._replace(end=spell.end)
            continue
        if run is not None:
            yield run
        run = spell
    if run is not None:
        yield run


_BY_STATUS: Final = frozenset({Cause.CLOSED_BY_STATUS.value, Cause.SUSPENDED_BY_STATUS.value})
_SHUT: Final = frozenset({Availability.CLOSED, Availability.SUSPENDED})


def _reach(generations: Sequence[Generation]) -> list[int]:
    """For each number of newest generations how far back they reach, negated: it grows."""
    return [*map(neg, accumulate((it.since for it in reversed(generations)), min))]


def _known_since(generations: Sequence[Generation], reach: Sequence[int], at: int) -> int:
    """Since when every generation that speaks of `at` has said that it is shut then."""
    newest = len(generations) - 1 - bisect_left(reach, -at)
    since = generations[newest].known_at
    for generation in reversed(generations[: newest + 1]):
        if generation.since > at:
            continue
        place = bisect_right(generation.spells, at, key=attrgetter("start")) - 1
        if generation.spells[place].state not in _SHUT:
            break
        since = generation.known_at
    return since
