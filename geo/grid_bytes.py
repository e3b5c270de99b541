"""A grid as bytes and back: to be kept from one process to the next.

The bytes name the zones they were made of (`grid_key`) and end with a hash of themselves. Whatever
is not exactly that is no grid: it is made anew, never trusted, since kernels check no bounds.
"""

import hashlib
import struct

import numpy as np

from geo.grid import LARGEST_M, Grid
from geo.lattice import TILE, make_lattice
from geo.zones import ZoneSet

_MAGIC = b"truceline grid 1"
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
    sizes = (grid.tile.size, grid.first.size, grid.entries.shape[0])
    body = b"".join(
        [
            _HEAD.pack(_MAGIC, key, grid.lattice.level, *sizes),
            grid.tile.astype("<i4").tobytes(),
            grid.first.astype("<u4").tobytes(),
            grid.entries.astype("<i4").tobytes(),
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
        or len(body) != _HEAD.size + 4 * (tiles + slots + 2 * entries)
    ):
        return None
    lattice = make_lattice(zones.bounds, level, LARGEST_M)
    if lattice is None:
        return None
    words = np.frombuffer(body, dtype="<i4", offset=_HEAD.size)
    grid = Grid(
        lattice=lattice,
        tile=words[:tiles],
        first=words[tiles : tiles + slots].view(np.uint32),
        entries=words[tiles + slots :].reshape(entries, 2),
    )
    return grid if _is_whole(grid, len(zones)) else None


def _is_whole(grid: Grid, zones: int) -> bool:
    """Whether every number in it points to something."""
    if grid.tile.size != grid.lattice.rows * grid.lattice.columns or not grid.first.size:
        return False
    last = (grid.tile >> 1) + (grid.tile & 1) * (_CELLS - 1)
    zone = grid.entries[:, 0]
    return bool(
        grid.tile.min() >= 0
        and last.max() + 1 < grid.first.size
        and (grid.first[1:] >= grid.first[:-1]).all()
        and grid.first[-1] == len(zone)
        and (len(zone) == 0 or (zone.min() >= 0 and zone.max() < zones))
    )
