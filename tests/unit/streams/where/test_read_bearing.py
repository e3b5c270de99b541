"""A direction is as wide as it was said to be, and never narrower."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.footprint import footprint
from geo.places import distance_m, offset
from geo.projection import project
from geo.shapes import Sectors
from streams.events import Bearings
from streams.locate import HALF_WIDTH_DEG, Locator
from streams.where.plain_text import plain_text
from streams.where.read_bearing import WIDEST_DEG, Direction, MilsCircle, read_bearing
from streams.where.reading import Trouble, Unread

ROSE = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split()  # noqa: SIM905


def read(text: str, circle: MilsCircle | None = None) -> Direction:
    direction = read_bearing(plain_text(text), circle)
    assert isinstance(direction, Direction), direction
    return direction


@pytest.mark.parametrize(("number", "point"), list(enumerate(ROSE)))
def test_the_rose_goes_round_clockwise_in_steps_of_22_5_degrees(number: int, point: str) -> None:
    for text in (point, point.lower()):
        direction = read(text)
        assert direction.bearing_deg == 22.5 * number
        assert direction.half_width_deg is None
        assert direction.points == (16 if len(point) == 3 else None)


@pytest.mark.parametrize(
    ("text", "bearing_deg"),
    [
        ("north", 0.0),
        ("North-West", 315.0),
        ("northwest", 315.0),
        ("north west", 315.0),
        ("south-southeast", 157.5),
        ("west north west", 292.5),
    ],
)
def test_compass_words_are_read_as_their_letters(text: str, bearing_deg: float) -> None:
    assert read(text).bearing_deg == bearing_deg


@pytest.mark.parametrize("text", ["", "n w", "NN", "NES", "up", "nord", "Donetsk", "N 4"])
def test_what_is_no_direction_is_none(text: str) -> None:
    assert read_bearing(plain_text(text)) is None


@pytest.mark.parametrize(
    ("text", "bearing_deg", "half_width_deg"),
    [
        ("315° ± 3", 315, 3.5),
        ("315°±3°", 315, 3.5),
        ("315.5 deg +/- 2 deg", 315.5, 2.05),
        ("315° true ± 0", 315, 0.5),
        ("10° ± 300", 10, 180),
        ("300-330°", 315, 15),
        ("350° to 10°", 0, 10),
        ("10° to 350°", 180, 170),
        ("5600 mils ± 20", 315, 20 * 0.05625 + 0.028125),
        ("5600 mils6400 ± 0", 315, 0.028125),
        ("5250 mils6000 ± 10", 315, 0.63),
        ("52-50 mils6000 ± 10", 315, 0.63),
    ],
)
def test_a_measured_bearing_is_as_wide_as_its_margin_and_its_last_digit(
    text: str, bearing_deg: float, half_width_deg: float
) -> None:
    direction = read(text)
    assert direction.bearing_deg == pytest.approx(bearing_deg)
    assert direction.half_width_deg == pytest.approx(half_width_deg)
    assert not direction.unmeasured


@pytest.mark.parametrize("text", ["315°", "315.25 degrees", "315° true", "5600 mils"])
def test_a_bearing_without_a_margin_is_as_wide_as_the_wire_takes_it(text: str) -> None:
    direction = read(text)
    assert direction.unmeasured
    assert direction.half_width_deg == WIDEST_DEG == HALF_WIDTH_DEG[None]


def test_mils_are_natos_unless_others_are_said() -> None:
    assert read("1600 mils").bearing_deg == 90
    assert read("1500 mils", 6000).bearing_deg == 90
    assert read("15-00 mils", 6000).bearing_deg == 90
    assert read("1500 mils6000").bearing_deg == 90


@pytest.mark.parametrize(
    ("text", "circle", "trouble"),
    [
        ("315", None, Trouble.UNIT_NOT_SAID),
        ("52-50", None, Trouble.UNIT_NOT_SAID),
        ("52-50 mils", None, Trouble.MILS_NOT_SAID),
        ("52-50 mils", 6400, Trouble.MILS_NOT_SAID),
        ("5250 mils6000", 6400, Trouble.MILS_NOT_SAID),
        ("6500 mils", None, Trouble.OUT_OF_RANGE),
        ("6100 mils", 6000, Trouble.OUT_OF_RANGE),
        ("361°", None, Trouble.OUT_OF_RANGE),
        ("90 - 90°", None, Trouble.OUT_OF_RANGE),
        ("315° mag", None, Trouble.NOT_TRUE_NORTH),
        ("315° magnetic ± 2", None, Trouble.NOT_TRUE_NORTH),
        ("315° ± 2° grid", None, Trouble.NOT_TRUE_NORTH),
        ("5600 mils grid", None, Trouble.NOT_TRUE_NORTH),
    ],
)
def test_what_may_be_another_bearing_is_not_read(
    text: str, circle: MilsCircle | None, trouble: Trouble
) -> None:
    read = read_bearing(plain_text(text), circle)
    assert isinstance(read, Unread)
    assert read.trouble is trouble


@given(st.integers(0, 6400), st.integers(0, 400))
def test_mils_and_their_degrees_say_the_same(mils: int, margin: int) -> None:
    degrees, half_deg = mils * 360 / 6400, margin * 360 / 6400
    by_mils = read(f"{mils} mils ± {margin}")
    by_degrees = read(f"{degrees:.4f}° ± {half_deg:.4f}°")
    assert by_mils.bearing_deg == pytest.approx(by_degrees.bearing_deg, abs=1e-4)
    assert by_mils.half_width_deg == pytest.approx(by_degrees.half_width_deg, abs=0.03)


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from([*ROSE, "315° ± 3", "12° ± 0", "5600 mils ± 20", "270-280°", "77°"]),
    st.floats(-1, 1),
    st.floats(0.01, 0.99),
    st.floats(-80, 80),
)
def test_what_lies_within_the_words_lies_in_the_sector_and_what_does_not_does_not(
    text: str, aside: float, along: float, lat: float
) -> None:
    """The property that a sector stands for, up to the far side of its own edge."""
    direction = read(text)
    location = Bearings(
        lon=30.0,
        lat=lat,
        accuracy_m=1.0,
        sectors=(direction.sector(2_000.0, 5_000.0),),
        compass_points=direction.points,
    )
    region = Locator(None).region(location, ())
    assert isinstance(region, Sectors)
    half_deg = direction.half_width_deg or HALF_WIDTH_DEG[direction.points]
    away_m = 2_000 + 3_000 * along
    drawn = footprint(region)
    inside = _at(lat, direction.bearing_deg + aside * half_deg, away_m)
    assert drawn.shape.distance(_plane(drawn.lon, drawn.lat, *inside)) < 0.5
    beyond = half_deg + 1.0
    if beyond < 179:
        side = _at(lat, direction.bearing_deg + (beyond if aside < 0 else -beyond), away_m)
        assert drawn.shape.distance(_plane(drawn.lon, drawn.lat, *side)) > 1.0
    for bad_m in (1_990.0, 5_010.0):
        off = _at(lat, direction.bearing_deg, bad_m)
        assert drawn.shape.distance(_plane(drawn.lon, drawn.lat, *off)) > 1.0


def _at(lat: float, bearing_deg: float, away_m: float) -> tuple[float, float]:
    lon, there = offset(30.0, lat, bearing_deg, away_m)
    assert distance_m(30.0, lat, lon, there) == pytest.approx(away_m)
    return lon, there


def _plane(lon0: float, lat0: float, lon: float, lat: float) -> shapely.Point:
    columns = (np.array([value]) for value in (lon0, lat0, lon, lat))
    x, y = project(*columns)
    return shapely.Point(x[0], y[0])
