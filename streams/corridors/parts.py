"""The parts of a corridor: which events are heard of which segment, way and traveller.

Place on the data's way: events → **heard of each part** → fold, once for all parts of which the
same is heard → `divided`. An event that names a part is heard of it alone; all others are heard of
every part. What somebody settles by name is settled everywhere, whatever part his status is about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import product
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec.structs import replace

from streams.agreement import Corridor
from streams.corridors.events import CorridorEvent, RouteEvent, StatusEvent
from streams.vocabulary import Availability, Direction, Traveller

HEAVIEST_T: Final = MappingProxyType(
    {
        Traveller.ON_FOOT: 0.2,
        Traveller.LIGHT_VEHICLE: 3.5,
        Traveller.AMBULANCE: 5.0,
        Traveller.TRUCK: 12.0,
        Traveller.BUS: 28.0,
        Traveller.HEAVY_TRUCK: 44.0,
        Traveller.ENGINEERING: 60.0,
    }
)
"""Tonnes, laden: classes N1, M2 and N2 of UN R.E.3, the bounds of directive 96/53/EC, and of
machines on their carriers what nobody should be surprised by."""


class Part(NamedTuple):
    """One segment or crossing point, one way, one kind of traveller; None: it has no parts."""

    segment: str | None = None
    direction: Direction | None = None
    traveller: Traveller | None = None


ALL: Final = Part()


def why_no_part(corridor: Corridor, asked: Part) -> str | None:
    """Why nobody can be told of a part: the field, and what there is instead; None: he can."""
    parts = Parts.of(corridor)
    if asked.segment is not None and asked.segment not in parts.named:
        known = ", ".join(sorted(parts.named)) or "none: it is one piece"
        return f"segment {asked.segment!r} is not of this corridor; there is {known}"
    if asked.traveller is not None and asked.traveller not in parts.travellers:
        return f"{asked.traveller} may not pass here; agreed is {', '.join(parts.travellers)}"
    return None


class _Scope(NamedTuple):
    """What of an event decides of which parts it is heard."""

    segments: tuple[str, ...] = ()
    direction: Direction | None = None
    travellers: tuple[Traveller, ...] = ()
    max_load_t: float | None = None


_EVERYWHERE = _Scope()


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that an agreement gives a corridor."""

    segments: tuple[str | None, ...]
    """Segments and crossing points; of an undivided route None."""
    travellers: tuple[Traveller, ...]
    """Those who may pass."""

    @classmethod
    def of(cls, corridor: Corridor) -> Parts:
        """The parts of `corridor`."""
        pieces = tuple(segment.id for segment in corridor.segments) or (None,)
        crossings = tuple(crossing.id for crossing in corridor.crossings)
        return cls((*pieces, *crossings), corridor.travellers or tuple(Traveller))

    @property
    def named(self) -> frozenset[str]:
        """The names that a status may use."""
        return frozenset(segment for segment in self.segments if segment is not None)

    def heard_alike(self, events: Iterable[CorridorEvent]) -> list[Ears]:
        """Every part once, those together of which the same events are heard in the same way."""
        scopes = {_scope(event, self.named) for event in events} - {_EVERYWHERE}
        if not scopes:
            return [Ears(self.named, (ALL,))]
        alike: defaultdict[tuple[object, ...], list[Part]] = defaultdict(list)
        for it in product(self.segments, Direction, self.travellers):
            part = Part(*it)
            alike[tuple(_hears(part, scope) for scope in scopes)].append(part)
        return [Ears(self.named, tuple(parts)) for parts in alike.values()]

    def cover(self, parts: Iterable[Part]) -> list[Part]:
        """The same parts, in as few as come of taking together what is whole; None stands for all.

        In the order in which the agreement names them.
        """
        found = set(parts)
        if ALL in found:
            return [ALL]
        found = _whole(found, "traveller", self.travellers)
        found = _whole(found, "direction", tuple(Direction))
        return sorted(_whole(found, "segment", self.segments), key=self._place)

    def _place(self, part: Part) -> tuple[int, ...]:
        ranks: Sequence[Sequence[object]] = (self.segments, tuple(Direction), self.travellers)
        return tuple(
            -1 if it is None else rank.index(it) for rank, it in zip(ranks, part, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Ears:
    """How events are heard of some parts, of all of them alike."""

    named: frozenset[str]
    parts: tuple[Part, ...]

    def status(self, event: StatusEvent) -> StatusEvent | None:
        """The status as it is heard here; None: it does not speak of these parts."""
        scope = _scope(event, self.named)
        heard = _hears(self.parts[0], scope)
        if heard is _Heard.NOT:
            return None
        status = event.status
        if heard is _Heard.TOO_HEAVY:
            status = replace(status, status=Availability.CLOSED)
        if scope.segments:
            status = replace(status, segment=None)
        return event if status is event.status else replace(event, status=status)

    def report(self, event: RouteEvent) -> bool:
        """Whether what it tells of lies on these parts."""
        return _hears(self.parts[0], _scope(event, self.named)) is _Heard.AS_SAID


class _Heard(IntEnum):
    """How a part hears an event."""

    NOT = 0
    AS_SAID = 1
    TOO_HEAVY = 2
    """It may weigh more than the event lets pass: closed to it, whatever else is said."""


def _hears(part: Part, scope: _Scope) -> _Heard:
    if (
        (scope.segments and part.segment not in scope.segments)
        or (scope.direction is not None and scope.direction is not part.direction)
        or (scope.travellers and part.traveller not in scope.travellers)
    ):
        return _Heard.NOT
    limit = scope.max_load_t
    too_heavy = limit is not None and part.traveller and HEAVIEST_T[part.traveller] > limit
    return _Heard.TOO_HEAVY if too_heavy else _Heard.AS_SAID


def _scope(event: CorridorEvent, named: frozenset[str]) -> _Scope:
    """Whom it concerns; a name that the agreement does not have may be anywhere."""
    if isinstance(event, RouteEvent):
        return _Scope(event.segments if named.issuperset(event.segments) else ())
    status = event.status
    return _Scope(
        (status.segment,) if status.segment in named and status.segment is not None else (),
        status.direction,
        tuple(sorted(set(status.travellers))),
        status.max_load_t,
    )


def _whole(parts: set[Part], field: str, every: Sequence[object]) -> set[Part]:
    """Where every value of a field is there, beside the same others, None in their stead."""
    by_rest: defaultdict[Part, set[Part]] = defaultdict(set)
    for part in parts:
        by_rest[part._replace(**{field: None})].add(part)
    taken: set[Part] = set()
    for rest, those in by_rest.items():
        taken |= {rest} if len(those) == len(every) else those
    return taken
