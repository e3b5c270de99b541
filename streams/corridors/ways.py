"""Ways: which stretches of corridors lead from one crossing point to another, and how.

Place on the data's way: corridors as drawn, the state of each stretch now → **ways** →
`truceline corridor way`, GET /v1/corridors/ways. Where two corridors have a crossing point of one
id they meet. A way is known open only where every stretch of it is, its crossing points with it;
nothing else is ever offered as a way, only named with what is in the way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from itertools import count, pairwise
from typing import Final, NamedTuple

from streams.agreement import Corridor
from streams.vocabulary import Availability, Direction

NAMED: Final = 5
"""How many ways of each kind are told, the shortest first."""
STEPS: Final = 10_000
"""After so many steps the search ends: a net of roads has more ways than anybody reads."""


class State(NamedTuple):
    """What is known of a stretch, its crossing points with it."""

    state: Availability
    cause: str
    cause_events: tuple[str, ...]
    not_valid_after: datetime | None


@dataclass(frozen=True, slots=True)
class Leg:
    """A corridor from one crossing point to the next, one way."""

    corridor: str
    start: str
    end: str
    direction: Direction
    segments: tuple[str | None, ...]
    """The segments and crossing points that it passes; of an undivided route None."""
    length_km: float


AskState = Callable[[Leg], State]


@dataclass(frozen=True, slots=True)
class Way:
    """Legs that lead from one place to the other, with the state of each."""

    legs: tuple[tuple[Leg, State], ...]

    @property
    def is_open(self) -> bool:
        """Whether every leg is known to be open; impeded is not."""
        return all(state.state is Availability.OPEN for _, state in self.legs)

    @property
    def not_valid_after(self) -> datetime | None:
        """Of an open way: the earliest of its legs'; None: it is not known to be open."""
        reaches = [state.not_valid_after for _, state in self.legs]
        known = [reach for reach in reaches if reach is not None]
        # An open leg without an end is no answer of ours: then nothing is valid.
        return min(known) if self.is_open and len(known) == len(reaches) else None

    @property
    def length_km(self) -> float:
        """Along the routes."""
        return sum(leg.length_km for leg, _ in self.legs)


class Ways(NamedTuple):
    """The answer to "which way is known open from A to B now?"."""

    open: list[Way]
    """The shortest first."""
    not_open: list[Way]
    """Ways that there would be, each with what is in the way."""


def legs_of(corridors: Iterable[Corridor]) -> list[Leg]:
    """Both ways of every stretch between neighbouring crossing points."""
    return [leg for corridor in corridors for leg in _legs(corridor)]


def crossings_of(corridors: Iterable[Corridor]) -> list[str]:
    """The crossing points that a way may begin and end at."""
    return sorted({crossing.id for corridor in corridors for crossing in corridor.crossings})


def ways(legs: Sequence[Leg], start: str, end: str, ask: AskState) -> Ways:
    """The ways from one crossing point to another; each leg's state is asked for once."""
    states = {leg: ask(leg) for leg in legs}
    opened = [leg for leg in legs if states[leg].state is Availability.OPEN]
    found = [_way(legs_, states) for legs_ in _shortest(opened, start, end, NAMED)]
    # Among the shortest of all, those that are open come first: look further than them.
    every = [_way(it, states) for it in _shortest(legs, start, end, 2 * NAMED)]
    return Ways(
        [way for way in found if way.not_valid_after is not None],
        [way for way in every if not way.is_open][:NAMED],
    )


def _way(legs: Sequence[Leg], states: Mapping[Leg, State]) -> Way:
    return Way(tuple((leg, states[leg]) for leg in legs))


def _legs(corridor: Corridor) -> Iterator[Leg]:
    start_km = corridor.chainage.start_km if corridor.chainage else 0.0
    placed = sorted(corridor.crossings, key=lambda it: (it.at_km, it.id))
    for near, far in pairwise(placed):
        between = _segments(corridor, start_km, near.at_km, far.at_km)
        passed = (*between, near.id, far.id)
        length_km = far.at_km - near.at_km
        yield Leg(corridor.id, near.id, far.id, Direction.FORWARD, passed, length_km)
        yield Leg(corridor.id, far.id, near.id, Direction.BACKWARD, passed, length_km)


def _segments(
    corridor: Corridor, start_km: float, from_km: float, to_km: float
) -> Iterator[str | None]:
    """The segments that have a kilometre between two marks, both included."""
    if not corridor.segments:
        yield None
    begins = start_km
    for segment in corridor.segments:
        ends = float("inf") if segment.to_km is None else segment.to_km
        if begins <= to_km and ends >= from_km:
            yield segment.id
        begins = ends


def _shortest(legs: Iterable[Leg], start: str, end: str, at_most: int) -> Iterator[list[Leg]]:
    """Ways that come to no crossing point twice, by their length."""
    leaving: defaultdict[str, list[Leg]] = defaultdict(list)
    for leg in legs:
        leaving[leg.start].append(leg)
    ticket = count()
    waiting: list[tuple[float, int, list[Leg]]] = [(0.0, next(ticket), [])]
    found = 0
    for _ in range(STEPS):
        if not waiting or found == at_most:
            return
        length_km, _, way = heappop(waiting)
        here = way[-1].end if way else start
        if here == end and way:
            found += 1
            yield way
            continue
        been = {start, *(leg.end for leg in way)}
        for leg in leaving[here]:
            if leg.end not in been:
                heappush(waiting, (length_km + leg.length_km, next(ticket), [*way, leg]))
