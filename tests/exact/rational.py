"""Points against polygons in exact arithmetic: an oracle without tolerance and without GEOS.

Even-odd by a ray to the east. The side of an edge on which a point lies is the sign of a small
determinant: in float64 where Shewchuk's bound says that its sign is sure ("Adaptive Precision
Floating-Point Arithmetic", 1997, ccwerrboundA), in `Fraction` where it does not.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_EPSILON = 2.0**-53
_BOUND = (3 + 16 * _EPSILON) * _EPSILON
_CHUNK = 256


def edges_of(zone: Polygon | MultiPolygon) -> Floats:
    """Its edges as columns x0, y0, x1, y1: float64[4, e]."""
    coords, ring = shapely.get_coordinates(
        shapely.get_rings(shapely.get_parts(zone)), return_index=True
    )
    start = np.flatnonzero(ring[:-1] == ring[1:])
    return np.concatenate([coords[start].T, coords[start + 1].T])


def sides(edges: Floats, lon: Floats, lat: Floats) -> tuple[Bools, Bools]:
    """For each point: inside (even-odd), and on an edge. Exact."""
    inside, on = np.zeros(lon.size, np.bool_), np.zeros(lon.size, np.bool_)
    order = np.argsort(lat, kind="stable")
    low, high = np.minimum(edges[1], edges[3]), np.maximum(edges[1], edges[3])
    for start in range(0, lon.size, _CHUNK):
        at = order[start : start + _CHUNK]
        near = edges[:, (low <= lat[at[-1]]) & (high >= lat[at[0]])]
        inside[at], on[at] = _some(near, lon[at], lat[at])
    return inside & ~on, on


def _some(edges: Floats, lon: Floats, lat: Floats) -> tuple[Bools, Bools]:
    x0, y0, x1, y1 = (column[np.newaxis] for column in edges)
    x, y = lon[:, np.newaxis], lat[:, np.newaxis]
    one, other = (x1 - x0) * (y - y0), (y1 - y0) * (x - x0)
    left = np.sign(one - other)
    # Only an edge at the point's own latitude is asked.
    level = (np.minimum(y0, y1) <= y) & (np.maximum(y0, y1) >= y)
    unsure = (np.abs(one - other) <= _BOUND * (np.abs(one) + np.abs(other))) & level
    for i, e in zip(*np.nonzero(unsure), strict=True):
        left[i, e] = _sign(edges[:, e], lon[i], lat[i])
    between = (np.minimum(x0, x1) <= x) & (np.maximum(x0, x1) >= x)
    on = level & between & (left == 0)
    up, down = (y0 <= y) & (y1 > y), (y1 <= y) & (y0 > y)
    crossed = (up & (left > 0)) | (down & (left < 0))
    return np.sum(crossed, axis=1) % 2 == 1, on.any(axis=1)


def _sign(edge: Floats, lon: np.float64, lat: np.float64) -> int:
    x0, y0, x1, y1, x, y = (Fraction(float(v)) for v in (*edge, lon, lat))
    det = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
    return (det > 0) - (det < 0)
