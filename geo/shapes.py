"""Regions of uncertainty: where a report says that something happened, and how surely.

The locate stage makes them, containment consumes them. Longitude and latitude are WGS84 degrees,
distances metres, bearings degrees clockwise from north. A value that exists is usable: every
constructor refuses, with a `RegionError`, what containment could not answer for.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon

from geo.density import REACH_PER_R95
from geo.ellipsoid import WGS84, Floats, too_near_a_pole
from geo.errors import (
    BadRegionError,
    EmptyRegionError,
    PolarRegionError,
    RegionTooLargeError,
)

# Within this the local plane's distances are good to 8e-4 and its areas to 2e-6.
MAX_REACH_M = 500_000.0
# A day's flight, or six times around the widest disc. What runs to and fro for longer, or crosses
# itself more often, takes minutes and gigabytes to draw, from a report of 30 kB, and says nothing
# about a place.
MAX_LENGTH_M = 20_000_000.0
MAX_TRACK_CROSSINGS = 60_000
# Legs asked about at once: what crosses itself everywhere is known for it after a few.
_LEGS = 64
HALF_TURN_DEG = 180.0


@dataclass(frozen=True, slots=True)
class Circle:
    """A point with an accuracy: anywhere within `radius_m`, uniform by area.

    A radius below 1 mm means the exact point.
    """

    lon: float
    lat: float
    radius_m: float

    def __post_init__(self) -> None:
        _require_position(self.lon, self.lat)
        _require_length(self.radius_m, "radius_m")
        _require_reach(self.lat, self.radius_m)

    @property
    def reach_m(self) -> float:
        """Distance from the point beyond which nothing of the region lies."""
        return self.radius_m


@dataclass(frozen=True, slots=True)
class Gaussian:
    """A point with its 95 % radius: a circular bell about it, `density.GAUSSIAN`.

    Its region is the disc of `reach_m`, beyond which 1e-6 of the bell lies; limits are that disc's.
    """

    lon: float
    lat: float
    radius95_m: float

    def __post_init__(self) -> None:
        _require_position(self.lon, self.lat)
        _require_length(self.radius95_m, "radius95_m")
        _require_reach(self.lat, self.reach_m)

    @property
    def reach_m(self) -> float:
        """Radius of the disc that counts as all of it."""
        return self.radius95_m * REACH_PER_R95


@dataclass(frozen=True, slots=True)
class Sector:
    """Bearing `bearing_deg` ± `half_width_deg`, from `min_m` to `max_m` away.

    A bearing of None, or a half width of 180, means all round: an annulus.
    """

    bearing_deg: float | None
    half_width_deg: float
    min_m: float
    max_m: float

    def __post_init__(self) -> None:
        _require_length(self.min_m, "min_m")
        _require_length(self.max_m, "max_m")
        if self.max_m == 0 or self.min_m > self.max_m:
            raise BadRegionError(f"distance range {self.min_m:g} to {self.max_m:g} m is none")
        if self.bearing_deg is None:
            return
        if not (math.isfinite(self.bearing_deg) and -360 <= self.bearing_deg <= 360):
            raise BadRegionError(f"bearing {self.bearing_deg} is not within ±360°")
        if not 0 < self.half_width_deg <= HALF_TURN_DEG:
            raise BadRegionError(f"half width {self.half_width_deg} is not within 0 to 180°")

    @property
    def all_round(self) -> bool:
        """Whether the sector is a whole disc or annulus."""
        return self.bearing_deg is None or self.half_width_deg >= HALF_TURN_DEG


@dataclass(frozen=True, slots=True)
class Sectors:
    """What an observer at (`lon`, `lat`) pointed at: the union of sectors.

    The observer's own position is known to `accuracy_m`, so the union is widened by as much on
    every side.
    """

    lon: float
    lat: float
    accuracy_m: float
    sectors: tuple[Sector, ...]

    def __post_init__(self) -> None:
        _require_position(self.lon, self.lat)
        _require_length(self.accuracy_m, "accuracy_m")
        if not self.sectors:
            raise EmptyRegionError("no sector")
        if self.accuracy_m == 0 and any(s.min_m == s.max_m for s in self.sectors):
            raise EmptyRegionError("an exact distance from an exact position has no area")
        _require_reach(self.lat, self.reach_m)

    @property
    def reach_m(self) -> float:
        """Distance from the observer beyond which nothing of the region lies."""
        return max(s.max_m for s in self.sectors) + self.accuracy_m


@dataclass(frozen=True, slots=True)
class Area:
    """Anywhere in `geometry` (lon/lat, edges straight in lon/lat), uniform by area.

    Parts on both sides of ±180° are one area, cut there as RFC 7946 asks.
    """

    geometry: Polygon | MultiPolygon

    def __post_init__(self) -> None:
        if not self.geometry.is_valid:
            raise BadRegionError(f"the area is invalid: {shapely.is_valid_reason(self.geometry)}")
        if self.geometry.area == 0:
            raise EmptyRegionError("the area is empty")
        _require_outline(shapely.get_coordinates(self.geometry), 0.0)
        _require_length_within(sum(map(_length_m, shapely.get_rings(self.geometry))))


@dataclass(frozen=True, slots=True)
class Track:
    """Anywhere within `accuracy_m` of the line through `points` (lon, lat), uniform by area."""

    points: tuple[tuple[float, float], ...]
    accuracy_m: float

    def __post_init__(self) -> None:
        _require_length(self.accuracy_m, "accuracy_m")
        if not self.points or self.accuracy_m == 0:
            raise EmptyRegionError("a track needs a position and an accuracy above 0")
        points = np.asarray(self.points, dtype=np.float64)
        _require_outline(points, self.accuracy_m)
        _require_plain_way(points)


Region = Circle | Gaussian | Sectors | Area | Track


@dataclass(frozen=True, slots=True, eq=False)
class RegionBatch:
    """The regions of `n` rows: circles and Gaussians as columns, the others one by one.

    `circle_row` int64[k] and `circle_lon`, `circle_lat`, `circle_radius_m` float64[k];
    `circle_gaussian` bool[k]: a Gaussian, whose radius is its reach. A row without a location is
    in neither. Columns are checked like `Circle`: use `usable_circles` first where they come from
    outside.
    """

    n: int
    circle_row: npt.NDArray[np.int64]
    circle_lon: Floats
    circle_lat: Floats
    circle_radius_m: Floats
    circle_gaussian: npt.NDArray[np.bool_]
    others: tuple[tuple[int, Region], ...] = ()

    def __post_init__(self) -> None:
        columns = (self.circle_row, self.circle_lon, self.circle_lat, self.circle_radius_m)
        shapes = {c.shape for c in (*columns, self.circle_gaussian)}
        if len(shapes) != 1 or self.circle_row.ndim != 1:
            raise BadRegionError("the circle columns differ in length")
        rows = np.concatenate([self.circle_row, [row for row, _ in self.others]]).astype(np.int64)
        if rows.size and (rows.min() < 0 or rows.max() >= self.n):
            raise BadRegionError("a row number is outside the batch")
        if rows.size and np.bincount(rows).max() > 1:
            raise BadRegionError("a row has two regions")
        usable = usable_circles(self.circle_lon, self.circle_lat, self.circle_radius_m)
        if not usable.all():
            at = int(np.argmin(usable))
            Circle(*(float(column[at]) for column in columns[1:]))  # says what is wrong with it
            raise BadRegionError(f"circle {at} is not usable")

    @classmethod
    def of(cls, regions: Sequence[Region | None]) -> "RegionBatch":
        """A batch of `regions`, one a row; None where a row has no location."""
        located = [(i, r) for i, r in enumerate(regions) if r is not None]
        circles = [(i, r) for i, r in located if isinstance(r, Circle | Gaussian)]
        others = [(i, r) for i, r in located if not isinstance(r, Circle | Gaussian)]
        return cls(
            n=len(regions),
            circle_row=np.array([i for i, _ in circles], dtype=np.int64),
            circle_lon=_column(r.lon for _, r in circles),
            circle_lat=_column(r.lat for _, r in circles),
            circle_radius_m=_column(r.reach_m for _, r in circles),
            circle_gaussian=np.array([isinstance(r, Gaussian) for _, r in circles], dtype=np.bool_),
            others=tuple(others),
        )


def usable_circles(lon: Floats, lat: Floats, radius_m: Floats) -> npt.NDArray[np.bool_]:
    """Which circles `Circle` would accept; all columns and the result have one shape."""
    with np.errstate(invalid="ignore"):
        in_range = (np.abs(lon) <= HALF_TURN_DEG) & (np.abs(lat) <= 90)
        sized = (radius_m >= 0) & (radius_m <= MAX_REACH_M)
        return np.asarray(in_range & sized & ~too_near_a_pole(lat, radius_m))


def unwrapped_longitudes(lon: Floats) -> Floats:
    """Longitudes of one outline made continuous: if over 180° wide, those west of 0 move a turn."""
    if lon.max() - lon.min() <= HALF_TURN_DEG:
        return lon
    return np.where(lon < 0, lon + 360.0, lon)


def _column(values: Iterable[float]) -> Floats:
    return np.fromiter(values, dtype=np.float64)


def _require_position(lon: float, lat: float) -> None:
    if not (-HALF_TURN_DEG <= lon <= HALF_TURN_DEG and -90 <= lat <= 90):
        raise BadRegionError(f"position ({lon}, {lat}) is not lon within ±180, lat within ±90")


def _require_length(value: float, name: str) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise BadRegionError(f"{name} {value} is not a length")


def _require_reach(lat: float, reach_m: float) -> None:
    if reach_m > MAX_REACH_M:
        raise RegionTooLargeError(f"reaches {reach_m / 1000:.0f} km from its centre, limit 500 km")
    if too_near_a_pole(np.float64(lat), np.float64(reach_m)):  # type: ignore[arg-type]
        raise PolarRegionError(f"reaches a pole from latitude {lat}")


def _require_outline(coords: Floats, margin_m: float) -> None:
    for lon, lat in (
        (coords[:, 0].min(), coords[:, 1].min()),
        (coords[:, 0].max(), coords[:, 1].max()),
    ):
        _require_position(float(lon), float(lat))
    lon = unwrapped_longitudes(coords[:, 0])
    lat = coords[:, 1]
    lon0, lat0 = (lon.min() + lon.max()) / 2, (lat.min() + lat.max()) / 2
    _, _, distance = WGS84.inv(np.full_like(lon, lon0), np.full_like(lat, lat0), lon, lat)
    _require_reach(float(lat0), float(np.max(distance)) + margin_m)


def _require_plain_way(points: Floats) -> None:
    lon, lat = unwrapped_longitudes(points[:, 0].copy()), points[:, 1].copy()
    _require_length_within(float(WGS84.line_length(lon, lat)))
    if _crosses_itself_too_often(np.stack([lon, lat], axis=1)):
        raise RegionTooLargeError(f"crosses itself more than {MAX_TRACK_CROSSINGS:,} times")


def _length_m(ring: shapely.LinearRing) -> float:
    return float(WGS84.line_length(*shapely.get_coordinates(ring).T))


def _require_length_within(length_m: float) -> None:
    if length_m > MAX_LENGTH_M:
        raise RegionTooLargeError(f"is {length_m / 1000:,.0f} km long, limit 20,000 km")


def _crosses_itself_too_often(points: Floats) -> bool:
    """Whether in more than `MAX_TRACK_CROSSINGS` pairs legs of the way meet, neighbours left out.

    A leg that is gone more than once, either way, counts once: it adds nothing to the region.
    """
    ends = np.stack([points[:-1], points[1:]], axis=1)
    if len(ends) ** 2 / 2 <= MAX_TRACK_CROSSINGS:
        return False
    turned = (ends[:, 0, 0] > ends[:, 1, 0]) | (
        (ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1])
    )
    ends[turned] = ends[turned][:, ::-1]
    legs = np.asarray(shapely.linestrings(np.unique(ends, axis=0)))
    tree, found = shapely.STRtree(legs), -legs.size  # neighbours share an end
    for start in range(0, legs.size, _LEGS):
        leg, other = tree.query(legs[start : start + _LEGS], predicate="intersects")
        found += int((other > leg + start).sum())
        if found > MAX_TRACK_CROSSINGS:
            return True
    return False
