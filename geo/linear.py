"""Linear referencing: a measure along a route ("km 12 to 15") → the stretch of it.

The locate stage uses it. The route is straight in lon/lat between its vertices, like every line
here; measures are metres on the ellipsoid along it, from its first vertex. It is cut into pieces of
at most 200 m whose geodesic lengths are summed, and within a piece degrees are shared out evenly:
up to 80° latitude the sum falls short of the curve by less than 2e-9 of it, and a spot is less than
5 mm off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.densify import spread
from geo.ellipsoid import WGS84, Floats
from geo.errors import RouteError

_PIECE_M = 200.0
_FULL_TURN_DEG = 360.0


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredLine:
    """A route with measures: `points` float64[n, 2] (lon continuous), `measure_m` float64[n]."""

    points: Floats
    measure_m: Floats
    is_vertex: Floats
    """1.0 where the point is a vertex of the route itself."""

    @classmethod
    def of(cls, line_lonlat: Sequence[tuple[float, float]]) -> "MeasuredLine":
        """Measure a route; neighbours are joined the short way round, also over ±180.

        Raises:
            RouteError: it has no length.
        """
        points = np.array(line_lonlat, dtype=np.float64).reshape(-1, 2)
        if len(points) == 0 or (points == points[0]).all():
            raise RouteError("a route needs at least two different positions")
        points[:, 0] = np.unwrap(points[:, 0], period=_FULL_TURN_DEG)
        dense, is_vertex = _cut(points)
        lon, lat = dense.T.copy()
        _, _, steps = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
        return cls(dense, np.concatenate([[0.0], np.cumsum(steps)]), is_vertex)

    @property
    def length_m(self) -> float:
        """From its first vertex to its last."""
        return float(self.measure_m[-1])

    def between(self, from_m: float, to_m: float) -> tuple[tuple[float, float], ...]:
        """The positions (lon, lat) of the stretch between two measures, in order along the route.

        Both measures must lie on the route, the first not after the second; equal ones give one
        position twice.
        """
        inner = (self.measure_m > from_m) & (self.measure_m < to_m) & (self.is_vertex > 0)
        return (
            self._at(from_m),
            *((_within_turn(float(x)), float(y)) for x, y in self.points[inner]),
            self._at(to_m),
        )

    def _at(self, measure_m: float) -> tuple[float, float]:
        lon, lat = (float(np.interp(measure_m, self.measure_m, c)) for c in self.points.T)
        return _within_turn(lon), lat


def _cut(points: Floats) -> tuple[Floats, Floats]:
    """The route in pieces of at most 200 m, and which points are its own vertices."""
    lon, lat = points.T.copy()
    _, _, length = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    counts = np.maximum(np.ceil(length / _PIECE_M), 1).astype(np.int64)
    owner, k = spread(counts)
    share = (k / counts[owner])[:, np.newaxis]
    dense = points[owner] + share * (points[owner + 1] - points[owner])
    is_vertex = np.concatenate([(k == 0).astype(np.float64), [1.0]])
    return np.concatenate([dense, points[-1:]]), is_vertex


def _within_turn(lon: float) -> float:
    return lon if abs(lon) <= _FULL_TURN_DEG / 2 else (lon + 180.0) % _FULL_TURN_DEG - 180.0
