"""All edges of a zone set, under a tree of bounding boxes over each zone's.

The circle calculation asks which edges lie near which circles. Consecutive edges of a ring lie
near each other, so boxes over 16 of them, and over 16 such boxes, leave few to look at: a ring of
125 vertices costs some 20 box comparisons a circle, one of 100,000 some 100.

Vertices are kept once, ring after ring, as the rings have them: 16 bytes an edge, and 16
consecutive edges in a few cache lines.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from geo.densify import Ints, spread
from geo.ellipsoid import Floats

FAN_OUT = 16
# Copies of so many vertices are made at once while a table is built: bounds the memory.
_MAX_VERTICES = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class EdgeTable:
    """Directed edges (zone interior on the left), zone by zone.

    Edge e goes from `xy[e]` to `xy[e + 1]`, float64[v, 2]; a ring's last vertex is its first again
    and begins no edge. Nodes stand level by level, roots first: `box` float64[k, 4] (min x, min y,
    max x, max y), and the children `first[i]:last[i]`, int64[k] each: nodes, or edges of one ring
    from node `leaves` on. `roots` int64[z + 1]: first root of each zone; `vertices` int64[z + 1]:
    its first vertex; `counts` int64[z]: edges of each zone; `depth` levels.
    """

    xy: Floats
    box: Floats
    first: Ints
    last: Ints
    roots: Ints
    vertices: Ints
    counts: Ints
    leaves: int
    depth: int

    @classmethod
    def of(cls, geometries: npt.NDArray[np.object_]) -> "EdgeTable":
        """Edges of oriented polygons (exteriors counter-clockwise, holes clockwise)."""
        xy = np.empty((int(shapely.get_num_coordinates(geometries).sum()), 2))
        sizes, zone = _fill(xy, geometries)
        begin = np.cumsum(sizes) - sizes
        nodes = -(-(sizes - 1) // FAN_OUT)
        ring, k = spread(nodes)
        first = begin[ring] + k * FAN_OUT
        last = np.minimum(first + FAN_OUT, (begin + sizes - 1)[ring])
        box = np.empty((first.size, 4))
        if first.size:
            # Up to the next leaf's first vertex; it, or the ring's last one, is the leaf's end.
            box[:, :2] = np.minimum(np.minimum.reduceat(xy, first, axis=0), xy[last])
            box[:, 2:] = np.maximum(np.maximum.reduceat(xy, first, axis=0), xy[last])
        z = len(geometries)
        rings = np.bincount(zone, minlength=z)
        vertices = np.bincount(zone, weights=sizes, minlength=z).astype(np.int64)
        per_zone = np.bincount(zone[ring], minlength=z).astype(np.int64)
        return cls._under(xy, (vertices, vertices - rings), per_zone, (box, first, last))

    @classmethod
    def _under(
        cls, xy: Floats, sizes: tuple[Ints, Ints], per_zone: Ints, leaves: tuple[Floats, Ints, Ints]
    ) -> "EdgeTable":
        """The table over leaves, of which each zone has `per_zone`; `sizes`: vertices and edges."""
        vertices, counts = sizes
        levels = [leaves]
        while per_zone.size and per_zone.max() > FAN_OUT:
            level, per_zone = _level(levels[0][0], per_zone)
            levels.insert(0, level)
        nodes = [len(box) for box, _, _ in levels]
        # Children are numbered within their level; all nodes stand in one row.
        below = np.cumsum(nodes)
        offsets = [*below[:-1].tolist(), 0]
        box = np.concatenate([box for box, _, _ in levels])
        pairs = list(zip(levels, offsets, strict=True))
        first = np.concatenate([first + offset for (_, first, _), offset in pairs])
        last = np.concatenate([last + offset for (_, _, last), offset in pairs])
        roots, begins = (
            np.concatenate([[0], np.cumsum(each)]).astype(np.int64) for each in (per_zone, vertices)
        )
        return cls(xy, box, first, last, roots, begins, counts, sum(nodes[:-1]), len(levels))

    @property
    def starts(self) -> Ints:
        """int64[e]: all edges, zone by zone."""
        first = self.first[self.leaves :]
        owner, k = spread(self.last[self.leaves :] - first)
        return first[owner] + k

    def ends(self, edge: Ints) -> Floats:
        """float64[4, n]: x0, y0, x1, y1 of each of these edges."""
        return np.concatenate([self.xy[edge].T, self.xy[edge + 1].T])

    def bounds(self) -> Floats:
        """float64[z, 4]: each zone's box."""
        box, roots = self.box, self.roots[:-1]
        last = self.roots[-1]
        low = np.minimum.reduceat(box[:last, :2], roots, axis=0)
        return np.concatenate([low, np.maximum.reduceat(box[:last, 2:], roots, axis=0)], axis=1)

    def near(self, zone: Ints, box: Floats) -> tuple[Ints, Ints]:
        """Pairs (query, edge) where the edge's box meets the query's, in order of both.

        `zone` int64[q]; `box` float64[4, q]: min x, min y, max x, max y.
        """
        query = np.arange(zone.size, dtype=np.int64)
        query, node = _spread(query, self.roots[zone], self.roots[zone + 1])
        for _ in range(self.depth):
            query, node = _meeting(self.box.T, node, box, query)
            query, node = _spread(query, self.first[node], self.last[node])
        ends = self.ends(node)
        sides = np.concatenate([np.minimum(ends[:2], ends[2:]), np.maximum(ends[:2], ends[2:])])
        query, at = _meeting(sides, np.arange(node.size), box, query)
        return query, node[at]


def _fill(xy: Floats, geometries: npt.NDArray[np.object_]) -> tuple[Ints, Ints]:
    """Put all vertices there; how many each ring has, and whose zone it is."""
    sizes, zones, done = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
    for start, some in _runs(geometries):
        parts, zone_of_part = shapely.get_parts(some, return_index=True)
        rings, part_of_ring = shapely.get_rings(parts, return_index=True)
        coords = shapely.get_coordinates(rings)
        xy[done : done + len(coords)] = coords
        done += len(coords)
        sizes.append(shapely.get_num_coordinates(rings).astype(np.int64))
        zones.append(start + zone_of_part[part_of_ring])
    return np.concatenate(sizes), np.concatenate(zones)


def _runs(
    geometries: npt.NDArray[np.object_],
) -> Iterator[tuple[int, npt.NDArray[np.object_]]]:
    """Neighbours of together about `_MAX_VERTICES` vertices, each with the first one's index."""
    run = np.cumsum(shapely.get_num_coordinates(geometries)) // _MAX_VERTICES
    cuts = [0, *(np.flatnonzero(np.diff(run)) + 1).tolist(), len(geometries)]
    for start, end in pairwise(cuts):
        yield start, geometries[start:end]


def _level(below: Floats, per_zone: Ints) -> tuple[tuple[Floats, Ints, Ints], Ints]:
    """Nodes over at most 16 neighbours of one zone each, and how many each zone has."""
    nodes = -(-per_zone // FAN_OUT)
    owner, k = spread(nodes)
    first = (np.cumsum(per_zone) - per_zone)[owner] + k * FAN_OUT
    low = np.minimum.reduceat(below[:, :2], first, axis=0)
    high = np.maximum.reduceat(below[:, 2:], first, axis=0)
    last = np.append(first[1:], len(below))
    return (np.concatenate([low, high], axis=1), first, last), nodes


def _spread(query: Ints, first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Every query with each of its `first` to `last`."""
    owner, k = spread(last - first)
    return query[owner], first[owner] + k


def _meeting(boxes: Floats, node: Ints, box: Floats, query: Ints) -> tuple[Ints, Ints]:
    """The pairs whose boxes meet; latitudes first, which leaves fewer longitudes to fetch."""
    hit = (boxes[1][node] <= box[3][query]) & (boxes[3][node] >= box[1][query])
    query, node = query[hit], node[hit]
    hit = (boxes[0][node] <= box[2][query]) & (boxes[2][node] >= box[0][query])
    return query[hit], node[hit]
