"""The spans of a corridor's parts become the intervals of the corridor, each with its parts.

Place on the data's way: sweep → **intervals** → stretches, store. The corridor as a whole is the
most cautious of its parts: `open` where all of them are, and valid as far as the first of them is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from msgspec import Struct

from streams.corridors.effects import CAUTION, Cause
from streams.corridors.parts import Part, Parts
from streams.corridors.sweep import CAUSES_NAMED, Span
from streams.instants import FOREVER, moment_of, moment_or_none
from streams.vocabulary import Availability, Direction, Traveller


class PartState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of some parts of a corridor; what is absent stands for all of it."""

    segment: str | None = None
    """A segment or crossing point."""
    direction: Direction | None = None
    traveller: Traveller | None = None
    state: Availability
    cause: str
    causes: tuple[str, ...] = ()
    not_valid_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """From `start` until before `end` the corridor is in one state for one cause."""

    start: datetime
    end: datetime | None
    """None: nothing that is known will end it."""
    state: Availability
    """The most cautious of all its parts."""
    cause: Cause
    causes: tuple[str, ...]
    """``source/id`` of the events behind it, sorted, the first `CAUSES_NAMED` of them."""
    not_valid_after: datetime | None
    """Of `open` and `impeded`: how far the words in force at `start` reach, and never beyond what
    is already known to end the state. No promise that it lasts until then."""
    parts: tuple[PartState, ...] = ()
    """Every part once, where they are not all alike."""

    @property
    def reading(self) -> tuple[object, ...]:
        """All but the times."""
        return self.state, self.cause, self.causes, self.not_valid_after, self.parts


Alike = tuple[Sequence[Part], Sequence[Span]]
"""Parts of which the same is heard, and their spans."""


def divided(parts: Parts, alike: Iterable[Alike]) -> tuple[Interval, ...]:
    """The intervals of a corridor: contiguous, neighbours differing, the last without an end.

    `alike`: all parts, each once; their spans begin together, contiguous until FOREVER.
    """
    groups = list(alike)
    places = [0] * len(groups)
    intervals: list[Interval] = []
    start = groups[0][1][0].start
    while start < FOREVER:
        now = [spans[place] for (_, spans), place in zip(groups, places, strict=True)]
        end = min(span.end for span in now)
        read = _interval(parts, [those for those, _ in groups], now, start, end)
        append(intervals, read)
        places = [place + (span.end == end) for place, span in zip(places, now, strict=True)]
        start = end
    return tuple(intervals)


def _interval(
    parts: Parts, groups: Sequence[Sequence[Part]], now: Sequence[Span], start: int, end: int
) -> Interval:
    cause = min((span.cause for span in now), key=CAUTION.__getitem__)
    refs = sorted({ref for span in now if span.cause is cause for ref in span.refs})
    usable = cause.state in _USABLE
    return Interval(
        start=moment_of(start),
        end=moment_or_none(end),
        state=cause.state,
        cause=cause,
        causes=now[0].refs if len(now) == 1 else tuple(refs[:CAUSES_NAMED]),
        not_valid_after=moment_of(min(it.not_valid_after for it in now)) if usable else None,
        parts=_part_states(parts, groups, now),
    )


_USABLE = frozenset({Availability.OPEN, Availability.IMPEDED})
_Reading = tuple[Cause, tuple[str, ...], int]


def _part_states(
    parts: Parts, groups: Sequence[Sequence[Part]], now: Sequence[Span]
) -> tuple[PartState, ...]:
    by_reading: defaultdict[_Reading, list[Part]] = defaultdict(list)
    for those, span in zip(groups, now, strict=True):
        by_reading[span.cause, span.refs, span.not_valid_after] += those
    if len(by_reading) == 1:
        return ()
    return tuple(
        PartState(
            segment=part.segment,
            direction=part.direction,
            traveller=part.traveller,
            state=cause.state,
            cause=cause.value,
            causes=refs,
            not_valid_after=moment_or_none(reach),
        )
        for (cause, refs, reach), those in sorted(by_reading.items(), key=_caution)
        for part in parts.cover(those)
    )


def _caution(it: tuple[_Reading, list[Part]]) -> tuple[int, tuple[str, ...], int]:
    cause, refs, reach = it[0]
    return CAUTION[cause], refs, reach


def append(intervals: list[Interval], interval: Interval) -> None:
    """Add an interval, or lengthen the last one where they differ in nothing but their times."""
    last = intervals[-1] if intervals else None
    if last is not None and last.reading == interval.reading:
        intervals[-1] = replace(last, end=interval.end)
    else:
        intervals.append(interval)
