import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.places import bearing_deg, distance_m, offset
from tests.unit.geo import oracle


@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-89, 89),
    bearing=st.floats(0, 360),
    distance=st.floats(0, 100_000),
)
def test_an_offset_is_the_geodesic_another_library_finds(
    lon: float, lat: float, bearing: float, distance: float
) -> None:
    there = offset(lon, lat, bearing, distance)
    assert oracle.distance_m(*there, *oracle.direct(lon, lat, bearing, distance)) < 1e-6
    assert distance_m(lon, lat, *there) == pytest.approx(distance, abs=1e-6)


def test_eight_kilometres_north_west_of_donetsk() -> None:
    lon, lat = offset(37.80224, 48.023, 315.0, 8000.0)
    assert np.array([lon, lat]) == pytest.approx(np.array([37.72634, 48.07387]), abs=2e-4)
    assert bearing_deg(37.80224, 48.023, lon, lat) == pytest.approx(315.0)


def test_columns_go_through_at_once() -> None:
    lon, lat = np.array([10.0, 20.0]), np.array([50.0, -50.0])
    to_lon, to_lat = offset(lon, lat, np.array([0.0, 270.0]), np.array([1000.0, 2000.0]))
    assert distance_m(lon, lat, to_lon, to_lat) == pytest.approx([1000.0, 2000.0])
    assert bearing_deg(lon, lat, to_lon, to_lat) == pytest.approx([0.0, 270.0])
