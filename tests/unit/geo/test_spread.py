"""Where a region's middle is and how wide it is, beside places drawn in it at random."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from geo.ellipsoid import WGS84
from geo.footprint import footprint
from geo.projection import unproject
from geo.shapes import Area, Circle, Gaussian, Region, Sector, Sectors, Track
from geo.spread import middle

SQUARE = shapely.box(37.0, 48.0, 37.02, 48.02)
WITH_HOLE = shapely.Polygon(
    SQUARE.exterior.coords, [[(37.005, 48.005), (37.01, 48.005), (37.01, 48.01), (37.005, 48.005)]]
)
REGIONS: dict[str, Region] = {
    "sector": Sectors(37.0, 48.0, 500, (Sector(0, 22.5, 3_000, 6_000),)),
    "two sectors": Sectors(
        37.0, 48.0, 100, (Sector(90, 11.25, 500, 900), Sector(270, 11.25, 500, 900))
    ),
    "annulus": Sectors(37.0, 48.0, 10, (Sector(None, 180, 1_000, 2_000),)),
    "over the antimeridian": Sectors(179.99, -17.0, 50, (Sector(90, 22.5, 1_000, 5_000),)),
    "area": Area(SQUARE),
    "area with a hole": Area(WITH_HOLE),
    "track": Track(((37.0, 48.0), (37.05, 48.0), (37.05, 48.03)), 200),
}


def places_in(region: Region, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Places within the region, uniform by area, by trying anywhere in its box."""
    drawn, chance = footprint(region), np.random.default_rng(5)
    west, south, east, north = drawn.shape.bounds
    x, y = chance.uniform(west, east, 20 * count), chance.uniform(south, north, 20 * count)
    within = shapely.contains_xy(drawn.shape, x, y)
    return unproject(drawn.lon, drawn.lat, x[within][:count], y[within][:count])


@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS)
def test_the_middle_and_the_spread_are_those_of_places_drawn_in_the_region(region: Region) -> None:
    found = middle(region)
    lon, lat = places_in(region, 20_000)
    size = len(lon)
    _, _, away = WGS84.inv(np.full(size, found.lon), np.full(size, found.lat), lon, lat)
    root = math.sqrt(np.square(away).mean())
    assert found.spread_m == pytest.approx(root, rel=0.01)
    # The root of the mean square is least about the mean: any other middle would be wider.
    azimuth, _, _ = WGS84.inv(np.full(size, found.lon), np.full(size, found.lat), lon, lat)
    east = (np.asarray(away) * np.sin(np.radians(azimuth))).mean()
    north = (np.asarray(away) * np.cos(np.radians(azimuth))).mean()
    assert math.hypot(east, north) < 0.03 * root
    assert -180 <= found.lon <= 180


def test_a_disc_spreads_by_its_radius_over_root_two() -> None:
    assert middle(Circle(10.0, 20.0, 100.0)) == (10.0, 20.0, 100.0 / math.sqrt(2))
    drawn_as_sector = middle(Sectors(10.0, 20.0, 0.0, (Sector(None, 180, 0, 100.0),)))
    assert drawn_as_sector.spread_m == pytest.approx(100.0 / math.sqrt(2), rel=1e-6)


def test_a_bell_spreads_by_the_sigmas_of_both_its_axes() -> None:
    chance = np.random.default_rng(3)
    sigma = 50.0
    away = np.hypot(*chance.normal(0, sigma, (2, 200_000)))
    r95 = float(np.quantile(away, 0.95))
    root = math.sqrt(np.square(away).mean())
    assert middle(Gaussian(1.0, 2.0, r95)).spread_m == pytest.approx(root, rel=0.01)
