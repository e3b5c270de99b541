"""An independent reckoning of `p_inside`: a flat earth, a grid of points, no Shapely, no ellipsoid.

A point belongs to a report's region when it lies within the observer's accuracy of one of the
sectors. The share is the part of those grid points that lie in the zone. Good to about 0.01 for
regions of a few kilometres.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

DEGREE_M = 111_200.0
"""A degree of latitude at 48° north."""

XY = tuple[float, float]
LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Wedge:
    """A sector: bearing and half width in degrees (None: all round), distances in metres."""

    bearing: float | None
    half: float
    near: float
    far: float


@dataclass(frozen=True, slots=True)
class Sighting:
    """An observer with what was pointed at."""

    lon: float
    lat: float
    accuracy: float
    wedges: tuple[Wedge, ...]


def share(sighting: Sighting, ring: Sequence[LonLat], points: int = 8_000) -> float:
    """Share of the sighting's region that lies in a zone's outer ring."""
    flat = [_flat(lon, lat, sighting) for lon, lat in ring]
    region = [xy for xy in _grid(sighting, points) if _near(sighting, xy)]
    return sum(_inside(flat, xy) for xy in region) / len(region)


def _flat(lon: float, lat: float, sighting: Sighting) -> XY:
    """Metres east and north of the observer."""
    # A degree of longitude is 0.2 % longer than the sphere says, at this latitude.
    east = DEGREE_M * 1.004 * math.cos(math.radians(sighting.lat))
    return (lon - sighting.lon) * east, (lat - sighting.lat) * DEGREE_M


def _grid(sighting: Sighting, points: int) -> Iterator[XY]:
    reach = max(wedge.far for wedge in sighting.wedges) + sighting.accuracy
    steps = math.isqrt(points)
    for i in range(steps):
        for j in range(steps):
            yield (2 * (i + 0.5) / steps - 1) * reach, (2 * (j + 0.5) / steps - 1) * reach


def _near(sighting: Sighting, xy: XY) -> bool:
    return any(_distance(wedge, xy) <= sighting.accuracy for wedge in sighting.wedges)


def _distance(wedge: Wedge, xy: XY) -> float:
    """How far a point is from the nearest of a wedge's points."""
    x, y = xy
    radius = math.hypot(x, y)
    radial = max(wedge.near - radius, radius - wedge.far, 0.0)
    if wedge.bearing is None:
        return radial
    off = (math.degrees(math.atan2(x, y)) - wedge.bearing + 180) % 360 - 180
    if abs(off) <= wedge.half:
        return radial
    # Beside the wedge the nearest point is on one of its two straight edges.
    edges = (wedge.bearing - wedge.half, wedge.bearing + wedge.half)
    return min(_to_edge(math.radians(edge), wedge, xy) for edge in edges)


def _to_edge(angle: float, wedge: Wedge, xy: XY) -> float:
    ux, uy = math.sin(angle), math.cos(angle)
    along = min(max(xy[0] * ux + xy[1] * uy, wedge.near), wedge.far)
    return math.hypot(xy[0] - along * ux, xy[1] - along * uy)


def _inside(ring: Sequence[XY], xy: XY) -> bool:
    """Ray casting: a ray to the east crosses the ring an odd number of times."""
    x, y = xy
    crossed = False
    for (x0, y0), (x1, y1) in pairwise(ring):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            crossed = not crossed
    return crossed
