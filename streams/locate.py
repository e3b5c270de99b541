"""Locate: a report's location → the region of the Earth in which it happened.

Place on the data's way: decode → **locate** → geofence. A region is all that may be concluded from
what was reported: a disc, a bell about a point, a union of sectors, an area, a track. What has no
known extent (no location, a bearing without a distance, a name that no gazetteer has resolved) gets
no region, and never a default one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType, NoneType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo import shapes
from geo.density import REACH_PER_R95
from geo.ellipsoid import Floats
from geo.errors import RegionError
from geo.shapes import Region, RegionBatch, usable_circles
from streams.events import Area, Bearings, Location, NamedPlace, OnRoute, Point, Report, Track
from streams.measure_route import MeasuredRoute
from streams.methodology import Methodology
from streams.vocabulary import Means, Spread

HALF_WIDTH_DEG = {8: 22.5, 16: 11.25, None: 22.5}
"""Half the angle between neighbouring compass points; unstated: the wider (domain.md, "Where")."""


class Unlocated(StrEnum):
    """Why a report has no region."""

    NO_LOCATION = "no_location"
    DISTANCE_UNKNOWN = "distance_unknown"
    PLACE_NOT_RESOLVED = "place_not_resolved"
    ROUTE_NOT_MEASURED = "route_not_measured"
    """The agreement has no such corridor, or counts no kilometres on it."""
    BEYOND_ROUTE = "beyond_route"
    """The kilometres lie before the route's first mark or behind its last."""
    EXTENT_UNUSABLE = "extent_unusable"
    """Reaches farther than 500 km from its centre, or over a pole: too wide to say anything.

    Or a track or an outline that runs to and fro for too long to be drawn.
    """


_WITHOUT_PLACE: dict[type, Unlocated] = {
    NoneType: Unlocated.NO_LOCATION,
    NamedPlace: Unlocated.PLACE_NOT_RESOLVED,
}
"""Kinds of location that say of themselves that there is no region."""


@dataclass(frozen=True, slots=True)
class Located:
    """A batch of reports located: regions by row, and why the other rows have none."""

    regions: RegionBatch
    unlocated: dict[int, Unlocated]


class Locator:
    """Locates reports by one methodology's accuracies and one agreement's routes.

    Without a methodology every location counts as it is: for who looks at one before any report.
    """

    def __init__(
        self,
        methodology: Methodology | None,
        routes: Mapping[str, MeasuredRoute] = MappingProxyType({}),
    ) -> None:
        self._routes = routes
        self._floor = methodology.accuracy_floor_m if methodology else 0.0
        self._otherwise = methodology.accuracy_otherwise_m if methodology else 0.0
        defaults = methodology.default_accuracy if methodology else ()
        self._by_means = {item.means: item.accuracy_m for item in defaults}

    def locate(self, reports: Sequence[Report]) -> Located:
        """Locate a batch; a row's result does not depend on the others."""
        rows: list[int] = []
        points: list[Point] = []
        reaches_m: list[float] = []
        others: list[tuple[int, Region]] = []
        unlocated: dict[int, Unlocated] = {}
        for row, report in enumerate(reports):
            location = report.location
            if type(location) is Point:
                rows.append(row)
                reach_m = location.accuracy_m
                if reach_m is None or reach_m < self._floor:
                    reach_m = self._accuracy(reach_m, report.means)
                points.append(location)
                reaches_m.append(reach_m)
                continue
            region = _WITHOUT_PLACE.get(type(location)) or self.region(location, report.means)
            if isinstance(region, Unlocated):
                unlocated[row] = region
            else:
                others.append((row, region))
        discs = _discs(rows, points, reaches_m)
        return Located(_batch(len(reports), discs, others, unlocated), unlocated)

    def _accuracy(self, reported_m: float | None, means: Sequence[Means]) -> float:
        """What was reported, else the coarsest default among the report's means."""
        if reported_m is None:
            reported_m = max(
                (self._by_means[each] for each in means if each in self._by_means),
                default=self._otherwise,
            )
        return max(reported_m, self._floor)

    def region(self, location: Location | None, means: Sequence[Means]) -> Region | Unlocated:
        """The region of one location, as seen by some means; or why it has none."""
        # A region that geo refuses is one that nothing can be concluded from: the report goes
        # on without a location, and its verdict is `cannot_determine`.
        try:
            if isinstance(location, Point):
                shape = shapes.Gaussian if location.spread is Spread.GAUSSIAN else shapes.Circle
                accuracy_m = self._accuracy(location.accuracy_m, means)
                return shape(location.lon, location.lat, accuracy_m)
            if isinstance(location, Bearings):
                return self._sectors(location, means)
            if isinstance(location, Area):
                outer, *holes = location.coordinates
                return shapes.Area(shapely.Polygon(outer, holes))
            if isinstance(location, Track):
                return shapes.Track(location.points, self._accuracy(location.accuracy_m, means))
            if isinstance(location, OnRoute):
                return self._stretch(location, means)
        except RegionError:
            return Unlocated.EXTENT_UNUSABLE
        return _WITHOUT_PLACE[type(location)]

    def _stretch(self, location: OnRoute, means: Sequence[Means]) -> Region | Unlocated:
        """All within the accuracy and the marks' tolerance of the stretch, along and across."""
        route = self._routes.get(location.corridor)
        if route is None:
            return Unlocated.ROUTE_NOT_MEASURED
        to_km = location.from_km if location.to_km is None else location.to_km
        points = route.stretch(location.from_km, to_km)
        if points is None:
            return Unlocated.BEYOND_ROUTE
        accuracy_m = self._accuracy(location.accuracy_m, means) + route.tolerance_m
        return shapes.Track(points, accuracy_m)

    def _sectors(self, location: Bearings, means: Sequence[Means]) -> Region | Unlocated:
        half_width_deg = HALF_WIDTH_DEG[location.compass_points]
        sectors = []
        for sector in location.sectors:
            if sector.max_m is None:
                return Unlocated.DISTANCE_UNKNOWN
            sectors.append(
                shapes.Sector(
                    bearing_deg=sector.bearing_deg,
                    half_width_deg=sector.half_width_deg or half_width_deg,
                    min_m=sector.min_m,
                    # "0 m away" is the observer's own spot, which has an extent too.
                    max_m=sector.max_m or self._floor,
                )
            )
        accuracy_m = self._accuracy(location.accuracy_m, means)
        return shapes.Sectors(location.lon, location.lat, accuracy_m, tuple(sectors))


class _Discs(NamedTuple):
    """Points as columns."""

    row: npt.NDArray[np.int64]
    lon: Floats
    lat: Floats
    radius_m: Floats
    gaussian: npt.NDArray[np.bool_]


def _discs(rows: list[int], points: list[Point], reaches_m: list[float]) -> _Discs:
    """Points by row, and how far each of them reaches by its accuracy."""
    gaussian = np.array([it.spread is Spread.GAUSSIAN for it in points], dtype=np.bool_)
    radius_m = np.array(reaches_m, dtype=np.float64)
    radius_m[gaussian] *= REACH_PER_R95
    lon = np.array([it.lon for it in points], dtype=np.float64)
    lat = np.array([it.lat for it in points], dtype=np.float64)
    return _Discs(np.array(rows, dtype=np.int64), lon, lat, radius_m, gaussian)


def _batch(
    n: int, discs: _Discs, others: list[tuple[int, Region]], unlocated: dict[int, Unlocated]
) -> RegionBatch:
    row, lon, lat, radius_m, gaussian = discs
    usable = usable_circles(lon, lat, radius_m)
    if not usable.all():
        unlocated.update((int(at), Unlocated.EXTENT_UNUSABLE) for at in row[~usable])
        row, gaussian = row[usable], gaussian[usable]
        lon, lat, radius_m = lon[usable], lat[usable], radius_m[usable]
    return RegionBatch(n, row, lon, lat, radius_m, gaussian, tuple(others))
