"""Areas against the integral of the ellipsoid's own surface between parallels."""

import math

import pytest
from shapely import MultiPolygon, Polygon, box

from geo.extent import enclosed_m2, on_ellipsoid_m2

A, B = 6_378_137.0, 6_356_752.314245
ECCENTRICITY = math.sqrt(1 - (B / A) ** 2)


def between_m2(west: float, south: float, east: float, north: float) -> float:
    """What parallels and meridians enclose, in closed form."""

    def below(lat: float) -> float:
        sine = math.sin(math.radians(lat))
        es = ECCENTRICITY * sine
        return sine / (1 - es * es) + math.log((1 + es) / (1 - es)) / (2 * ECCENTRICITY)

    return B * B / 2 * math.radians(east - west) * (below(north) - below(south))


@pytest.mark.parametrize(
    "bounds", [(60, 30, 85, 48), (38, 48, 38.7, 48.5), (5, 52, 5.0003, 52.0002), (10, 79, 60, 80)]
)
def test_area_is_that_within_straight_edges(bounds: tuple[float, float, float, float]) -> None:
    assert on_ellipsoid_m2(box(*bounds)) == pytest.approx(between_m2(*bounds), rel=1e-6)
    assert enclosed_m2(box(*bounds)) == pytest.approx(between_m2(*bounds), rel=0.01)


def test_of_an_oblique_zone_the_parallels_do_not_make_up_for_each_other() -> None:
    # By PROJ's equal-area cylinder, edges cut to 5 m.
    oblique = Polygon([(38.5, 48.65), (38.59, 48.65), (38.56, 48.7), (38.5, 48.7)])
    assert on_ellipsoid_m2(oblique) == pytest.approx(30_712_620.855, rel=1e-6)


def test_a_hole_and_a_part_drawn_the_other_way_round_count_as_what_they_are() -> None:
    holed = Polygon(box(0, 0, 3, 3).exterior.coords, [box(1, 1, 2, 2).exterior.coords])
    other = Polygon(list(box(5, 0, 6, 1).exterior.coords)[::-1])
    found = on_ellipsoid_m2(MultiPolygon([holed, other]))
    due = between_m2(0, 0, 3, 3) - between_m2(1, 1, 2, 2) + between_m2(5, 0, 6, 1)
    assert found == pytest.approx(due, rel=1e-6)
