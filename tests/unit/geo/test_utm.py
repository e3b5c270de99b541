"""Metres of the grid ↔ degrees, beside NGA's own GEOTRANS (package `mgrs`)."""

from __future__ import annotations

import mgrs
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.places import distance_m
from geo.utm import from_utm, square, to_utm, zone_of

NGA = mgrs.MGRS()
lons = st.floats(-179.999, 179.999)
# GEOTRANS refuses what lies south of the equator by less than it can count.
lats = st.floats(-79.9, -1e-4) | st.floats(0, 83.9)


@given(lons, lats)
@settings(max_examples=200, deadline=None)
def test_an_easting_and_northing_are_where_geotrans_puts_them(lon: float, lat: float) -> None:
    zone = zone_of(lon, lat)
    easting_m, northing_m = to_utm(zone, lon, lat, south=lat < 0)
    hemisphere = "S" if lat < 0 else "N"
    cell = NGA.toLatLon(NGA.UTMToMGRS(zone, hemisphere, easting_m, northing_m, MGRSPrecision=5))
    # The middle of the square metre that it lies in.
    assert distance_m(lon, lat, cell[1], cell[0]) < 0.72


@given(lons, lats)
@settings(max_examples=200, deadline=None)
def test_degrees_come_back_from_the_grid(lon: float, lat: float) -> None:
    zone, south = zone_of(lon, lat), lat < 0
    back = from_utm(zone, *to_utm(zone, lon, lat, south=south), south=south)
    assert distance_m(lon, lat, *back) < 1e-4


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [(37.8, 48.0, 37), (-180, 0, 1), (179.9, 0, 60), (180, 0, 1), (5, 60, 32), (8, 75, 31),
     (10, 75, 33), (2.9, 60, 31), (40, 80, 37)],
)  # fmt: skip
def test_a_zone_is_six_degrees_but_for_norway_and_svalbard(
    lon: float, lat: float, zone: int
) -> None:
    assert zone_of(lon, lat) == zone


@pytest.mark.parametrize("side_m", [1_000.0, 10_000.0, 100_000.0])
@pytest.mark.parametrize("northing_m", [100_000.0, 5_300_000.0, 9_000_000.0])
def test_a_squares_sides_follow_the_grid(side_m: float, northing_m: float) -> None:
    ring = square(37, 300_000.0, northing_m, side_m, south=False)
    assert ring[0] == ring[-1]
    drawn = shapely.Polygon(ring)
    assert drawn.is_valid
    assert drawn.exterior.is_ccw
    for share in (0.05, 0.25, 0.5, 0.77):
        for x, y in ((share, 0.0), (1.0, share), (share, 1.0), (0.0, share)):
            at = from_utm(37, 300_000 + x * side_m, northing_m + y * side_m, south=False)
            nearest = shapely.shortest_line(drawn.exterior, shapely.Point(at)).coords[0]
            assert distance_m(*at, *nearest) < 1e-4 * side_m + 0.02
