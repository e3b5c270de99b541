import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from geo.outlines import Outlines, room_for_nodes
from geo.point_side import IN, OPEN, OUT, side
from tests.unit.geo.zoo import holed, scattered, star, zone_set


def sides(zone: Polygon | MultiPolygon, points: np.ndarray) -> list[int]:
    zones = zone_set(zone)
    outlines, waiting = Outlines.of(zones.edges), room_for_nodes(zones.edges)
    return [side(outlines, 0, float(x), float(y), waiting) for x, y in points]


@pytest.mark.parametrize("corners", [5, 125, 5_000])
@pytest.mark.parametrize("make", [holed, scattered])
def test_a_point_is_on_the_side_that_shapely_says(make: type, corners: int) -> None:
    rng = np.random.default_rng(corners)
    zone = make(rng, 38.0, 48.0, 0.1, corners)
    points = np.array([[38.0, 48.0]]) + rng.uniform(-0.25, 0.25, (4_000, 2))
    # As far north as some vertex: a ray through vertices, and along them.
    vertices = shapely.get_coordinates(zone)
    points[:2_000, 1] = rng.choice(vertices[:, 1], 2_000)
    exact = shapely.contains_xy(zone, points)
    assert sides(zone, points) == np.where(exact, IN, OUT).tolist()


def test_a_point_on_the_boundary_is_left_to_the_exact_test() -> None:
    rng = np.random.default_rng(3)
    ring = np.array(star(rng, 38.0, 48.0, 0.1, 125))
    assert set(sides(Polygon(ring), ring)) == {OPEN}
    middles = (ring[:-1] + ring[1:]) / 2
    found = np.array(sides(Polygon(ring), middles))
    exact = shapely.contains_xy(Polygon(ring), middles)
    told = found != OPEN
    assert (found[told] == np.where(exact, IN, OUT)[told]).all()
    square = box(38.0, 48.0, 38.5, 48.5)
    on_sides = np.array([[38.2, 48.0], [38.2, 48.5], [38.0, 48.2], [38.5, 48.2]])
    assert sides(square, on_sides) == [OPEN] * 4
    beside = np.array([[37.9, 48.0], [38.6, 48.5], [38.6, 48.0], [37.9, 48.5]])
    assert sides(square, beside) == [OUT] * 4


def test_what_is_told_a_last_bit_beside_an_edge_is_right() -> None:
    rng = np.random.default_rng(4)
    ring = np.array(star(rng, 38.0, 48.0, 0.1, 40))
    share = rng.random((40, 1))
    on_edges = np.repeat(ring[:-1] + share * (ring[1:] - ring[:-1]), 50, axis=0)
    points = on_edges + rng.integers(-4, 5, on_edges.shape) * np.spacing(on_edges)
    found, exact = (
        np.array(sides(Polygon(ring), points)),
        shapely.contains_xy(Polygon(ring), points),
    )
    told = found != OPEN
    assert (found[told] == np.where(exact, IN, OUT)[told]).all()
    assert told.mean() > 0.2
