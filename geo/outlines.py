"""The edge table as a kernel takes it, and ways through it.

Beside the data's way; `grid_build`, `point_side` and `near_discs` walk here.
"""

from typing import NamedTuple

import numpy as np

from geo.compiled import kernel
from geo.densify import Ints
from geo.edges import FAN_OUT, EdgeTable
from geo.ellipsoid import Floats


class Outlines(NamedTuple):
    """The columns of `geo.edges.EdgeTable`."""

    xy: Floats
    box: Floats
    first: Ints
    last: Ints
    roots: Ints
    vertices: Ints
    leaves: int

    @classmethod
    def of(cls, edges: EdgeTable) -> "Outlines":
        """The table's own arrays."""
        return cls(
            edges.xy,
            edges.box,
            edges.first,
            edges.last,
            edges.roots,
            edges.vertices,
            edges.leaves,
        )


def room_for_nodes(edges: EdgeTable) -> Ints:
    """Room for the nodes that wait while a walk is in one of them."""
    return np.empty(FAN_OUT * (edges.depth + 1), np.int64)


@kernel
def wait_for(first: int, last: int, waiting: Ints, top: int) -> int:
    """Put nodes down so that the first of them is taken next; how many wait then."""
    for node in range(last - 1, first - 1, -1):
        waiting[top] = node
        top += 1
    return top


@kernel
def leaves_of(outlines: Outlines, zone: int) -> tuple[int, int]:
    """The zone's leaves: the first of them, and the one after the last."""
    first, last = outlines.roots[zone], outlines.roots[zone + 1]
    while first < outlines.leaves:
        first, last = outlines.first[first], outlines.last[last - 1]
    return first, last
