"""Reach: from where and how far somebody watched, for certain.

Place on the data's way: watching → **reach** → watch. A position that may be off by some metres
watches so many less far: only what is in reach wherever the observer truly was counts. A range that
nobody has said reaches nothing; the methodology's range of a means is also the most that is
believed. An area (what a UAV or satellite saw) is watched as it is drawn, whatever the range.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from shapely import MultiPolygon, Polygon

from geo import shapes
from geo.paced import Paced
from geo.watched import seen_outline
from streams.coverage.watching import Reason, Unused, Watching
from streams.events import Bearings, Location
from streams.instants import seconds_to_micros
from streams.locate import Locator, Unlocated
from streams.methodology import UNWATCHED, CoverageRules, Methodology
from streams.vocabulary import Means
from streams.when.spans import Spans

LONGEST_WAY = seconds_to_micros(86_400)
"""Microseconds. Nobody goes on at one pace for more than a day."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """What some means of one report reach: a disc about a way or a spot, or an outline."""

    watching: Watching
    means: frozenset[Means]
    spans: Spans
    """When it watched."""
    way: Paced | None
    """At an even pace over the report's whole interval, downtime included; one position: a spot."""
    radius_m: float
    outline: Polygon | MultiPolygon | None
    """lon/lat; in place of a way."""

    @property
    def moves(self) -> bool:
        """Whether what it reaches changes from one moment to the next."""
        return self.way is not None and len(self.way.points) > 1


class Reacher:
    """Finds reaches by one methodology and one agreement's routes."""

    def __init__(self, methodology: Methodology, locator: Locator) -> None:
        self._locator = locator
        self._skew = seconds_to_micros(methodology.clock_skew_s)
        self._ranges = _ranges(methodology.coverage or UNWATCHED)

    def reaches(self, watching: Watching, spans: Spans) -> list[Reach] | Reason:
        """What a report reaches, by range; or why it reaches nothing.

        `spans`: when it watched, as `up` says.
        """
        received = watching.received
        if received is not None and watching.end > received + self._skew:
            return Unused.AHEAD_OF_RECEIPT
        if not spans.starts:
            return Unused.ALL_DOWN
        reasons: list[Reason] = []
        found: list[Reach] = []
        for range_m, means in self._by_range(watching).items():
            reach = self._reach(watching, spans, range_m, means)
            (found if isinstance(reach, Reach) else reasons).append(reach)  # type: ignore[arg-type]
        return found or reasons[0]

    def _by_range(self, watching: Watching) -> Mapping[float | None, frozenset[Means]]:
        """Means that reach as far; None: nobody has said how far."""
        grouped: defaultdict[float | None, set[Means]] = defaultdict(set)
        for means in watching.means:
            told = [it for it in (watching.range_m, self._ranges.get(means)) if it is not None]
            grouped[min(told, default=None)].add(means)
        return {range_m: frozenset(means) for range_m, means in grouped.items()}

    def _reach(
        self, watching: Watching, spans: Spans, range_m: float | None, means: frozenset[Means]
    ) -> Reach | Reason:
        location = _within(watching.location, range_m)
        if location is None and watching.location is not None:
            return Unused.RANGE_UNKNOWN
        region = self._locator.region(location, watching.means)
        if isinstance(region, Unlocated):
            return region
        if isinstance(region, shapes.Area | shapes.Sectors):
            outline = _outline(region)
            if outline is None:
                return Unused.POSITION_TOO_COARSE
            return Reach(watching, means, spans, None, 0.0, outline)
        if range_m is None:
            return Unused.RANGE_UNKNOWN
        positions, uncertain_m = _way(region)
        if range_m <= uncertain_m:
            return Unused.POSITION_TOO_COARSE
        if len(positions) > 1 and watching.end - watching.start > LONGEST_WAY:
            return Unused.PACE_UNKNOWN
        return Reach(watching, means, spans, Paced.of(positions), range_m - uncertain_m, None)


def _ranges(rules: CoverageRules) -> dict[Means, float]:
    """The range of each means."""
    return {it.means: it.range_m for it in rules.ranges}


def _within(location: Location | None, range_m: float | None) -> Location | None:
    """Sectors no farther than the range; as they are where there is none. None: nothing is left."""
    if not isinstance(location, Bearings) or range_m is None:
        return location
    sectors = tuple(
        msgspec.structs.replace(it, max_m=range_m if it.max_m is None else min(it.max_m, range_m))
        for it in location.sectors
        if it.min_m < range_m
    )
    return msgspec.structs.replace(location, sectors=sectors) if sectors else None


def _outline(region: shapes.Area | shapes.Sectors) -> Polygon | MultiPolygon | None:
    if isinstance(region, shapes.Area):
        return seen_outline(region, 0.0)
    sure = shapes.Sectors(region.lon, region.lat, 0.0, tuple(_with_depth(region.sectors)))
    return seen_outline(sure, region.accuracy_m) if sure.sectors else None


def _with_depth(sectors: Sequence[shapes.Sector]) -> Iterator[shapes.Sector]:
    """Those that show some ground."""
    return (it for it in sectors if it.min_m < it.max_m)


def _way(
    region: shapes.Circle | shapes.Gaussian | shapes.Track,
) -> tuple[Sequence[tuple[float, float]], float]:
    """Positions in order, one where it stands still, and how far off they may be."""
    if isinstance(region, shapes.Track):
        first = region.points[0]
        stands = all(point == first for point in region.points)
        return (region.points[:1] if stands else region.points), region.accuracy_m
    return ((region.lon, region.lat),), region.reach_m
