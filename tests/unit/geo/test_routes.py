import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon

from geo.errors import RouteError
from geo.routes import buffer_route
from tests.unit.geo import oracle

ROUTES = {
    "bent": [(38.0, 48.0), (38.5, 48.2), (38.9, 48.0), (38.9, 47.9)],
    "long parallel": [(30.0, 48.0), (38.0, 48.0)],
    "north": [(20.0, 69.0), (22.0, 70.5)],
    "equator": [(-1.0, 0.0), (1.5, 0.0)],
    "over the antimeridian": [(179.8, -17.0), (-179.9, -17.2)],
}


def away_m(route: list[tuple[float, float]], lon: float, lat: float) -> float:
    """Distance to the route, whose edges take the short way round."""
    points = np.array(route)
    points[:, 0] = np.unwrap(points[:, 0], period=360)
    lon += 360 * round((points[0, 0] - lon) / 360)
    edges = [oracle.Edge(*a, *b) for a, b in pairwise(points)]
    return min(
        oracle.distance_to_edge_m(piece, lon, lat)
        for edge in edges
        for piece in oracle._short(edge)
    )


@pytest.mark.parametrize("name", ROUTES)
@pytest.mark.parametrize("width_m", [50.0, 2_000.0, 30_000.0])
def test_the_outline_lies_half_the_width_from_the_route(name: str, width_m: float) -> None:
    corridor = buffer_route(ROUTES[name], width_m)
    assert corridor.is_valid
    coords = np.concatenate(
        [shapely.get_coordinates(part.exterior) for part in shapely.get_parts(corridor)]
    )
    coords = coords[np.abs(coords[:, 0]) < 180]  # the cut at ±180 is no outline
    # Middles of the outline's edges too: there the chord is farthest off.
    both = np.concatenate([coords, (coords[1:] + coords[:-1]) / 2])
    rng = np.random.default_rng(1)
    for lon, lat in both[rng.choice(len(both), 20, replace=False)]:
        if name == "over the antimeridian" and abs(abs(lon) - 180) > 1:
            continue  # the middle between the two parts
        half = width_m / 2
        assert away_m(ROUTES[name], lon, lat) == pytest.approx(half, abs=0.02 + 2e-5 * half)


def test_a_corridor_holds_its_route_and_nothing_beyond() -> None:
    corridor = buffer_route(ROUTES["bent"], 500.0)
    assert isinstance(corridor, Polygon)
    for lon, lat in ROUTES["bent"]:
        assert corridor.contains(Point(lon, lat))
    beyond = oracle.direct(38.0, 48.0, 270.0, 251.0)
    assert not corridor.contains(Point(*beyond))


def test_a_corridor_over_the_antimeridian_is_cut_there() -> None:
    corridor = buffer_route(ROUTES["over the antimeridian"], 1000.0)
    assert isinstance(corridor, MultiPolygon)
    assert sorted(part.bounds[2] > 0 for part in corridor.geoms) == [False, True]
    assert corridor.bounds[0] == -180
    assert corridor.bounds[2] == 180


@pytest.mark.parametrize(
    ("line", "width_m"),
    [
        ([], 100.0),
        ([(38.0, 48.0)], 100.0),
        ([(38.0, 48.0), (38.0, 48.0)], 100.0),
        ([(38.0, 48.0), (math.nan, 48.0)], 100.0),
        ([(38.0, 48.0), (38.0, 91.0)], 100.0),
        ([(38.0, 89.9), (39.0, 89.9)], 100.0),
        ([(38.0, 48.0), (39.0, 48.0)], 0.0),
        ([(38.0, 48.0), (39.0, 48.0)], math.nan),
        ([(38.0, 48.0), (39.0, 48.0)], 100_001.0),
    ],
)
def test_what_no_corridor_can_be_made_of_is_refused(
    line: list[tuple[float, float]], width_m: float
) -> None:
    with pytest.raises(RouteError):
        buffer_route(line, width_m)
