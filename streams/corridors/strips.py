"""Strips: where a route, and each part of it, lies on the ground.

Place on the data's way: agreement, methodology → **strips** → on_route. Besides the strip that is
judged by (`inforce`) a corridor has one for each segment and crossing point, longer by what marks
on the ground may be off, and each of these once more as wide as weapons reach, where the
methodology says so. They judge nothing: they say which parts a report bears on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from geo.containment import contain
from geo.routes import buffer_route
from geo.zones import ZoneSet, ZoneShape
from streams.agreement import Chainage, Corridor
from streams.draw import corridor_outline
from streams.events import Report
from streams.inforce import InForce
from streams.measure_route import measure_routes
from streams.vocabulary import Weapon

_AT_LEAST_M: Final = 1.0
"""A stretch of no length has no strip."""
_M_OF_KM: Final = 1_000.0


class _Strip(NamedTuple):
    corridor: str
    segment: str | None
    """None: the whole route."""
    shape: ZoneShape


@dataclass(frozen=True, slots=True)
class Touched:
    """How a region lies to a corridor."""

    share: float
    """Of the region, in the strip as wide as it was asked for."""
    segments: tuple[str, ...]
    """The segments and crossing points that it touches, sorted; empty: the route has none, or
    nobody can tell which."""


@dataclass(frozen=True, slots=True, eq=False)
class Strips:
    """All strips of one agreement, widened by one distance on each side."""

    strips: Sequence[_Strip]
    zone_set: ZoneSet

    def touched(self, in_force: InForce, report: Report) -> dict[str, Touched]:
        """Corridor id → how the report's region lies to it; what it does not touch is not there."""
        located = in_force.locator.locate([report])
        found = contain(self.zone_set, located.regions)
        pairs = [
            (self.strips[zone], share)
            for zone, share in zip(found.zone.tolist(), found.p_inside.tolist(), strict=True)
        ]
        return {
            whole.corridor: Touched(share, _segments(whole.corridor, pairs))
            for whole, share in pairs
            if whole.segment is None
        }


@lru_cache(maxsize=64)
def strips_of(in_force: InForce, reach_m: float) -> Strips:
    """The strips of the agreement in force, widened by `reach_m` on each side."""
    strips = [
        strip for corridor in in_force.agreement.corridors for strip in _strips(corridor, reach_m)
    ]
    return Strips(strips, ZoneSet.build([strip.shape for strip in strips]))


def reach_of(in_force: InForce, weapons: Iterable[Weapon]) -> float:
    """How far from a route, in metres, a violation with these weapons still bears on it."""
    named = frozenset(weapons)
    return max(
        (
            rule.reach_m
            for rule in in_force.methodology.corridor.reaches
            if named & frozenset(rule.weapons)
        ),
        default=0.0,
    )


def _segments(corridor: str, pairs: Iterable[tuple[_Strip, float]]) -> tuple[str, ...]:
    found = {strip.segment for strip, _ in pairs if strip.corridor == corridor}
    return tuple(sorted(segment for segment in found if segment is not None))


def _strips(corridor: Corridor, wider_m: float) -> Iterator[_Strip]:
    whole = corridor_outline(corridor, wider_m)
    yield _Strip(corridor.id, None, ZoneShape(corridor.id, whole))
    if not corridor.segments or corridor.width_m is None:
        return  # crossing points alone do not tell where on the rest of the route it was
    width_m = corridor.width_m + 2 * wider_m
    chainage, (measured,) = corridor.chainage, measure_routes([corridor]).values()
    assert chainage is not None  # a document that has segments and no chainage is refused
    for segment, from_m, to_m in _stretches(corridor, chainage, corridor.width_m):
        line = measured.line
        start = min(max(0.0, from_m), line.length_m - _AT_LEAST_M)
        end = min(line.length_m, max(to_m, start + _AT_LEAST_M))
        strip = buffer_route(line.between(start, end), width_m)
        yield _Strip(corridor.id, segment, ZoneShape(f"{corridor.id}/{segment}", strip))


def _stretches(
    corridor: Corridor, chainage: Chainage, width_m: float
) -> Iterator[tuple[str, float, float]]:
    """From where to where each part lies, in metres from the route's beginning."""
    off_m, reached_m = chainage.tolerance_m, 0.0
    for segment in corridor.segments:
        km = segment.to_km
        to_m = float("inf") if km is None else (km - chainage.start_km) * _M_OF_KM
        yield segment.id, reached_m - off_m, to_m + off_m
        reached_m = to_m
    for crossing in corridor.crossings:
        at_m, half_m = (crossing.at_km - chainage.start_km) * _M_OF_KM, width_m / 2
        yield crossing.id, at_m - half_m - off_m, at_m + half_m + off_m
