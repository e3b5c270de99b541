import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given
from hypothesis import strategies as st

from geo.ellipsoid import (
    HEMISPHERE_M2,
    reach_half_degrees,
    too_near_a_pole,
)
from geo.projection import plane_radius, project, unproject
from tests.unit.geo import oracle

LAT = st.floats(-85, 85)
BEARING = st.floats(0, 360)


def one(value: float) -> np.ndarray:
    return np.array([value])


@given(lat=LAT, bearing=BEARING, distance=st.floats(0.01, 500_000))
def test_whatever_is_within_reach_is_within_the_box(
    lat: float, bearing: float, distance: float
) -> None:
    if too_near_a_pole(one(lat), one(distance))[0]:
        return
    lon, there = oracle.direct(10.0, lat, bearing, distance)
    dlon, dlat = reach_half_degrees(one(lat), one(distance))
    assert abs(lon - 10.0) <= dlon[0] + 1e-12
    assert abs(there - lat) <= dlat[0] + 1e-12


@given(lat=LAT, bearing=BEARING, distance=st.floats(0, 500_000))
def test_distance_and_direction_from_the_centre_are_the_geodesics(
    lat: float, bearing: float, distance: float
) -> None:
    lon, there = oracle.direct(179.5, lat, bearing, distance)
    x, y = project(one(179.5), one(lat), one(lon), one(there))
    radius = plane_radius(one(lat), one(distance))[0]
    assert np.hypot(x[0], y[0]) == pytest.approx(radius, abs=1e-7)
    assert x[0] == pytest.approx(radius * np.sin(np.radians(bearing)), abs=1e-6)
    back_lon, back_lat = unproject(179.5, lat, x, y)
    assert abs(back_lon[0] - 179.5) <= 180
    assert oracle.distance_m(back_lon[0], back_lat[0], lon, there) < 1e-6


@pytest.mark.parametrize("lat", [0.0, 30.0, 48.0, 70.0])
@pytest.mark.parametrize(("reach", "bound"), [(50_000.0, 1e-9), (500_000.0, 2e-6)])
def test_areas_in_the_plane_are_the_ellipsoids_up_to_one_factor(
    lat: float, reach: float, bound: float
) -> None:
    # The density m12 ds / (r dr), which the reduced length of a geodesic gives, at all distances
    # and bearings, against that at the centre, 1.
    for bearing in range(0, 360, 30):
        line = oracle.EARTH.Line(lat, 10.0, bearing, Geodesic.ALL)
        for s in np.linspace(reach / 10, reach, 10):
            step = s * 1e-3
            low, high = plane_radius(np.array([lat, lat]), np.array([s - step, s + step]))
            at = (s - step, s, s + step)
            reduced = [line.Position(d, Geodesic.ALL)["m12"] for d in at]
            true = step * (reduced[0] + 4 * reduced[1] + reduced[2]) / 3
            assert true / ((high**2 - low**2) / 2) == pytest.approx(1.0, abs=bound)


def test_the_hemisphere_is_half_the_ellipsoid() -> None:
    eighth = oracle.EARTH.Polygon()
    for lat, lon in ((0, 0), (0, 90), (90, 0)):
        eighth.AddPoint(lat, lon)
    assert eighth.Compute()[2] * 4 == pytest.approx(HEMISPHERE_M2, rel=1e-7)
