"""Where a ring or a line crosses or touches itself: the places, not only the fact."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from geo.densify import Ints
from geo.ellipsoid import Floats

# Edges asked about at once: a hostile ring may cross itself everywhere, which is quadratic.
_CHUNK = 64

Segments = npt.NDArray[np.object_]


def crossings(
    line: Floats, at_most: int, *, closed: bool = True
) -> list[tuple[int, int, float, float]]:
    """Pairs of edges that have more in common than the vertex between neighbours.

    `line` float64[m, 2], without repeated neighbours, `closed` where it is a ring; edge i runs from
    vertex i to i + 1. Gives (first edge, second edge, lon, lat of a common point), the first
    `at_most` of them.
    """
    if shapely.is_simple(shapely.linestrings(line)):
        return []
    segments = np.asarray(shapely.linestrings(np.stack([line[:-1], line[1:]], axis=1)))
    found = np.concatenate([_folds(segments, closed), *_strangers(segments, at_most, closed)])
    found = found[np.lexsort((found[:, 1], found[:, 0]))][:at_most]
    common = shapely.intersection(segments[found[:, 0]], segments[found[:, 1]])
    places = shapely.get_coordinates(shapely.point_on_surface(common))
    return [
        (int(i), int(j), float(lon), float(lat))
        for (i, j), (lon, lat) in zip(found, places, strict=True)
    ]


def _folds(segments: Segments, closed: bool) -> Ints:
    """Neighbours that run back over each other, int64[k, 2]."""
    edge = np.arange(len(segments) - (not closed), dtype=np.int64)
    following = (edge + 1) % len(segments)
    common = shapely.intersection(segments[edge], segments[following])
    folded = np.flatnonzero(shapely.get_type_id(common) != shapely.GeometryType.POINT)
    pairs = np.stack([edge[folded], following[folded]], axis=1)
    return np.sort(pairs, axis=1)


def _strangers(
    segments: Segments,
    at_most: int,
    closed: bool,
) -> Iterator[Ints]:
    """Edges that are no neighbours and meet, until there are `at_most`, int64[k, 2] at a time."""
    tree, count, found = STRtree(segments), len(segments), 0
    for start in range(0, count, _CHUNK):
        first, second = tree.query(segments[start : start + _CHUNK], predicate="intersects")
        first = first + start
        apart = (second - first > 1) & (second - first < count - closed)
        yield np.stack([first[apart], second[apart]], axis=1).astype(np.int64)
        found += int(apart.sum())
        if found >= at_most:
            return
