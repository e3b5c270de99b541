"""References of the military grid and UTM, beside NGA's GEOTRANS; what may mean two squares."""

from __future__ import annotations

import mgrs
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.places import distance_m
from geo.utm import to_utm, zone_of
from streams.events import Point
from streams.where.plain_text import plain_text
from streams.where.read_mgrs import written_as_mgrs
from streams.where.read_position import read_position
from streams.where.reading import RECEIVER_M, Spot, Trouble, Unread

NGA = mgrs.MGRS()
lons = st.floats(-179.99, 179.99)
# GEOTRANS refuses what lies south of the equator by less than it can count.
lats = st.floats(-79.99, -1e-4) | st.floats(0, 83.99)


def read(text: str, known_to_m: float | None = None) -> Spot:
    spot = read_position(plain_text(text), None, known_to_m)
    assert isinstance(spot, Spot), spot
    return spot


def unread(text: str) -> Unread:
    spot = read_position(plain_text(text), None, None)
    assert isinstance(spot, Unread), spot
    return spot


@given(lons, lats, st.sampled_from([2, 4, 6, 8, 10]))
@settings(max_examples=150, deadline=None)
def test_a_reference_is_the_middle_of_its_square_as_geotrans_has_it(
    lon: float, lat: float, figures: int
) -> None:
    reference = written_as_mgrs(lon, lat, figures)
    assert reference is not None
    spot = read(reference)
    assert spot.form == "mgrs"
    assert distance_m(lon, lat, spot.lon, spot.lat) <= spot.radius_m * (1 + 1e-6)
    lat_nga, lon_nga = NGA.toLatLon(reference)
    assert distance_m(spot.lon, spot.lat, lon_nga, lat_nga) < 1e-3


@given(lons, lats)
@settings(max_examples=100, deadline=None)
def test_a_square_of_a_kilometre_holds_what_is_written_so(lon: float, lat: float) -> None:
    reference = written_as_mgrs(lon, lat, 4)
    assert reference is not None
    area = read(reference).square
    if area is not None:
        drawn = shapely.Polygon(*area.coordinates)
        assert drawn.is_valid
        assert drawn.distance(shapely.Point(lon, lat)) < 1e-5  # a metre, where the zone cuts it


@pytest.mark.parametrize(
    ("text", "side_m", "is_area"),
    [
        ("37U DQ", 100_000, True),
        ("37U DQ 4 9", 10_000, True),
        ("37UDQ4796", 1_000, True),
        ("37u dq 470 960", 100, False),
        ("37U DQ 4700 9600", 10, False),
        ("37UDQ 47000 96000", 1, False),
    ],
)
def test_a_large_square_is_the_square_and_a_small_one_the_disc_around_it(
    text: str, side_m: float, *, is_area: bool
) -> None:
    spot = read(text)
    assert spot.radius_m == pytest.approx(side_m * 0.5**0.5, rel=1e-2)
    location = spot.alone()
    assert isinstance(location, Point) != is_area
    if isinstance(location, Point):
        assert location.accuracy_m is not None
        assert location.accuracy_m >= max(RECEIVER_M, spot.radius_m)


@pytest.mark.parametrize(
    ("text", "accuracy_m"),
    [
        ("48.69500N 38.51500E ± 25 m", 26.0),
        ("48.69500N 38.51500E +/- 1.5 km", 1501.0),
        ("37U DQ 4700 9600 ±25m", 33.0),
        ("37U 411797 5335000 ± 25 m", 26.0),
    ],
)
def test_what_the_text_says_of_its_accuracy_comes_before_what_the_caller_says(
    text: str, accuracy_m: float
) -> None:
    assert read(text, 5_000.0).accuracy_m == accuracy_m


def test_what_is_known_worse_than_it_is_written_reaches_beyond_the_square() -> None:
    location = read("37UDQ4796", 250.0).alone()
    assert isinstance(location, Point)
    assert location.accuracy_m == 958.0


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("37UDQ479", Trouble.UNEVEN_DIGITS),
        ("37U DQ 470 9600", Trouble.UNEVEN_DIGITS),
        ("37U DQ 4700 960012", Trouble.UNEVEN_DIGITS),
        ("37U DQ 470000 960000", Trouble.UNEVEN_DIGITS),
        ("DQ4796", Trouble.GRID_ZONE_MISSING),
        ("ZAH1234", Trouble.POLAR_GRID),
        ("37UZZ1234", Trouble.NO_SUCH_SQUARE),
        ("37UDI1234", Trouble.NO_SUCH_SQUARE),
        ("61UDQ1234", Trouble.NO_SUCH_SQUARE),
        ("37TDQ4796", Trouble.BAND_MISMATCH),
        ("32XMH1234", Trouble.NO_SUCH_SQUARE),
        ("37U 5335000 411797", Trouble.EASTING_NORTHING_SWAPPED),
        ("37 411797 5335000", Trouble.HEMISPHERE_AMBIGUOUS),
        ("61U 411797 5335000", Trouble.OUT_OF_RANGE),
        ("37U 50000 5335000", Trouble.OUT_OF_RANGE),
        ("37T 411797 5535000", Trouble.BAND_MISMATCH),
    ],
)
def test_what_names_no_square_says_why(text: str, trouble: Trouble) -> None:
    assert unread(text).trouble is trouble


@given(lons, lats, st.integers(0, 2))
@settings(max_examples=200, deadline=None)
def test_an_easting_and_northing_are_read_again_within_their_radius(
    lon: float, lat: float, decimals: int
) -> None:
    zone, south = zone_of(lon, lat), lat < 0
    east, north = to_utm(zone, lon, lat, south=south)
    half = "south" if south else "north"
    spot = read(f"{zone} {half} {east:.{decimals}f} {north:.{decimals}f}")
    assert spot.form == "utm"
    assert distance_m(lon, lat, spot.lon, spot.lat) <= spot.radius_m + 1e-3


@pytest.mark.parametrize(
    "text",
    [
        "37U 411797 5335000",
        "utm zone 37 U 411797 5335000",
        "37U 411797E 5335000N",
        "37U E411797 N5335000",
        "37U N5335000 E411797",
        "37 north 411797 m 5335000 m",
        "37U 411797, 5335000",
    ],
)
def test_utm_is_read_in_its_usual_forms(text: str) -> None:
    spot = read(text)
    lat, lon = NGA.toLatLon(NGA.UTMToMGRS(37, "N", 411797.5, 5335000.5, MGRSPrecision=5))
    assert distance_m(spot.lon, spot.lat, lon, lat) == pytest.approx(0.707, abs=0.01)
    assert spot.radius_m == pytest.approx(0.707, rel=0.01)


def test_a_letter_that_is_band_and_hemisphere_is_not_guessed() -> None:
    """37S is Syria by its band, and the southern ocean by its hemisphere."""
    trouble = unread("37S 411797 3700000")
    assert trouble.trouble is Trouble.HEMISPHERE_AMBIGUOUS
    assert sorted(round(c.lat) for c in trouble.candidates) == [-57, 33]
    assert read("37 north 411797 3700000").lat == pytest.approx(33.43, abs=0.01)


def test_a_letter_of_which_one_reading_is_possible_is_read() -> None:
    """No northing of band S is 8,700,000 m: the hemisphere is meant."""
    assert read("37S 411797 8700000").lat == pytest.approx(-11.75, abs=0.01)
    assert read("37N 411797 100000").lat == pytest.approx(0.905, abs=0.01)
