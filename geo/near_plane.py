"""The local plane within some hundred metres of its centre, compiled: a series for the geodesic.

`projection` asks for a geodesic for each position; near by, azimuth and distance follow from a
short series. With y metres north along the meridian, x = N cos φ Δλ metres east along the centre's
parallel, τ = tan φ / N and K = 1 / MN, the geodesic's end is

    e = x (1 - τ y - τ² x² / 6 - K y² / 3)        n = y + x² (τ (1 - τ y) / 2 + K y / 6)

up to terms of the fourth order, solved from the geodesic equations of dy² + f(y)² dx² with
f' = -τ, f'' = -K at the centre. `error_m` bounds what is left out, and the rounding of both ways.
"""

import math
from typing import NamedTuple

from geo.compiled import kernel
from geo.ellipsoid import ECCENTRICITY2, SEMI_MAJOR_M

# A geodesic by `Geod.inv` is good to nanometres, whatever its length.
_NOISE_M = 5e-9
# Coefficients of the fourth order and those after it, tested against geodesics.
_LEFT_OUT = 0.25
_RADIAN = math.pi / 180.0


class NearPlane(NamedTuple):
    """What the series takes of a centre: metres a degree, and the constants above."""

    lon: float
    lat: float
    east_m: float
    north_m: float
    north_2: float
    north_3: float
    tau: float
    curvature: float
    shrink: float


@kernel
def near_plane(lon: float, lat: float, equal_area: bool) -> NearPlane:
    """The plane about a centre: of equal area, or else of equal distances."""
    sin, cos = math.sin(lat * _RADIAN), math.cos(lat * _RADIAN)
    w2 = 1.0 - ECCENTRICITY2 * sin * sin
    n = SEMI_MAJOR_M / math.sqrt(w2)
    m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY2) / (w2 * math.sqrt(w2))
    curvature = 1.0 / (m * n)
    return NearPlane(
        lon,
        lat,
        n * cos * _RADIAN,
        m * _RADIAN,
        1.5 * ECCENTRICITY2 * sin * cos / w2 * m * _RADIAN**2,
        0.5 * ECCENTRICITY2 * (cos * cos - sin * sin) / w2 * m * _RADIAN**3,
        sin / (cos * n),
        curvature,
        # 2R sin(s / 2R) = s (1 - s² / 24R²), with R² = 1 / K.
        curvature / 24.0 if equal_area else 0.0,
    )


@kernel
def to_plane(plane: NearPlane, lon: float, lat: float) -> tuple[float, float]:
    """A position (degrees) as x east, y north, metres."""
    dlat = lat - plane.lat
    x = (lon - plane.lon) * plane.east_m
    y = dlat * (plane.north_m + dlat * (plane.north_2 + dlat * plane.north_3))
    tau, k = plane.tau, plane.curvature
    east = x * (1.0 - tau * y - tau * tau * x * x / 6.0 - k * y * y / 3.0)
    north = y + x * x * (tau * (1.0 - tau * y) / 2.0 + k * y / 6.0)
    scale = 1.0 - plane.shrink * (east * east + north * north)
    return east * scale, north * scale


@kernel
def error_m(plane: NearPlane, reach_m: float) -> float:
    """How far, at most, a position within `reach_m` is from where geodesics put it."""
    bend = (abs(plane.tau) + math.sqrt(plane.curvature)) * reach_m
    return _LEFT_OUT * bend * bend * bend * reach_m + _NOISE_M
