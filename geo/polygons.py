"""Polygons taken apart into rings of coordinates, changed as arrays, and put together again."""

from collections.abc import Callable, Sequence

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.densify import Ints
from geo.ellipsoid import Floats

# Takes float64[m, 2] and the ring of each vertex; gives the same, with other vertices.
RingChange = Callable[[Floats, Ints], tuple[Floats, Ints]]


def rebuilt(geometry: Polygon | MultiPolygon, change: RingChange) -> Polygon | MultiPolygon:
    """`geometry` with the vertices of all its rings replaced by what `change` gives."""
    return all_rebuilt([geometry], change)[0]


def all_rebuilt(
    geometries: Sequence[Polygon | MultiPolygon], change: RingChange
) -> list[Polygon | MultiPolygon]:
    """The same of many, none of them empty, in one call of `change`."""
    parts, of_part = shapely.get_parts(geometries, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    changed, ring = change(coords, np.asarray(ring, dtype=np.int64))
    outlines = np.asarray(shapely.linearrings(changed, indices=ring))
    polygons = np.asarray(shapely.polygons(outlines, indices=part_of_ring))
    cuts = np.flatnonzero(np.diff(of_part)) + 1
    return [_one_or_many(list(own)) for own in np.split(polygons, cuts)]


def polygonal(geometry: shapely.Geometry) -> Polygon | MultiPolygon:
    """The polygons of any geometry; the points and lines that an overlay may leave are dropped."""
    if isinstance(geometry, Polygon) and not geometry.is_empty:
        return geometry
    parts = shapely.get_parts(shapely.get_parts(geometry))
    return _one_or_many([part for part in parts if isinstance(part, Polygon)])


def _one_or_many(polygons: Sequence[Polygon]) -> Polygon | MultiPolygon:
    if len(polygons) == 1:
        return polygons[0]
    return MultiPolygon(list(polygons))
