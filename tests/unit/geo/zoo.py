"""Zones made from a seed, for tests: concave, with holes, in several parts."""

import numpy as np
from shapely import MultiPolygon, Polygon, box, get_coordinates, get_parts, get_rings

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


def turned(geometry: Polygon | MultiPolygon, degrees: float) -> MultiPolygon:
    """The zone farther east, cut at ±180 as RFC 7946 asks."""
    parts = []
    for part in getattr(geometry, "geoms", [geometry]):
        ring = [(x + degrees, y) for x, y in part.exterior.coords]
        holes = [[(x + degrees, y) for x, y in hole.coords] for hole in part.interiors]
        moved = Polygon(ring, holes)
        for turn in (-360, 0, 360):
            window = box(turn - 180, -90, turn + 180, 90)
            inside = moved.intersection(window)
            for piece in getattr(inside, "geoms", [inside]):
                if isinstance(piece, Polygon) and not piece.is_empty:
                    shell = [(min(max(x - turn, -180), 180), y) for x, y in piece.exterior.coords]
                    rings = [[(x - turn, y) for x, y in hole.coords] for hole in piece.interiors]
                    parts.append(Polygon(shell, rings))
    return MultiPolygon(parts)


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
