"""Line crossing: from one place to another, and on which side of a line each lies.

Between located sightings and the fold of whereabouts. A line has a left and a right, seen along it
from its first position to its last, and most lines end somewhere: who was left of it and then
right of it has crossed it, or has gone round an end.

Why a crossing can be certain: let the straight way from A to B meet the line an odd number of
times. Any way that does not meet the line then goes round one of its ends E, which lies inside the
hull of that way; so the triangle A E B does, and the way is at least |AE| + |EB| long (of two
convex figures, one in the other, the inner has the shorter outline). A subject that cannot have
travelled that far has crossed. A closed line has no ends: odd is certain.

Places are discs. Both must keep clear of the line, and its ends clear of all ways between them:
then it makes no difference where in the discs A and B were. Error: the local plane's distances are
good to 8e-4 within 500 km; margins of 2e-3 are on the safe side of it.
"""

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely
from shapely import LineString, Point

from geo.along_track import clear_pieces
from geo.densify import densified, geodesic_densified
from geo.ellipsoid import WGS84, Floats, reach_half_degrees
from geo.errors import RouteError
from geo.footprint import footprint, track_line
from geo.projection import project
from geo.shapes import Track

MAX_APART_M = 500_000.0
"""Of places farther apart nothing is concluded."""

_SHARE = 2e-3
_PAD_M = 1.0
_LINE_ERROR_M = 0.01
_SAME_M = 1e-6


class Turn(IntEnum):
    """To which side of the line a passage leads."""

    TO_LEFT = -1
    TO_RIGHT = 1


@dataclass(frozen=True, slots=True)
class Passage:
    """From one side of a line to the other."""

    turn: Turn
    certain: bool
    """It was crossed; otherwise its end may have been gone round."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line, straight in lon/lat between its vertices; `points` float64[n, 2], lon continuous."""

    points: Floats
    shape: LineString

    @classmethod
    def of(cls, line_lonlat: tuple[tuple[float, float], ...], *, geodesic: bool = False) -> "Line":
        """The line through these positions; neighbours are joined the short way round.

        `geodesic`: by the shortest line on the ellipsoid, drawn to within a centimetre.

        Raises:
            RouteError: it has no length.
        """
        points = np.array(line_lonlat, dtype=np.float64).reshape(-1, 2)
        if len(points) == 0 or (points == points[0]).all():
            raise RouteError("a line needs at least two different positions")
        points[:, 0] = np.unwrap(points[:, 0], period=360.0)
        if geodesic:
            one = np.zeros(len(points), dtype=np.int64)
            points, _ = geodesic_densified(points, one, _LINE_ERROR_M)
        shape = LineString(points)
        shapely.prepare(shape)
        return cls(points, shape)

    @property
    def closed(self) -> bool:
        """Whether it ends where it begins."""
        return bool((self.points[0] == self.points[-1]).all())

    def distance_m(self, disc: "Disc") -> float:
        """From the disc's centre to the line; infinite where it keeps clear of the disc anyway."""
        lon = self.near(disc.lon)
        legs = _near(self, lon, disc.lat, disc.clear_m)
        distances = shapely.distance(shapely.linestrings(legs), Point(0, 0))
        return float(distances.min(initial=np.inf))

    def near(self, lon: float) -> float:
        """A longitude in the turn that is nearest to the line."""
        middle = (self.points[:, 0].min() + self.points[:, 0].max()) / 2
        return float(lon + 360.0 * round((middle - lon) / 360.0))


@dataclass(frozen=True, slots=True)
class Disc:
    """Somewhere within `radius_m` of a position."""

    lon: float
    lat: float
    radius_m: float

    @property
    def clear_m(self) -> float:
        """What keeps farther from the centre keeps clear of the disc."""
        return self.radius_m * (1 + _SHARE) + _PAD_M


def passage(line: Line, first: Disc, second: Disc, reach_m: float | None) -> Passage | None:
    """How the line lies between two places that a subject was at, one after the other.

    None: both on one side of it, or nothing can be said: one of them may be on the line itself, or
    they lie too far apart.

    Args:
        line: the line.
        first: where it was first.
        second: and then.
        reach_m: how far it may have travelled between; None: nobody knows.
    """
    a_lon, b_lon = line.near(first.lon), line.near(second.lon)
    _, _, apart_m = WGS84.inv(a_lon, first.lat, b_lon, second.lat)
    if apart_m > MAX_APART_M:
        return None
    lon, lat = (a_lon + b_lon) / 2, (first.lat + second.lat) / 2
    wide = max(first.clear_m, second.clear_m)
    legs = _near(line, lon, lat, apart_m / 2 * (1 + _SHARE) + wide)
    way = _projected(np.array([[a_lon, first.lat], [b_lon, second.lat]]), lon, lat)
    if not (_is_clear(legs, way[0], first.clear_m) and _is_clear(legs, way[1], second.clear_m)):
        return None
    net = _net(way, legs)
    if net % 2 == 0:
        return None
    certain = line.closed or (
        _ends_clear(line, way, lon, lat, wide)
        and reach_m is not None
        and reach_m < _detour_m(line, first, second) * (1 - 2 * _SHARE) - 2 * wide
    )
    return Passage(Turn.TO_RIGHT if net > 0 else Turn.TO_LEFT, certain)


def passages_along(line: Line, track: Track) -> tuple[Passage, ...]:
    """Where a track leads over the line, in the order in which it was travelled.

    Between two parts of the track that keep farther from the line than its accuracy, on different
    sides, it was crossed whatever the true path within that accuracy was, unless an end of the
    line lies so near that the path may have gone round it.
    """
    whole = footprint(track)
    lon, lat, margin_m = line.near(whole.lon), whole.lat, Disc(0, 0, track.accuracy_m).clear_m
    legs = _near(line, lon, lat, whole.reach_m * (1 + _SHARE) + margin_m)
    path = shapely.get_coordinates(track_line(track, whole.lon, whole.lat))
    if not len(legs) or len(path) == 1:
        return ()
    band = shapely.multilinestrings(list(legs)).buffer(margin_m)
    stays = _clear_stretches(path, band)
    ways = [_between(path, left, right) for left, right in pairwise(stays)]
    return tuple(
        Passage(
            Turn.TO_RIGHT if net > 0 else Turn.TO_LEFT,
            certain=line.closed or _ends_clear(line, way, lon, lat, margin_m),
        )
        for way in ways
        if (net := _net(way, legs)) % 2
    )


class _Stay(NamedTuple):
    """A stretch of a path that keeps clear of the line: its ends, each with its leg's number."""

    first_leg: int
    start: Floats
    last_leg: int
    end: Floats


def _clear_stretches(path: Floats, band: shapely.Geometry) -> list[_Stay]:
    stays: list[_Stay] = []
    for leg, (start, end) in enumerate(pairwise(path)):
        for piece in clear_pieces(start, end, band):
            first, last = (np.asarray(piece.coords[at]) for at in (0, -1))
            if stays and np.abs(stays[-1].end - first).max() < _SAME_M:
                stays[-1] = stays[-1]._replace(last_leg=leg, end=last)
            else:
                stays.append(_Stay(leg, first, leg, last))
    return stays


def _between(path: Floats, left: _Stay, right: _Stay) -> Floats:
    """The path from the end of one stretch to the start of the next, float64[n, 2]."""
    inner = path[left.last_leg + 1 : right.first_leg + 1]
    return np.concatenate([left.end[np.newaxis], inner, right.start[np.newaxis]])


def _near(line: Line, lon: float, lat: float, reach_m: float) -> Floats:
    """The line's legs that come within reach, in the plane about (lon, lat): float64[n, 2, 2]."""
    (dlon,), (dlat,) = (
        h.tolist() for h in reach_half_degrees(np.array([lat]), np.array([reach_m]))
    )
    low = np.minimum(line.points[:-1], line.points[1:])
    high = np.maximum(line.points[:-1], line.points[1:])
    box_low, box_high = np.array([lon - dlon, lat - dlat]), np.array([lon + dlon, lat + dlat])
    at = np.flatnonzero(((high >= box_low) & (low <= box_high)).all(axis=1))
    if not at.size:
        return np.empty((0, 2, 2))
    ends = np.stack([line.points[at], line.points[at + 1]], axis=1).reshape(-1, 2)
    dense, leg = densified(ends, np.repeat(np.arange(at.size), 2), reach_m, _LINE_ERROR_M)
    plane = _projected(dense, lon, lat)
    same = leg[:-1] == leg[1:]
    return np.stack([plane[:-1][same], plane[1:][same]], axis=1)


def _projected(positions: Floats, lon: float, lat: float) -> Floats:
    lon0, lat0 = np.full(len(positions), lon), np.full(len(positions), lat)
    x, y = project(lon0, lat0, positions[:, 0].copy(), positions[:, 1].copy())
    return np.stack([x, y], axis=1)


def _is_clear(legs: Floats, spot: Floats, by_m: float) -> bool:
    distances = shapely.distance(shapely.linestrings(legs), Point(spot))
    return bool((distances > by_m).all())


def _net(way: Floats, legs: Floats) -> int:
    """How often the way leads over the legs to their right, less how often to their left.

    A vertex of a leg on the way counts as left of it, so that a crossing there counts once.
    """
    start, end = way[:-1, np.newaxis], way[1:, np.newaxis]
    p, q = legs[np.newaxis, :, 0], legs[np.newaxis, :, 1]
    apart = (_cross(end - start, p - start) >= 0) != (_cross(end - start, q - start) >= 0)
    from_left = _cross(q - p, start - p) >= 0
    meets = apart & (from_left != (_cross(q - p, end - p) >= 0))
    return int(np.where(meets, np.where(from_left, 1, -1), 0).sum())


def _cross(one: Floats, other: Floats) -> Floats:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])


def _ends_clear(line: Line, way: Floats, lon: float, lat: float, by_m: float) -> bool:
    """Whether both ends of the line keep clear of all that lies around a way."""
    ends = _projected(line.points[[0, -1]], lon, lat)
    distances = shapely.distance(shapely.points(ends), LineString(way))
    return bool((distances > by_m).all())


def _detour_m(line: Line, first: Disc, second: Disc) -> float:
    """The shorter way round an end of the line, from centre to centre."""
    lon, lat = line.points[[0, -1]].T.copy()
    there = WGS84.inv(np.full(2, first.lon), np.full(2, first.lat), lon, lat)[2]
    on = WGS84.inv(lon, lat, np.full(2, second.lon), np.full(2, second.lat))[2]
    return float((np.asarray(there) + np.asarray(on)).min())
