"""Zones made from a seed, for tests: concave, with holes, in several parts."""

import numpy as np
from shapely import MultiPolygon, Polygon, get_coordinates, get_parts, get_rings

from geo.containment import Relation, contain
from geo.shapes import Circle, Region, RegionBatch
from geo.zones import ZoneSet, ZoneShape


def star(
    rng: np.random.Generator, lon: float, lat: float, size_deg: float, corners: int
) -> list[tuple[float, float]]:
    """A closed ring seen whole from (lon, lat): concave, never crossing itself."""
    turn = (np.arange(corners) + 0.8 * rng.random(corners)) / corners * 2 * np.pi
    away = size_deg * rng.uniform(0.5, 1.0, corners)
    ring = [
        (float(lon + r * np.cos(a)), float(lat + r * np.sin(a)))
        for a, r in zip(turn, away, strict=True)
    ]
    return [*ring, ring[0]]


def holed(
    rng: np.random.Generator, lon: float, lat: float, size_deg: float, corners: int
) -> Polygon:
    """A star with a star-shaped hole."""
    return Polygon(
        star(rng, lon, lat, size_deg, corners), [star(rng, lon, lat, size_deg * 0.35, corners)]
    )


def scattered(
    rng: np.random.Generator, lon: float, lat: float, size_deg: float, corners: int
) -> MultiPolygon:
    """Two stars side by side, one with a hole."""
    return MultiPolygon(
        [
            Polygon(star(rng, lon - 1.2 * size_deg, lat, size_deg, corners)),
            holed(rng, lon + 1.2 * size_deg, lat, size_deg, corners),
        ]
    )


def rings_of(geometry: Polygon | MultiPolygon) -> list[list[tuple[float, float]]]:
    return [
        [(float(x), float(y)) for x, y in get_coordinates(ring)]
        for ring in get_rings(get_parts(geometry))
    ]


def zone_set(*geometries: Polygon | MultiPolygon) -> ZoneSet:
    return ZoneSet.build(ZoneShape(f"z{i}", geometry) for i, geometry in enumerate(geometries))


def answer(geometry: Polygon | MultiPolygon, region: Region) -> tuple[Relation, float]:
    """One region against one zone, the whole way through `contain`."""
    found = contain(zone_set(geometry), RegionBatch.of([region]))
    if not len(found.zone):
        return Relation.OUTSIDE, 0.0
    return Relation(int(found.relation[0])), float(found.p_inside[0])


def circles(
    rng: np.random.Generator, n: int, box: tuple[float, float, float, float], radius_m: float
) -> list[Circle]:
    """Circles of up to `radius_m`, a tenth of them exact points."""
    west, south, east, north = box
    return [
        Circle(
            float(rng.uniform(west, east)),
            float(rng.uniform(south, north)),
            0.0 if i % 10 == 0 else float(rng.uniform(1, radius_m)),
        )
        for i in range(n)
    ]
