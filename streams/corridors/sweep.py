"""Holds, grants and barriers of a corridor become its states over time.

Place on the data's way: effects → **spans** → corridors. One sweep over the instants at which
something begins or ends. `_Moment.read` is the whole rule of what a corridor is: the first cause
that holds, in the order of `Cause`; usable only by a grant observed after every barrier before it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from streams.corridors.effects import CAUTION, Barrier, Cause, Grant, Hold
from streams.corridors.windows import Windows
from streams.instants import FOREVER
from streams.vocabulary import Availability

CAUSES_NAMED = 16
"""How many refs an interval names: a flood of events must not make every row as long as itself."""


@dataclass(slots=True)
class Effects:
    """Everything the events do to a corridor."""

    holds: list[Hold] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    barriers: list[Barrier] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the agreement says of the corridor, whatever the events."""

    axis: Cause | None
    """None: agreed as far as an `open` needs."""
    windows: Windows
    in_force: Windows
    """From when to when the agreement, and the corridor in it, is in force."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` until before `end` (µs) the corridor is in one state for one cause."""

    start: int
    end: int
    cause: Cause
    refs: tuple[str, ...]
    not_valid_after: int
    """How far the words in force reach (µs); FOREVER where the corridor is not usable."""

    @property
    def reading(self) -> _Found:
        """All but the times."""
        return self.cause, self.refs, self.not_valid_after


def spans(agreed: Agreed, effects: Effects, start: int) -> list[Span]:
    """The states from `start` (µs) until FOREVER: contiguous, neighbours differing."""
    moment = _Moment(agreed.axis)
    edges = _edges(agreed, effects)
    read: list[Span] = []
    instants = sorted(edges.keys() | {start})
    for instant, end in pairwise((*instants, FOREVER)):
        for thing, begins in edges.get(instant, ()):
            moment.change(thing, begins=begins)
        if instant >= start:
            read.append(Span(instant, end, *moment.read()))
    return _merged(_bounded(read))


@dataclass(frozen=True, slots=True)
class _Condition:
    """Something of the agreement that begins or ends."""

    cause: Cause
    """What a coordinator reads while it does not hold."""


_Thing = Hold | Grant | Barrier | _Condition
_Found = tuple[Cause, tuple[str, ...], int]


def _edges(agreed: Agreed, effects: Effects) -> dict[int, list[tuple[_Thing, bool]]]:
    """What begins (True) and ends at each instant; an end that never comes is left out."""
    edges: defaultdict[int, list[tuple[_Thing, bool]]] = defaultdict(list)
    lasting: list[Hold | Grant] = [*effects.holds, *effects.grants]
    for thing in lasting:
        if thing.start < thing.end:
            edges[thing.start].append((thing, True))
            edges[thing.end].append((thing, False))
    for barrier in effects.barriers:
        edges[barrier.start].append((barrier, True))
    for condition, windows in (
        (_Condition(Cause.NOT_IN_FORCE), agreed.in_force),
        (_Condition(Cause.OUTSIDE_WINDOW), agreed.windows),
    ):
        for instant, begins in windows.edges():
            edges[instant].append((condition, begins))
    edges.pop(FOREVER, None)
    return edges


@dataclass(slots=True)
class _Moment:
    """What holds at the sweep's instant."""

    axis: Cause | None
    missing: set[Cause] = field(default_factory=lambda: {Cause.NOT_IN_FORCE, Cause.OUTSIDE_WINDOW})
    held: defaultdict[Cause, list[str]] = field(default_factory=lambda: defaultdict(list))
    """For each cause the refs that hold it, sorted; one that holds twice is there twice."""
    granted: list[Grant] = field(default_factory=list)
    barrier: tuple[int, str] | None = None
    """The latest end of a cause that suspended it, and its ref."""
    lapsed: Grant | None = None
    """Of the grants that have ended, the one that was observed last."""

    def change(self, thing: _Thing, *, begins: bool) -> None:
        """Take in that something begins or ends."""
        match thing:
            case Hold() if begins:
                insort(self.held[thing.cause], thing.ref)
            case Hold():
                refs = self.held[thing.cause]
                del refs[bisect_left(refs, thing.ref)]
            case Grant() if begins:
                self.granted.append(thing)
            case Grant():
                self.granted.remove(thing)
                self.lapsed = max(filter(None, (self.lapsed, thing)), key=_seen_last)
            case Barrier():
                found = (thing.cause_end, thing.ref)
                self.barrier = max(self.barrier or found, found)
            case _Condition() if begins:
                self.missing.discard(thing.cause)
            case _Condition():
                self.missing.add(thing.cause)

    def read(self) -> _Found:
        """What the corridor is: of the causes that hold the first, its refs, how far it reaches."""
        grants = self._standing_grants()
        cause = min(self._causes(granted=bool(grants)), key=CAUTION.__getitem__)
        if cause is Cause.OPEN_BY_STATUS:
            refs = sorted(grant.ref for grant in grants)
        elif cause is Cause.NOT_REOPENED and self.barrier is not None:
            refs = [self.barrier[1]]
        elif cause in _ENDINGS and self.lapsed is not None:
            refs = [self.lapsed.ref]
        else:
            refs = self.held.get(cause, [])[:CAUSES_NAMED]
        usable = cause.state in _USABLE
        reach = max(grant.not_valid_after for grant in grants) if usable else FOREVER
        return cause, tuple(dict.fromkeys(refs[:CAUSES_NAMED])), reach

    def _causes(self, *, granted: bool) -> Iterator[Cause]:
        """Every cause that holds."""
        yield from self.missing
        if self.axis is not None:
            yield self.axis
        yield from (cause for cause, refs in self.held.items() if refs)
        yield Cause.OPEN_BY_STATUS if granted else self._ungranted()

    def _standing_grants(self) -> list[Grant]:
        """The grants that were observed after everything that has suspended the corridor."""
        return [grant for grant in self.granted if self._is_after_barriers(grant)]

    def _ungranted(self) -> Cause:
        """Why nothing makes the corridor usable."""
        lapsed = self.lapsed
        if lapsed is not None and self._is_after_barriers(lapsed):
            return lapsed.ending
        return Cause.NEVER_OPENED if self.barrier is None else Cause.NOT_REOPENED

    def _is_after_barriers(self, grant: Grant) -> bool:
        return self.barrier is None or grant.observed > self.barrier[0]


_USABLE = frozenset({Availability.OPEN, Availability.IMPEDED})
_ENDINGS = frozenset({Cause.STALE, Cause.LAPSED})


def _seen_last(grant: Grant) -> tuple[int, int, str]:
    return grant.observed, grant.end, grant.ref


def _bounded(read: list[Span]) -> list[Span]:
    """No usable span claims to be valid beyond what is already known to change its state."""
    bounded: list[Span] = []
    for span in reversed(read):
        if span.cause.state in _USABLE:
            following = bounded[-1]  # a grant has an end, so a usable span is never the last
            same = following.cause.state is span.cause.state
            known_end = following.not_valid_after if same else span.end
            reach = min(span.not_valid_after, known_end)
            same_reach = reach == span.not_valid_after
            bounded.append(span if same_reach else replace(span, not_valid_after=reach))
        else:
            bounded.append(span)
    return bounded[::-1]


def _merged(read: Iterable[Span]) -> list[Span]:
    """Neighbours that differ in nothing but their times become one."""
    merged: list[Span] = []
    for span in read:
        last = merged[-1] if merged else None
        if last is not None and span.reading == last.reading:
            merged[-1] = replace(last, end=span.end)
        else:
            merged.append(span)
    return merged
