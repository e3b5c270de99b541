"""Directions and distances between places, on the ellipsoid.

The locate stage uses them for "8 km NW of Donetsk". Scalars in, scalars out; arrays in, arrays out.
"""

from typing import overload

import numpy as np

from geo.ellipsoid import WGS84, Floats


@overload
def offset(
    lon: float, lat: float, bearing_deg: float, distance_m: float
) -> tuple[float, float]: ...
@overload
def offset(
    lon: Floats, lat: Floats, bearing_deg: Floats, distance_m: Floats
) -> tuple[Floats, Floats]: ...
def offset(
    lon: float | Floats,
    lat: float | Floats,
    bearing_deg: float | Floats,
    distance_m: float | Floats,
) -> tuple[float, float] | tuple[Floats, Floats]:
    """The position `distance_m` away along the geodesic that leaves at `bearing_deg`.

    Columns must have one shape. Longitudes come back within ±180.
    """
    lon_out, lat_out, _ = WGS84.fwd(lon, lat, bearing_deg, distance_m)
    return lon_out, lat_out


@overload
def distance_m(lon0: float, lat0: float, lon1: float, lat1: float) -> float: ...
@overload
def distance_m(lon0: Floats, lat0: Floats, lon1: Floats, lat1: Floats) -> Floats: ...
def distance_m(
    lon0: float | Floats, lat0: float | Floats, lon1: float | Floats, lat1: float | Floats
) -> float | Floats:
    """Length of the geodesic between two positions, metres."""
    _, _, length = WGS84.inv(lon0, lat0, lon1, lat1)
    return length  # type: ignore[no-any-return]


@overload
def bearing_deg(lon0: float, lat0: float, lon1: float, lat1: float) -> float: ...
@overload
def bearing_deg(lon0: Floats, lat0: Floats, lon1: Floats, lat1: Floats) -> Floats: ...
def bearing_deg(
    lon0: float | Floats, lat0: float | Floats, lon1: float | Floats, lat1: float | Floats
) -> float | Floats:
    """Bearing, 0 to 360, in which the geodesic leaves the first position for the second."""
    azimuth, _, _ = WGS84.inv(lon0, lat0, lon1, lat1)
    return np.mod(azimuth, 360.0)  # type: ignore[no-any-return]
