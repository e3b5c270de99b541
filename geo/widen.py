"""A line widened by metres on both sides, with round ends: what corridors and derived zones share.

The line is cut into stretches, each widened in its own local plane and drawn back, and the
stretches are joined; their round ends overlap, so no gap opens between them. How exact that is,
`Fineness` says.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon

from geo.ellipsoid import WGS84, Floats
from geo.polygons import polygonal
from geo.projection import plane_radius, project, unproject

# Outline vertices are this close, so that their edges, straight in lon/lat again, stay within 1 cm
# of the curve at latitudes up to 60° (5 cm at 85°).
OUTLINE_STEP_M = 400.0


@dataclass(frozen=True, slots=True)
class Fineness:
    """How finely a line is widened."""

    stretch_m: float
    """A stretch is at most this long: its plane is good about the stretch's middle."""
    quarter_steps: int
    """Chords that a quarter of a round corner is drawn in."""
    along_geodesics: bool
    """Whether the width is metres of a geodesic, or of the plane, which falls short of it by
    width³ / 24R²: 2 cm at 25 km, 35 cm at 70 km."""


def widened(points: Floats, by_m: float, fineness: Fineness) -> Polygon | MultiPolygon:
    """All within `by_m` of the line, lon/lat, longitudes as continuous as the line's.

    `points` float64[n, 2]: lon (continuous), lat; so dense that chords stand for the line.
    """
    stretches = [_widened(s, by_m, fineness) for s in _stretches(points, fineness.stretch_m)]
    return polygonal(shapely.union_all(stretches))


def _stretches(points: Floats, stretch_m: float) -> list[Floats]:
    """The line cut into runs of at most `stretch_m`; neighbours share a vertex."""
    lon, lat = points.T.copy()
    _, _, step = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    run = np.floor(np.concatenate([[0.0], np.cumsum(step)]) / stretch_m)
    cuts = [0, *(np.flatnonzero(np.diff(run)) + 1).tolist(), len(points) - 1]
    return [points[a : b + 1] for a, b in pairwise(cuts) if b > a]


def _widened(points: Floats, by_m: float, fineness: Fineness) -> Polygon | MultiPolygon:
    """One stretch widened in the plane about the middle of its box."""
    lon, lat = (float(v) for v in (points.min(axis=0) + points.max(axis=0)) / 2)
    x, y = project(np.full(len(points), lon), np.full(len(points), lat), *points.T.copy())
    if fineness.along_geodesics:
        by_m = float(plane_radius(np.float64(lat), np.float64(by_m)))  # type: ignore[arg-type]
    line = LineString(np.stack([x, y], axis=1))
    fine = shapely.segmentize(line.buffer(by_m, quad_segs=fineness.quarter_steps), OUTLINE_STEP_M)
    return polygonal(
        shapely.transform(fine, lambda c: np.stack(unproject(lon, lat, *c.T.copy()), 1))
    )
