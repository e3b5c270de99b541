"""Zones over time: when a zone was in force, in which shape, and how sightings are read then.

Place on the data's way: register → **stretches of a zone** → fold. By the time of observation, not
of arrival. An amendment that leaves a zone as it is cuts nothing; one that moves it ends what was
known of it: who stood in the old zone has not thereby entered the new one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import msgspec

from geo.line_crossing import Line
from streams.agreement import Agreement, Band, Baseline, Corridor, Strip, Validity, Zone
from streams.inforce import Register
from streams.instants import micros, micros_or_forever
from streams.methodology import STRICTEST, SightingRules
from streams.outlines import CORRIDOR_PREFIX

BASELINE_PREFIX = "baseline:"
"""A baseline is a line that may be crossed, under this prefix and its id."""


class MeasuredZone(NamedTuple):
    """A zone that is written by metres, with the lines that it may be measured from."""

    zone: Zone
    baselines: tuple[Baseline, ...]


Shape = Zone | MeasuredZone | Corridor | Baseline
"""A zone or line without its names and validity: all that says where it lies."""


_Shapes = dict[str, list[tuple[Shape, Validity | None]]]


class ZoneStretch(NamedTuple):
    """From `start` until before `end` (µs) a zone has one shape and sightings one reading."""

    start: int
    end: int
    shape: Shape
    rules: SightingRules


class ZonesOverTime:
    """The zones of one mission; each is worked out once."""

    def __init__(self, register: Register, mission: str) -> None:
        self._versions = register.versions(mission)
        self._shapes: dict[int, _Shapes] = {}
        self._known: dict[str, list[ZoneStretch]] = {}
        self._lines: dict[int, Line] = {}

    def of(self, zone_id: str) -> list[ZoneStretch]:
        """The stretches in which the zone is in force, in order; neighbours differ."""
        if zone_id not in self._known:
            self._known[zone_id] = self._stretches(zone_id)
        return self._known[zone_id]

    def line_ids(self) -> list[str]:
        """What is a line or has one: baselines, and corridors by their routes."""
        agreements = [version.agreement for version in self._versions if version.agreement]
        drawn = [it for each in agreements for it in each.corridors if it.route is not None]
        routes = {CORRIDOR_PREFIX + it.id for it in drawn}
        return sorted(routes | {BASELINE_PREFIX + it.id for a in agreements for it in a.baselines})

    def line(self, stretch: ZoneStretch) -> Line | None:
        """The line of a stretch of such a one."""
        shape = stretch.shape
        if not isinstance(shape, Corridor | Baseline) or not _is_line(shape):
            return None
        if id(shape) not in self._lines:
            self._lines[id(shape)] = _line(shape)
        return self._lines[id(shape)]

    def _stretches(self, zone_id: str) -> list[ZoneStretch]:
        found: list[ZoneStretch] = []
        for start, end, agreement, methodology in self._versions:
            if agreement is None or methodology is None:
                continue
            rules = methodology.sightings or STRICTEST
            for shape, valid in self._shapes_of(agreement).get(zone_id, ()):
                first, last = micros(start), micros_or_forever(end)
                if valid is not None:
                    first = max(first, micros(valid.from_))
                    last = min(last, micros_or_forever(valid.to))
                if first < last:
                    found.append(ZoneStretch(first, last, shape, rules))
        return _joined(sorted(found, key=lambda stretch: stretch[:2]))

    def _shapes_of(self, agreement: Agreement) -> _Shapes:
        """The shapes of an agreement's zones and corridors with their validities, by zone id."""
        if id(agreement) not in self._shapes:
            self._shapes[id(agreement)] = _shapes(agreement)
        return self._shapes[id(agreement)]


def _is_line(shape: Corridor | Baseline) -> bool:
    """Whether it can be crossed; an access area has no route."""
    return isinstance(shape, Baseline) or shape.route is not None


def _line(shape: Corridor | Baseline) -> Line:
    if isinstance(shape, Corridor):
        assert shape.route is not None, "asked of what is a line alone"
        return Line.of(shape.route.coordinates)
    return Line.of(shape.line.coordinates, geodesic=shape.edges == "geodesic")


def _shapes(agreement: Agreement) -> _Shapes:
    shapes: _Shapes = defaultdict(list)
    baselines = tuple([msgspec.structs.replace(it, name="") for it in agreement.baselines])
    for zone in agreement.zones:
        bare = msgspec.structs.replace(zone, name="", note=None, valid=None)
        written = (zone.geometry, *(claim.geometry for claim in zone.claims))
        measured = any(isinstance(geometry, Strip | Band) for geometry in written)
        shape: Shape = MeasuredZone(bare, baselines) if measured else bare
        shapes[zone.id].append((shape, zone.valid))
    for baseline in baselines:
        shapes[BASELINE_PREFIX + baseline.id].append((baseline, None))
    for corridor in agreement.corridors:
        route = msgspec.structs.replace(
            corridor, name="", windows=(), hours=(), announced=(), valid=None
        )
        shapes[CORRIDOR_PREFIX + corridor.id].append((route, corridor.valid))
    return shapes


def _joined(stretches: list[ZoneStretch]) -> list[ZoneStretch]:
    """Stretches that follow each other and differ in nothing become one."""
    joined: list[ZoneStretch] = []
    for stretch in stretches:
        last = joined[-1] if joined else None
        if last is not None and last.end == stretch.start and last[2:] == stretch[2:]:
            joined[-1] = last._replace(end=stretch.end)
        else:
            joined.append(stretch)
    return joined
