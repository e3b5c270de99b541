"""`p_inside` of bells, sectors, areas and tracks against counting: jittered points, one a cell.

Points are drawn where the region is defined, not where our code works it out: bells and sectors by
azimuth and distance along geodesics, areas in lon/lat with the ellipsoid's density, tracks in
PROJ's equidistant plane. Whether a point lies in the zone is asked of GEOS in lon/lat. One point a
cell: only cells on an outline count, so that `HITS` points give a share to some 1e-4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely import Polygon

from geo.shapes import Area, Gaussian, Region, Sector, Sectors, Track
from tests.exact.surroundings import WGS84
from tests.exact.worlds import KM_DEG, Place, World, Zone
from tests.unit.geo import oracle
from tests.unit.geo.zoo import answer, star, turned

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Rng = np.random.Generator

HITS = 300_000
SHARE_ERROR = 1e-3
_PILOT = 150
_MOST_CELLS = 6_000_000
_E2 = 0.0066943799901413165

Sampled = tuple[Floats, Floats, Bools, Floats]
"""Longitudes, latitudes, whether in the region, weight: its density times the cell's area."""
Lattice = Callable[[Floats, Floats], Sampled]
"""From positions in the unit square."""


def draw_regions(place: Place, rng: Rng) -> Iterator[Region]:
    """One region of each shape about a place."""
    lon, lat = place
    away = [float(v) for v in rng.uniform(0, 360, 3)]
    yield Gaussian(*_wrapped(place), float(rng.uniform(20, 2_000)))
    low, high = sorted(float(v) for v in rng.uniform(200, 6_000, 2))
    beams = (Sector(away[0], 22.5, low, high), Sector(away[1], 11.25, 0.0, high))
    yield Sectors(*_wrapped(place), float(rng.uniform(10, 800)), beams)
    yield Sectors(*_wrapped(place), float(rng.uniform(10, 300)), (Sector(None, 180, low, high),))
    yield Area(turned(Polygon(star(rng, lon, lat, float(rng.uniform(1, 4)) * KM_DEG, 9)), 0.0))
    steps = np.cumsum(rng.uniform(-2, 2, (4, 2)) * KM_DEG, axis=0)
    points = tuple(_wrapped((lon + float(x), lat + float(y))) for x, y in steps)
    yield Track(points, float(rng.uniform(100, 900)))


def _wrapped(place: Place) -> Place:
    lon, lat = place
    return lon - 360 * round(lon / 360), lat


def share_faults(
    world: World, rng: Rng, places: int, hits: int = HITS
) -> Iterator[tuple[float, str]]:
    """For each region drawn: how far off its share is, and what to say of it."""
    for at in rng.permutation(len(world.places))[:places].tolist():
        place = world.places[at]
        near = [z for z in world.drawn if shapely.distance(z.boundary, shapely.Point(place)) < 0.02]
        for region in draw_regions(place, rng):
            for zone in [near[i] for i in rng.permutation(len(near))[:1]]:
                counted = count_share(zone, region, place, rng, hits)
                _, p = answer(turned(zone, 0.0), region)
                error = abs(p - counted)
                yield error, f"{world.kind}, {region}: p_inside {p}, counted {counted:.5f}"


def count_share(zone: Zone, region: Region, place: Place, rng: Rng, hits: int) -> float:
    """The share of the region in the zone; both lie about `place`, on its turn of longitude."""
    lattice = _lattice(region, place)
    _, _, hit, _ = lattice(*_jittered(_PILOT, rng))
    side = int(np.sqrt(min(hits / max(hit.mean(), 1e-4), _MOST_CELLS)))
    lon, lat, hit, weight = lattice(*_jittered(side, rng))
    shapely.prepare(zone)
    held = shapely.contains_xy(zone, lon[hit], lat[hit])
    return float(weight[hit][held].sum() / weight[hit].sum())


def _jittered(side: int, rng: Rng) -> tuple[Floats, Floats]:
    u, v = np.meshgrid(np.arange(side), np.arange(side))
    return (u.ravel() + rng.random(side * side)) / side, (v.ravel() + rng.random(side**2)) / side


def _lattice(region: Region, place: Place) -> Lattice:
    match region:
        case Gaussian():
            return lambda u, v: _of_gaussian(region, place, u, v)
        case Sectors():
            return lambda u, v: _of_sectors(region, place, u, v)
        case Area():
            return lambda u, v: _of_area(region, place, u, v)
        case Track():
            return lambda u, v: _of_track(region, place, u, v)
        case _:
            raise AssertionError("circles have an exact oracle")


def _of_gaussian(region: Gaussian, place: Place, u: Floats, v: Floats) -> Sampled:
    """95 % of a circular bell lie within √(-2 ln 0.05) of its standard deviations."""
    x, y = (2 * u - 1) * region.reach_m, (2 * v - 1) * region.reach_m
    away = np.hypot(x, y)
    density = np.exp(np.log(0.05) * np.square(away / region.radius95_m))
    return *_seen(place, x, y), away <= region.reach_m, density


def _of_sectors(region: Sectors, place: Place, u: Floats, v: Floats) -> Sampled:
    x, y = (2 * u - 1) * region.reach_m, (2 * v - 1) * region.reach_m
    hit = np.any(
        [oracle.in_sector(x, y, sector, region.accuracy_m) for sector in region.sectors], axis=0
    )
    return *_seen(place, x, y), hit, np.ones_like(x)


def _seen(place: Place, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Positions so many metres east and north along geodesics from a place, in its turn."""
    lon, lat, _ = WGS84.fwd(
        np.full_like(x, place[0]),
        np.full_like(x, place[1]),
        np.degrees(np.arctan2(x, y)),
        np.hypot(x, y),
    )
    return _about(np.asarray(lon), place), np.asarray(lat)


def _of_area(region: Area, place: Place, u: Floats, v: Floats) -> Sampled:
    area = shapely.transform(
        region.geometry, lambda c: np.stack([_about(c[:, 0], place), c[:, 1]], axis=1)
    )
    west, south, east, north = area.bounds
    lon, lat = west + u * (east - west), south + v * (north - south)
    shapely.prepare(area)
    sin = np.sin(np.radians(lat))
    density = np.cos(np.radians(lat)) / (1 - _E2 * sin * sin) ** 2
    return lon, lat, shapely.contains_xy(area, lon, lat), density


def _of_track(region: Track, place: Place, u: Floats, v: Floats) -> Sampled:
    plane = Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lat_0={place[1]!r} +lon_0={place[0]!r}", always_xy=True
    )
    points = np.array([(_about(np.array([x]), place)[0], y) for x, y in region.points])
    fine = shapely.segmentize(shapely.LineString(points), 2e-4)
    line = shapely.transform(fine, lambda c: np.stack(plane.transform(c[:, 0], c[:, 1]), axis=1))
    west, south, east, north = line.buffer(region.accuracy_m * 1.01).bounds
    x, y = west + u * (east - west), south + v * (north - south)
    shapely.prepare(line)
    hit = np.asarray(shapely.dwithin(line, shapely.points(x, y), region.accuracy_m))
    lon, lat = plane.transform(x, y, direction="INVERSE")
    return _about(np.asarray(lon), place), np.asarray(lat), hit, np.ones_like(x)


def _about(lon: Floats, place: Place) -> Floats:
    """Longitudes in the turn of the place."""
    return lon - 360 * np.round((lon - place[0]) / 360)
