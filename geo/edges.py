"""All edges of a zone set as columns, under a tree of bounding boxes that is asked in bulk.

The circle calculation asks which edges lie near which circles. Consecutive edges of a ring lie
near each other, so boxes over 16 of them, and over 16 such boxes, leave few to look at: a ring of
125 vertices costs some 20 box comparisons a circle, one of 100,000 some 100.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.densify import Ints, spread
from geo.ellipsoid import Floats

_FAN_OUT = 16


@dataclass(frozen=True, slots=True, eq=False)
class BoxLevel:
    """Nodes over the level below; node i has the children `first[i]:first[i + 1]`.

    `box` float64[4, k]: min x, min y, max x, max y of each; `first` int64[k + 1].
    """

    box: Floats
    first: Ints


@dataclass(frozen=True, slots=True, eq=False)
class EdgeTable:
    """Directed edges (zone interior on the left), zone by zone.

    `ends` and `box` float64[4, e]: x0, y0, x1, y1 and min x, min y, max x, max y. `levels` from the
    roots down to the nodes over the edges; `roots` int64[z + 1]: first root of each zone; `counts`
    int64[z]: edges of each zone.
    """

    ends: Floats
    box: Floats
    levels: tuple[BoxLevel, ...]
    roots: Ints
    counts: Ints

    @property
    def first(self) -> Ints:
        """int64[z + 1]: zone z has the edges `first[z]:first[z + 1]`."""
        return np.concatenate([[0], np.cumsum(self.counts)]).astype(np.int64)

    @classmethod
    def of(cls, geometries: npt.NDArray[np.object_]) -> "EdgeTable":
        """Edges of oriented polygons (exteriors counter-clockwise, holes clockwise)."""
        parts, zone_of_part = shapely.get_parts(geometries, return_index=True)
        rings, part_of_ring = shapely.get_rings(parts, return_index=True)
        coords, ring = shapely.get_coordinates(rings, return_index=True)
        start = np.flatnonzero(ring[:-1] == ring[1:])
        ends = np.concatenate([coords[start].T, coords[start + 1].T])
        zone = zone_of_part[part_of_ring[ring[start]]]
        counts = per_zone = np.bincount(zone, minlength=len(geometries)).astype(np.int64)
        box = np.concatenate([np.minimum(ends[:2], ends[2:]), np.maximum(ends[:2], ends[2:])])
        levels: list[BoxLevel] = []
        below = box
        while per_zone.size and (not levels or per_zone.max() > _FAN_OUT):
            level, per_zone = _level(below, per_zone)
            levels.insert(0, level)
            below = level.box
        roots = np.concatenate([[0], np.cumsum(per_zone)]).astype(np.int64)
        return cls(ends=ends, box=box, levels=tuple(levels), roots=roots, counts=counts)

    def near(self, zone: Ints, box: Floats) -> tuple[Ints, Ints]:
        """Pairs (query, edge) where the edge's box meets the query's, in order of both.

        `zone` int64[q]; `box` float64[4, q]: min x, min y, max x, max y.
        """
        query, node = _below(np.arange(zone.size, dtype=np.int64), zone, self.roots)
        for level in self.levels:
            query, node = _meeting(level.box, node, box, query)
            query, node = _below(query, node, level.first)
        return _meeting(self.box, node, box, query)


def _level(below: Floats, per_zone: Ints) -> tuple[BoxLevel, Ints]:
    """Nodes over at most 16 neighbours of one zone each, and how many each zone has."""
    nodes = -(-per_zone // _FAN_OUT)
    owner, k = spread(nodes)
    first = (np.cumsum(per_zone) - per_zone)[owner] + k * _FAN_OUT
    low = np.minimum.reduceat(below[:2], first, axis=1)
    high = np.maximum.reduceat(below[2:], first, axis=1)
    return BoxLevel(np.concatenate([low, high]), np.append(first, below.shape[1])), nodes


def _below(query: Ints, node: Ints, first: Ints) -> tuple[Ints, Ints]:
    """Every (query, node) pair replaced by the node's children."""
    start = first[node]
    owner, k = spread(first[node + 1] - start)
    return query[owner], start[owner] + k


def _meeting(boxes: Floats, node: Ints, box: Floats, query: Ints) -> tuple[Ints, Ints]:
    """The pairs whose boxes meet; latitudes first, which leaves fewer longitudes to fetch."""
    hit = (boxes[1][node] <= box[3][query]) & (boxes[3][node] >= box[1][query])
    query, node = query[hit], node[hit]
    hit = (boxes[0][node] <= box[2][query]) & (boxes[2][node] >= box[0][query])
    return query[hit], node[hit]
