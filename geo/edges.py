"""All edges of a zone set as columns, in blocks with bounding boxes.

The exact circle calculation asks for the few edges near a circle; a ring of 100,000 vertices then
costs its 3,125 block boxes instead of all its edges.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.densify import Ints, spread
from geo.ellipsoid import Floats

_BLOCK = 32


@dataclass(frozen=True, slots=True, eq=False)
class EdgeTable:
    """Directed edges (zone interior on the left), zone by zone.

    `ends` float64[4, e]: x0, y0, x1, y1. `block_first` int64[b + 1]: first edge of each block;
    `block_box` float64[4, b]: min x, min y, max x, max y. `zone_first` int64[z + 1]: first block
    of each zone.
    """

    ends: Floats
    block_first: Ints
    block_box: Floats
    zone_first: Ints

    @classmethod
    def of(cls, geometries: npt.NDArray[np.object_]) -> "EdgeTable":
        """Edges of oriented polygons (exteriors counter-clockwise, holes clockwise)."""
        parts, zone_of_part = shapely.get_parts(geometries, return_index=True)
        rings, part_of_ring = shapely.get_rings(parts, return_index=True)
        coords, ring = shapely.get_coordinates(rings, return_index=True)
        start = np.flatnonzero(ring[:-1] == ring[1:])
        ends = np.concatenate([coords[start].T, coords[start + 1].T])
        zone = zone_of_part[part_of_ring[ring[start]]]
        per_zone = np.bincount(zone, minlength=len(geometries)).astype(np.int64)
        blocks = -(-per_zone // _BLOCK)
        owner, k = spread(blocks)
        first = (np.cumsum(per_zone) - per_zone)[owner] + k * _BLOCK
        return cls(
            ends=ends,
            block_first=np.append(first, start.size),
            block_box=_boxes(ends, first),
            zone_first=np.concatenate([[0], np.cumsum(blocks)]).astype(np.int64),
        )

    def near(self, zone: Ints, box: Floats) -> tuple[Ints, Ints]:
        """Pairs (query, edge) where the edge's box meets the query's, in order of both.

        `zone` int64[q]; `box` float64[4, q] as `block_box`.
        """
        query, k = spread(self.zone_first[zone + 1] - self.zone_first[zone])
        block = self.zone_first[zone[query]] + k
        hit = _meet(self.block_box[:, block], box[:, query])
        query, block = query[hit], block[hit]
        owner, k = spread(self.block_first[block + 1] - self.block_first[block])
        query, edge = query[owner], self.block_first[block[owner]] + k
        hit = _meet(_edge_boxes(self.ends[:, edge]), box[:, query])
        return query[hit], edge[hit]


def _edge_boxes(ends: Floats) -> Floats:
    return np.concatenate([np.minimum(ends[:2], ends[2:]), np.maximum(ends[:2], ends[2:])])


def _boxes(ends: Floats, first: Ints) -> Floats:
    if first.size == 0:
        return np.empty((4, 0))
    boxes = _edge_boxes(ends)
    low = np.minimum.reduceat(boxes[:2], first, axis=1)
    return np.concatenate([low, np.maximum.reduceat(boxes[2:], first, axis=1)])


def _meet(a: Floats, b: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray((a[0] <= b[2]) & (a[2] >= b[0]) & (a[1] <= b[3]) & (a[3] >= b[1]))
