"""Build a grid's tiles: for each cell the zones near it, with the signed distance of its centre.

Distances are lower bounds in metres (the lattice's rows say how), measured from the centre of each
cell to the edges within reach; which side the centre is on comes from one scan along each row of
centres; which edges enter a cell is noted for the points in it. Everything is in the order of
tiles, cells and zones: the same zones give the same bytes. What another grid has already is copied
(`geo.grid_reuse`).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.densify import Ints
from geo.ellipsoid import Floats
from geo.grid_entry import (
    AT,
    BARE,
    FARTHEST,
    MANY,
    distance_of,
    edges_of,
    make_entry,
    of_zone,
    zone_of,
)
from geo.lattice import MARGIN_DEG, TILE
from geo.outlines import Outlines, leaves_of
from geo.point_side import IN, OPEN, side_in_cell

Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

_CELLS = TILE * TILE
# Nearer to a centre than this, an edge leaves open on which side of it the scan put the centre.
_DOUBT_M = 0.01
# Tiles that nothing is near share the first slot, which is empty.
NOTHING = 0
# No other grid has the tile.
ANEW = -1


class Tiles(NamedTuple):
    """Where the tiles lie, row by row: tile t has the zones `zone[first[t]:first[t + 1]]`.

    `width`, `height` of a cell in degrees; `lower_m` float64[rows, 2] as the lattice has it.
    """

    west: float
    south: float
    width: float
    height: float
    columns: int
    lower_m: Floats
    cap_m: float
    first: Ints
    zone: Int32s


class Store(NamedTuple):
    """What is filled: see `geo.grid.Grid`. `used` int64[2]: slots and entries in use."""

    tile: Int32s
    first: npt.NDArray[np.uint32]
    entries: Ints
    used: Ints


class Reuse(NamedTuple):
    """Another grid, `tile`, `first` and `entries`, and what is the same in it.

    `source` int64[tiles]: which of its tiles each tile is to be copied from, or `ANEW`; `zone`
    int64[its zones]: the number that each of its zones has now, ascending where there is one.
    """

    tile: Int32s
    first: npt.NDArray[np.uint32]
    entries: Ints
    source: Ints
    zone: Ints


class Scratch(NamedTuple):
    """One tile's work: squared distances [32, 32], parities [32, 33], entries by zone.

    `low`, `high` [32, 32]: the first and last edge that enters a cell; `low` -1 where none does.
    """

    square: Floats
    odd: Bools
    low: Ints
    high: Ints
    cell: Int32s
    found: Ints


class Window(NamedTuple):
    """One tile: its corner and cells in degrees, metres a degree there, how far `cap_m` reaches."""

    west: float
    south: float
    width: float
    height: float
    lon_m: float
    lat_m: float
    reach_lon: float
    reach_lat: float


class Edge(NamedTuple):
    """From (ax, ay) to (bx, by), degrees."""

    ax: float
    ay: float
    bx: float
    by: float


@kernel
def length_m(outlines: Outlines, lon_m: float, lat_m: float) -> float:
    """Of all edges, where degrees are so long."""
    total = 0.0
    for leaf in range(outlines.leaves, outlines.first.size):
        for e in range(outlines.first[leaf], outlines.last[leaf]):
            edge = _edge(outlines.xy, e)
            total += np.hypot((edge.bx - edge.ax) * lon_m, (edge.by - edge.ay) * lat_m)
    return total


@kernel
def fill(outlines: Outlines, tiles: Tiles, reuse: Reuse, store: Store) -> bool:
    """Fill all tiles; False where the store is too small for them."""
    store.first[0], store.used[0] = 0, 1
    most = 0
    for t in range(tiles.first.size - 1):
        most = max(most, tiles.first[t + 1] - tiles.first[t])
    scratch = Scratch(
        np.empty((TILE, TILE), np.float64),
        np.empty((TILE, TILE + 1), np.bool_),
        np.empty((TILE, TILE), np.int64),
        np.empty((TILE, TILE), np.int64),
        np.empty(most * _CELLS, np.int32),
        np.empty(most * _CELLS, np.int64),
    )
    for t in range(tiles.first.size - 1):
        store.tile[t] = NOTHING
        if reuse.source[t] != ANEW:
            if not _copy(store, t, reuse):
                return False
            continue
        count, whole = _gather(outlines, tiles, t, scratch)
        if count and not _keep(store, t, scratch, count, whole):
            return False
    store.first[store.used[0]] = store.used[1]
    return True


@kernel
def _gather(outlines: Outlines, tiles: Tiles, t: int, scratch: Scratch) -> tuple[int, bool]:
    """The tile's entries by zone, and whether every cell has the same ones."""
    count, whole = 0, True
    for at in range(tiles.first[t], tiles.first[t + 1]):
        zone = tiles.zone[at]
        near = _measure(outlines, zone, tiles, t, scratch)
        if near or scratch.odd[0, 0]:
            whole = whole and not near
            count = _note(outlines, tiles, t, zone, scratch, count)
    return count, whole


@kernel
def _note(  # noqa: PLR0913, PLR0917 (a tile's work)
    outlines: Outlines, tiles: Tiles, t: int, zone: int, scratch: Scratch, count: int
) -> int:
    """Add the cells that the zone holds or comes near to the entries; how many there are then."""
    window = _window(tiles, t)
    for j in range(TILE):
        for i in range(TILE):
            inside, square = scratch.odd[j, i], scratch.square[j, i]
            if inside or square < tiles.cap_m * tiles.cap_m:
                distance = min(int(np.sqrt(square) / tiles.cap_m * FARTHEST), FARTHEST)
                edge, edges, other = _run(outlines, window, i, j, scratch)
                scratch.cell[count] = j * TILE + i
                scratch.found[count] = make_entry(
                    zone,
                    edge - outlines.vertices[zone] if edges else 0,
                    edges,
                    other,
                    distance if inside else -distance,
                )
                count += 1
    return count


@kernel
def _run(
    outlines: Outlines, window: Window, i: int, j: int, scratch: Scratch
) -> tuple[int, int, int]:
    """The edges that enter a cell, and 1 where its points' side is the other one than they tell."""
    first, edges = scratch.low[j, i], scratch.high[j, i] - scratch.low[j, i] + 1
    if first < 0:
        return 0, 0, 0
    if edges >= MANY or scratch.square[j, i] < _DOUBT_M * _DOUBT_M:
        return first, MANY, 0
    lon = window.west + (i + 0.5) * window.width
    lat = window.south + (j + 0.5) * window.height
    border = window.west + (i + 1) * window.width + MARGIN_DEG
    told = side_in_cell(outlines.xy, first, first + edges, lon, lat, border)
    if told == OPEN:
        return first, MANY, 0
    return first, edges, int((told == IN) != scratch.odd[j, i])


@kernel
def _keep(store: Store, t: int, scratch: Scratch, count: int, whole: bool) -> bool:
    """Put the tile's entries in the order of its cells; False where they do not fit."""
    kept = count // _CELLS if whole else count
    slot, entry = store.used[0], store.used[1]
    slots = _take(store, t, kept, whole)
    if not slots:
        return False
    if whole:
        store.first[slot] = entry
        store.entries[entry : entry + kept] = scratch.found[:count:_CELLS]
    else:
        _sort(store, slot, entry, scratch, count)
    store.first[slot + slots] = entry + kept
    for at in range(slot, slot + slots):
        if _is_bare(store.entries[store.first[at] : store.first[at + 1]]):
            store.first[at] |= BARE
    return True


@kernel
def _take(store: Store, t: int, kept: int, whole: bool) -> int:
    """Take the tile's slots and so many entries; how many slots, 0 where they do not fit."""
    slots = 1 if whole else _CELLS
    slot, entry = store.used[0], store.used[1]
    if slot + slots >= store.first.size or entry + kept > store.entries.size:
        return 0
    store.tile[t] = 2 * slot + (0 if whole else 1)
    store.used[0] += slots
    store.used[1] += kept
    return slots


@kernel
def _copy(store: Store, t: int, reuse: Reuse) -> bool:
    """Put the other grid's tile here, its zones by their numbers now; False as in `_keep`."""
    tile = int(reuse.tile[reuse.source[t]])
    if tile == NOTHING:
        return True
    whole, from_slot = tile & 1 == 0, tile >> 1
    from_entry = int(reuse.first[from_slot]) & AT
    kept = (int(reuse.first[from_slot + (1 if whole else _CELLS)]) & AT) - from_entry
    slot, entry = store.used[0], store.used[1]
    slots = _take(store, t, kept, whole)
    if not slots:
        return False
    for s in range(slots):
        begins = int(reuse.first[from_slot + s])
        store.first[slot + s] = (begins & AT) - from_entry + entry | begins & BARE
    for e in range(kept):
        copied = reuse.entries[from_entry + e]
        store.entries[entry + e] = of_zone(copied, reuse.zone[zone_of(copied)])
    # As `_keep` leaves it: the next tile's slot, or the end.
    store.first[slot + slots] = entry + kept
    return True


@kernel
def _is_bare(entries: Ints) -> bool:
    """Whether they hold no point of the cell, and no edge enters it."""
    bare = True
    for entry in entries:
        bare &= distance_of(entry) < 0 and edges_of(entry) == 0
    return bare


@kernel
def _sort(store: Store, slot: int, entry: int, scratch: Scratch, count: int) -> None:
    """The tile's entries by cell, each cell's by zone."""
    at = np.zeros(_CELLS + 1, np.int64)
    for n in range(count):
        at[scratch.cell[n] + 1] += 1
    for cell in range(_CELLS):
        at[cell + 1] += at[cell]
        store.first[slot + cell] = entry + at[cell]
    for n in range(count):
        to = entry + at[scratch.cell[n]]
        at[scratch.cell[n]] += 1
        store.entries[to] = scratch.found[n]


@kernel
def _measure(outlines: Outlines, zone: int, tiles: Tiles, t: int, scratch: Scratch) -> bool:
    """Distances and sides of the tile's centres to one zone; whether an edge is within reach."""
    window = _window(tiles, t)
    scratch.square[:] = tiles.cap_m * tiles.cap_m
    scratch.odd[:] = False
    scratch.low[:] = -1
    near = False
    first, last = leaves_of(outlines, zone)
    ring = outlines.first[first]
    for leaf in range(first, last):
        if leaf > first and outlines.first[leaf] != outlines.last[leaf - 1]:
            ring = outlines.first[leaf]
        box = outlines.box[leaf]
        if not _meets(Edge(box[0], box[1], box[2], box[3]), window):
            continue
        for e in range(outlines.first[leaf], outlines.last[leaf]):
            edge = _edge(outlines.xy, e)
            if not _meets(edge, window):
                continue
            _scan(edge, window, scratch.odd)
            if max(edge.ax, edge.bx) >= window.west - window.reach_lon:
                near = _approach(edge, window, scratch.square) or near
                _enter(edge, e, ring, window, scratch)
    for j in range(TILE):
        for i in range(1, TILE):
            scratch.odd[j, i] ^= scratch.odd[j, i - 1]
    return near


@kernel
def _window(tiles: Tiles, t: int) -> Window:
    row, column = t // tiles.columns, t % tiles.columns
    lon_m, lat_m = tiles.lower_m[row, 0], tiles.lower_m[row, 1]
    return Window(
        tiles.west + column * TILE * tiles.width,
        tiles.south + row * TILE * tiles.height,
        tiles.width,
        tiles.height,
        lon_m,
        lat_m,
        tiles.cap_m / lon_m,
        tiles.cap_m / lat_m,
    )


@kernel
def _edge(xy: Floats, e: int) -> Edge:
    return Edge(xy[e, 0], xy[e, 1], xy[e + 1, 0], xy[e + 1, 1])


@kernel
def _meets(edge: Edge, window: Window) -> bool:
    """Whether the edge, or a box's diagonal, is within reach of the tile, or of the rows west."""
    north = window.south + TILE * window.height + window.reach_lat
    east = window.west + TILE * window.width + window.reach_lon
    low, high = min(edge.ay, edge.by), max(edge.ay, edge.by)
    return (
        high >= window.south - window.reach_lat and low <= north and min(edge.ax, edge.bx) <= east
    )


@kernel
def _centres(low: float, high: float, start: float, step: float) -> tuple[int, int]:
    """The first and last row or column whose centre may lie between, of those in the tile."""
    first = max(np.floor((low - start) / step - 0.5), 0.0)
    last = min(np.ceil((high - start) / step - 0.5), TILE - 1.0)
    return int(first), int(last)


@kernel
def _scan(edge: Edge, window: Window, odd: Bools) -> None:
    """Toggle, on each row of centres that the edge crosses, the first centre east of it."""
    low, high = min(edge.ay, edge.by), max(edge.ay, edge.by)
    j0, j1 = _centres(low, high, window.south, window.height)
    for j in range(j0, j1 + 1):
        lat = window.south + (j + 0.5) * window.height
        if (edge.ay > lat) != (edge.by > lat):
            lon = edge.ax + (lat - edge.ay) * (edge.bx - edge.ax) / (edge.by - edge.ay)
            i = np.floor((lon - window.west) / window.width + 0.5)
            i = int(min(max(i, 0.0), float(TILE)))
            odd[j, i] = not odd[j, i]


@kernel
def _approach(edge: Edge, window: Window, square: Floats) -> bool:
    """Lower the squared distances of the centres within reach of the edge; whether any is."""
    south, north = (
        min(edge.ay, edge.by) - window.reach_lat,
        max(edge.ay, edge.by) + window.reach_lat,
    )
    west, east = min(edge.ax, edge.bx) - window.reach_lon, max(edge.ax, edge.bx) + window.reach_lon
    j0, j1 = _centres(south, north, window.south, window.height)
    i0, i1 = _centres(west, east, window.west, window.width)
    dx, dy = (edge.bx - edge.ax) * window.lon_m, (edge.by - edge.ay) * window.lat_m
    length2 = dx * dx + dy * dy
    over = 1.0 / length2 if length2 > 0 else 0.0
    for j in range(j0, j1 + 1):
        y = (window.south + (j + 0.5) * window.height - edge.ay) * window.lat_m
        for i in range(i0, i1 + 1):
            x = (window.west + (i + 0.5) * window.width - edge.ax) * window.lon_m
            share = min(max((x * dx + y * dy) * over, 0.0), 1.0)
            ex, ey = x - share * dx, y - share * dy
            square[j, i] = min(square[j, i], ex * ex + ey * ey)
    return j0 <= j1 and i0 <= i1


@kernel
def _enter(edge: Edge, e: int, ring: int, window: Window, scratch: Scratch) -> None:
    """Note the edge in each cell that it enters or comes near; `ring`: its ring's first edge."""
    low, high = min(edge.ay, edge.by), max(edge.ay, edge.by)
    j0, j1 = _cells(low, high, window.south, window.height)
    for j in range(j0, j1 + 1):
        south = window.south + j * window.height - 2 * MARGIN_DEG
        north = south + window.height + 4 * MARGIN_DEG
        at, to = _meets_lat(edge, south), _meets_lat(edge, north)
        if low >= south:
            at = edge.ax if edge.ay < edge.by else edge.bx
        if high <= north:
            to = edge.bx if edge.ay < edge.by else edge.ax
        i0, i1 = _cells(min(at, to), max(at, to), window.west, window.width)
        for i in range(i0, i1 + 1):
            if scratch.low[j, i] < 0:
                scratch.low[j, i] = e
            # What spans two rings is no run.
            scratch.high[j, i] = e if scratch.low[j, i] >= ring else scratch.low[j, i] + MANY


@kernel
def _meets_lat(edge: Edge, lat: float) -> float:
    """The longitude at which the edge meets a latitude, or its end that is nearest to it."""
    if edge.ay == edge.by:
        return edge.ax
    share = min(max((lat - edge.ay) / (edge.by - edge.ay), 0.0), 1.0)
    return edge.ax + share * (edge.bx - edge.ax)


@kernel
def _cells(low: float, high: float, start: float, step: float) -> tuple[int, int]:
    """The first and last row or column that lies between or near, of those in the tile."""
    first = max(np.floor((low - 2 * MARGIN_DEG - start) / step), 0.0)
    last = min(np.floor((high + 2 * MARGIN_DEG - start) / step), TILE - 1.0)
    return int(first), int(last)
