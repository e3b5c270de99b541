import math
from collections.abc import Callable

import numpy as np
import pytest
from shapely import MultiPolygon, Polygon, box

from geo.errors import (
    BadRegionError,
    EmptyRegionError,
    PolarRegionError,
    RegionError,
    RegionTooLargeError,
)
from geo.shapes import (
    Area,
    Circle,
    Gaussian,
    Region,
    RegionBatch,
    Sector,
    Sectors,
    Track,
    usable_circles,
)

NORTH = Sector(0, 22.5, 1000, 3000)
BOWTIE = Polygon([(38, 48), (38.1, 48.1), (38.1, 48), (38, 48.1)])
LONG = Polygon([(30, 48), (48, 48), (48, 49), (30, 49)])


def to_and_fro(legs: int, height_deg: float) -> tuple[tuple[float, float], ...]:
    """Legs side by side, a metre apart."""
    return tuple((38 + 2e-5 * i, 48 + height_deg * (i % 2)) for i in range(legs))


def comb(legs: int, height_deg: float) -> Polygon:
    """Teeth of that height on a back below."""
    teeth = to_and_fro(legs, height_deg)
    return Polygon([*teeth, (teeth[-1][0], 47.99), (38, 47.99)])


def scribble(legs: int) -> tuple[tuple[float, float], ...]:
    """Legs across seven kilometres, each other one crossed."""
    spots = np.random.default_rng(1).random((legs, 2)).tolist()
    return tuple((38 + 0.1 * x, 48 + 0.06 * y) for x, y in spots)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Circle(math.nan, 48, 10), BadRegionError),
        (lambda: Circle(38, math.inf, 10), BadRegionError),
        (lambda: Circle(181, 48, 10), BadRegionError),
        (lambda: Circle(38, -90.1, 10), BadRegionError),
        (lambda: Circle(38, 48, -1), BadRegionError),
        (lambda: Circle(38, 48, math.nan), BadRegionError),
        (lambda: Circle(38, 48, 500_001), RegionTooLargeError),
        (lambda: Circle(38, 89.995, 10), PolarRegionError),
        (lambda: Circle(38, 86, 499_000), PolarRegionError),
        (lambda: Gaussian(38, math.inf, 10), BadRegionError),
        (lambda: Gaussian(38, 48, math.nan), BadRegionError),
        (lambda: Gaussian(38, 48, 232_900), RegionTooLargeError),
        (lambda: Gaussian(38, 89.9899, 6), PolarRegionError),
        (lambda: Sector(0, 22.5, 3000, 1000), BadRegionError),
        (lambda: Sector(0, 22.5, 0, 0), BadRegionError),
        (lambda: Sector(0, 0, 0, 10), BadRegionError),
        (lambda: Sector(math.nan, 22.5, 0, 10), BadRegionError),
        (lambda: Sectors(38, 48, 10, ()), EmptyRegionError),
        (lambda: Sectors(38, 48, 0, (Sector(0, 22.5, 4500, 4500),)), EmptyRegionError),
        (lambda: Sectors(38, 48, 10, (Sector(0, 22.5, 0, 500_000),)), RegionTooLargeError),
        (lambda: Area(Polygon()), EmptyRegionError),
        (lambda: Area(BOWTIE), BadRegionError),
        (lambda: Area(box(179, 10, 181, 11)), BadRegionError),
        (lambda: Area(LONG), RegionTooLargeError),
        (lambda: Track((), 10), EmptyRegionError),
        (lambda: Track(((38, 48), (39, 48)), 0), EmptyRegionError),
        (lambda: Track(((38, 48), (math.nan, 48)), 5), BadRegionError),
        (lambda: Track(((20, 48), (48, 48)), 5), RegionTooLargeError),
        (lambda: Track(to_and_fro(2_000, height_deg=7.5), 100), RegionTooLargeError),
        (lambda: Track(scribble(2_000), 100), RegionTooLargeError),
        (lambda: Area(comb(1_999, height_deg=7.5)), RegionTooLargeError),
    ],
)
def test_a_region_that_cannot_be_answered_for_is_refused(
    make: Callable[[], object], error: type[RegionError]
) -> None:
    with pytest.raises(error) as caught:
        make()
    assert caught.value.code.startswith("region_")


@pytest.mark.parametrize(
    "points",
    [
        # A patrol on one road, all day; a drone in circles; a vehicle that waits.
        ((38.0, 48.0), (38.01, 48.02)) * 1_000,
        tuple(
            (38 + (0.01 + 1e-5 * (i % 7)) * math.cos(i / 3), 48 + 0.01 * math.sin(i / 3))
            for i in range(900)
        ),
        ((38.0, 48.0),) * 2_000,
    ],
)
def test_a_long_way_over_the_same_ground_is_kept(points: tuple[tuple[float, float], ...]) -> None:
    assert Track(points, 50).points == points


def test_an_outline_of_many_teeth_is_kept_while_it_can_be_drawn() -> None:
    outline = comb(1_999, height_deg=0.05)
    assert Area(outline).geometry == outline


def test_usable_circles_agrees_with_the_constructor() -> None:
    values = [math.nan, math.inf, -181.0, -180.0, 0.0, 38.0, 180.0]
    lats = [math.nan, -90.0, -89.995, 0.0, 86.0, 89.0, 91.0]
    radii = [math.nan, -1.0, 0.0, 10.0, 500_000.0, 500_001.0]
    grid = np.array([(x, y, r) for x in values for y in lats for r in radii])
    usable = usable_circles(*grid.T)
    for (lon, lat, radius_m), good in zip(grid, usable, strict=True):
        try:
            Circle(float(lon), float(lat), float(radius_m))
        except RegionError:
            assert not good
        else:
            assert good


def test_a_batch_refuses_what_its_circles_would() -> None:
    one, even = np.array([0], dtype=np.int64), np.array([False])
    with pytest.raises(BadRegionError):
        RegionBatch(1, one, np.array([math.nan]), np.array([48.0]), np.array([10.0]), even)
    with pytest.raises(RegionTooLargeError):
        RegionBatch(1, one, np.array([38.0]), np.array([48.0]), np.array([1e6]), even)
    with pytest.raises(BadRegionError, match="length"):
        RegionBatch(1, one, np.array([38.0]), np.array([48.0]), np.array([]), even)
    with pytest.raises(BadRegionError, match="length"):
        RegionBatch(
            1, one, np.array([38.0]), np.array([48.0]), np.array([1.0]), np.array([False, True])
        )
    with pytest.raises(BadRegionError, match="outside the batch"):
        RegionBatch(1, one + 1, np.array([38.0]), np.array([48.0]), np.array([10.0]), even)
    with pytest.raises(BadRegionError, match="two regions"):
        RegionBatch(
            1,
            one,
            np.array([38.0]),
            np.array([48.0]),
            np.array([10.0]),
            even,
            ((0, Track(((38, 48),), 10)),),
        )


def test_a_batch_of_regions_keeps_rows() -> None:
    area: Region = Area(MultiPolygon([box(38, 48, 38.1, 48.1)]))
    bell = Gaussian(38, 49, 3)
    batch = RegionBatch.of([Circle(38, 48, 1), None, area, Circle(39, 49, 2), bell])
    assert batch.n == 5
    assert batch.circle_row.tolist() == [0, 3, 4]
    assert batch.circle_radius_m.tolist() == [1, 2, bell.reach_m]
    assert batch.circle_gaussian.tolist() == [False, False, True]
    assert batch.others == ((2, area),)


def test_reach_of_sectors_is_the_farthest_and_the_accuracy() -> None:
    assert Sectors(38, 48, 50, (NORTH, Sector(None, 0, 0, 4000))).reach_m == 4050
