"""What a region is shown as."""

import math

import pytest
from shapely import Polygon

from geo.outline import area_m2, outline
from geo.shapes import Circle, Gaussian
from tests.unit.geo import oracle


def test_a_bell_is_shown_as_the_circle_that_holds_95_percent() -> None:
    bell, circle = Gaussian(38.0, 48.0, 400.0), Circle(38.0, 48.0, 400.0)
    assert outline(bell) == outline(circle)
    assert area_m2(bell) == area_m2(circle)


def test_a_circle_is_shown_within_a_thousandth_of_its_radius() -> None:
    shown = outline(Circle(38.0, 48.0, 400.0))
    assert isinstance(shown, Polygon)
    for lon, lat in shown.exterior.coords:
        assert oracle.distance_m(38.0, 48.0, lon, lat) == pytest.approx(400.0, abs=0.4)
    assert area_m2(Circle(38.0, 48.0, 400.0)) == pytest.approx(math.pi * 400**2, rel=1e-6)
