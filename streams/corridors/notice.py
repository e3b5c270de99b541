"""Notice: how long before a corridor was closed it was known that it would be.

Place on the data's way: generations of availability → **closings with their notice** → figures. No
source's clock is asked: notice begins when a closing of that moment became known here, and with
every word since that left it standing. Below zero: it was known only afterwards.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from streams.corridors.effects import Cause
from streams.corridors.figures import Spell
from streams.corridors.promised import Stretch
from streams.vocabulary import Availability


class Closing(NamedTuple):
    """From `at` (µs) on the corridor was closed or suspended by somebody's word."""

    at: int
    """The first promised moment of it."""
    cause: str


class Saying(NamedTuple):
    """What was said of one instant, by what became known at another (µs)."""

    known_at: int
    state: Availability


def closings(spells: Sequence[Spell], promised: Sequence[Stretch], begin: int) -> list[Closing]:
    """Every closing by status that begins at `begin` or later and takes promised time.

    Args:
        spells: as known, contiguous, in order; also the one before `begin`, where there is one.
        promised: disjoint, in order.
        begin: of the period, µs: what was closed before has been a closing of another.
    """
    ends = [end for _, end in promised]
    found: list[Closing] = []
    for run in _runs(spells):
        window = bisect_right(ends, run.start)
        if run.start >= begin and window < len(ends) and promised[window][0] < run.end:
            found.append(Closing(max(promised[window][0], run.start), run.cause))
    return found


def known_since(sayings: Iterable[Saying]) -> int | None:
    """Since when (µs) every word on an instant has said that it is shut then; None: none says so.

    Args:
        sayings: of what is known, the newest first; looked at no further than need be.
    """
    since = None
    for saying in sayings:
        if saying.state not in _SHUT:
            break
        since = saying.known_at
    return since


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
