import numpy as np
import pytest

from geo.near_plane import error_m, near_plane, to_plane
from geo.projection import project, project_equidistant


@pytest.mark.parametrize("lat", [0.0, 1.0, -20.0, 48.0, -60.0, 75.0, -84.9])
@pytest.mark.parametrize("reach_m", [1.0, 30.0, 300.0, 640.0])
@pytest.mark.parametrize("equal_area", [True, False])
def test_the_series_lies_within_its_bound_of_the_geodesic(
    lat: float, reach_m: float, equal_area: bool
) -> None:
    rng = np.random.default_rng(int(abs(lat) + reach_m))
    angle, away = rng.uniform(0, 2 * np.pi, 500), reach_m * np.sqrt(rng.random(500))
    lats = lat + away * np.cos(angle) / 111_700
    lons = 38.0 + away * np.sin(angle) / 111_700 / np.cos(np.radians(lat))
    by_geodesic = project if equal_area else project_equidistant
    x, y = by_geodesic(np.full(500, 38.0), np.full(500, lat), lons, lats)
    plane = near_plane(38.0, lat, equal_area)
    by_series = np.array([to_plane(plane, *at) for at in zip(lons, lats, strict=True)])
    off = np.hypot(by_series[:, 0] - x, by_series[:, 1] - y)
    assert off.max() <= 0.6 * error_m(plane, reach_m)
    assert error_m(plane, reach_m) < 4e-7
