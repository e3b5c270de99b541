"""A grid as bytes and back: to be kept from one process to the next.

The bytes name the zones they were made of (`grid_key`) and end with a hash of themselves. Whatever
is not exactly that is no grid: it is made anew, never trusted, since kernels check no bounds.
"""

import hashlib
import struct

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.densify import Ints
from geo.edges import EdgeTable
from geo.grid import LARGEST_M, Grid
from geo.grid_entry import AT, MANY, edge_of, edges_of, zone_of
from geo.lattice import TILE, make_lattice
from geo.zones import ZoneSet

_MAGIC = b"truceline grid 3"
# Key, level, and how many tiles, slots and entries there are.
_HEAD = struct.Struct("<16s32siqqq")
_HASH_BYTES = 32
_CELLS = TILE * TILE


def grid_key(zones: ZoneSet, limit_bytes: int) -> bytes:
    """SHA-256 of all that a grid follows from."""
    made_of = hashlib.sha256(_MAGIC)
    made_of.update(struct.pack("<qd", limit_bytes, LARGEST_M))
    edges = zones.edges
    for column in (edges.roots, edges.first, edges.last):
        made_of.update(np.ascontiguousarray(column, dtype="<i8").data)
    made_of.update(np.ascontiguousarray(edges.xy, dtype="<f8").data)
    return made_of.digest()


def pack(grid: Grid, key: bytes) -> bytes:
    """The grid's bytes."""
    sizes = (grid.tile.size, grid.first.size, grid.entries.size)
    body = b"".join(
        [
            _HEAD.pack(_MAGIC, key, grid.lattice.level, *sizes),
            grid.tile.astype("<i4").tobytes(),
            grid.first.astype("<u4").tobytes(),
            grid.entries.astype("<i8").tobytes(),
        ]
    )
    return body + hashlib.sha256(body).digest()


def unpack(data: bytes, key: bytes, zones: ZoneSet) -> Grid | None:
    """The grid of these zones that `data` holds; None where it holds anything else."""
    body = memoryview(data)[:-_HASH_BYTES]
    if len(data) < _HEAD.size + _HASH_BYTES:
        return None
    if hashlib.sha256(body).digest() != data[-_HASH_BYTES:]:
        return None
    magic, whose, level, tiles, slots, entries = _HEAD.unpack_from(body)
    if (
        magic != _MAGIC
        or whose != key
        or min(tiles, slots, entries) < 0
        or len(body) != _HEAD.size + 4 * (tiles + slots + 2 * entries)
    ):
        return None
    lattice = make_lattice(zones.bounds, level, LARGEST_M)
    if lattice is None:
        return None
    at = _HEAD.size + 4 * tiles
    # Copies: of large arrays NumPy asks for large pages, and of these a point's way needs fewer.
    grid = Grid(
        lattice=lattice,
        tile=np.frombuffer(body, "<i4", tiles, _HEAD.size).copy(),
        first=np.frombuffer(body, "<u4", slots, at).copy(),
        entries=np.frombuffer(body, "<i8", entries, at + 4 * slots).copy(),
    )
    return grid if _is_whole(grid, zones.edges) else None


def _is_whole(grid: Grid, edges: EdgeTable) -> bool:
    """Whether every number in it points to something."""
    if grid.tile.size != grid.lattice.rows * grid.lattice.columns or not grid.first.size:
        return False
    last = (grid.tile >> 1) + (grid.tile & 1) * (_CELLS - 1)
    return bool(
        grid.tile.min() >= 0
        and last.max() + 1 < grid.first.size
        and _are_whole(grid.first, grid.entries, edges.vertices)
    )


@kernel
def _are_whole(first: npt.NDArray[np.uint32], entries: Ints, vertices: Ints) -> bool:
    """Whether each list of entries begins where one may, each zone is there and has such edges."""
    at = 0
    for beginning in first:
        if beginning & AT < at:
            return False
        at = beginning & AT
    if at != entries.size:
        return False
    for entry in entries:
        zone, edges = zone_of(entry), edges_of(entry)
        if zone >= vertices.size - 1:
            return False
        # The run's last edge ends at a vertex of the zone.
        end = vertices[zone] + edge_of(entry) + edges
        if edges != MANY and edges and end >= vertices[zone + 1]:
            return False
    return True
