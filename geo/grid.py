"""The signed-distance grid of a zone set: settles nearly all points and circles without geometry.

Beside the tree on the way from regions to containment. Each cell of a lattice in degrees lists the
zones that hold its centre or have a boundary within reach, with the centre's signed distance
(inside positive). Signed distance is 1-Lipschitz: what is farther from the boundary than from the
centre is on the centre's side. The grid gives candidates and says which of them are surely inside;
whatever it leaves open is decided by the same exact test as without it, so answers do not change.

Immutable, built once for a set of zones. It speaks of latitudes within ±85° and of radii up to
`LARGEST_M`; a set that does not fit into the memory allowed has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.densify import Ints
from geo.edges import EdgeTable
from geo.ellipsoid import Floats
from geo.grid_ask import Cells, Circles, Found, ask, serves_all
from geo.grid_build import ANEW, Reuse, Store, Tiles, fill, length_m
from geo.grid_entry import MOST_ZONES
from geo.grid_reuse import Kept, kept_zones, tiles_to_copy
from geo.lattice import COARSEST, FINEST, MAX_LAT_DEG, TILE, Lattice, make_lattice
from geo.outlines import Outlines
from geo.zones import ZoneSet

# Phones, sensors and binoculars; larger circles ask the tree.
LARGEST_M = 300.0
# Room for pairs beyond one a circle; it grows where a cell lists more.
_ROOM = 1024
_SLOT_BYTES, _ENTRY_BYTES, _TILE_BYTES = 4, 8, 4


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Cells of a lattice and what each of them lists.

    `tile` int32[rows · columns]: twice the tile's slot in `first`, plus 1 where each of its cells
    has a slot of its own. `first` uint32[slots + 1] into `entries` int64[n] (`geo.grid_entry`),
    plus `BARE`. Slot 0 is empty, for tiles that nothing is near.
    """

    lattice: Lattice
    tile: npt.NDArray[np.int32]
    first: npt.NDArray[np.uint32]
    entries: Ints

    @property
    def nbytes(self) -> int:
        """What it takes of memory."""
        return self.tile.nbytes + self.first.nbytes + self.entries.nbytes

    def serves_all(self, lat: Floats, radius_m: Floats) -> bool:
        """Whether it speaks of all of these circles."""
        return serves_all(lat, radius_m, self.lattice.largest_m)

    def serves(self, lat: Floats, radius_m: Floats) -> npt.NDArray[np.bool_]:
        """Which circles it speaks of."""
        return np.asarray((np.abs(lat) <= MAX_LAT_DEG) & (radius_m <= self.lattice.largest_m))

    def candidates(
        self, lon: Floats, lat: Floats, radius_m: Floats
    ) -> Iterator[tuple[float, Found]]:
        """The pairs that are not surely outside, by circle and zone, for each turn of longitude."""
        lattice = self.lattice
        east = lattice.west + lattice.columns * TILE / lattice.per_lon
        for turn in (-360.0, 0.0, 360.0):
            if lattice.west <= turn + 180.0 and east >= turn - 180.0:
                for found in self._turn(Circles(lon, lat, radius_m, turn)):
                    yield turn, found

    def _turn(self, circles: Circles) -> Iterator[Found]:
        cells, start, n = self._cells(), 0, circles.lon.size
        room = n + _ROOM
        while start < n:
            found = Found.room_for(room)
            start, pairs = ask(cells, circles, start, found)
            if pairs:
                yield found.only(slice(pairs))
            else:
                room *= 2

    def _cells(self) -> Cells:
        at = self.lattice
        return Cells(
            at.west,
            at.south,
            at.per_lon,
            at.per_lat,
            at.rows,
            at.columns,
            at.unit_m,
            at.upper_m,
            self.tile,
            self.first,
            self.entries,
        )


def build_grid(zones: ZoneSet, limit_bytes: int, previous: ZoneSet | None = None) -> Grid | None:
    """The finest grid within `limit_bytes`; None where there is none.

    What the grid of `previous` zones has of it is copied: the result is the same without.
    """
    edges = zones.edges
    if edges.counts.size > MOST_ZONES:
        return None
    known = _known(zones, previous)
    for level in range(FINEST, COARSEST - 1, -1):
        lattice = make_lattice(zones.bounds, level, LARGEST_M)
        if lattice is None:
            return None
        if _rough_bytes(edges, lattice) <= limit_bytes:
            grid = _filled(edges, lattice, limit_bytes, known)
            if grid is not None:
                return grid
    return None


class _Known(NamedTuple):
    """Another grid, and what its zones have become."""

    grid: Grid
    kept: Kept


def _known(zones: ZoneSet, previous: ZoneSet | None) -> _Known | None:
    if previous is None or previous.grid is None:
        return None
    return _Known(previous.grid, kept_zones(previous, zones))


def _reuse(known: _Known | None, lattice: Lattice) -> Reuse:
    if known is None:
        tiles = np.full(lattice.rows * lattice.columns, ANEW, np.int64)
        none = np.empty(0, np.int64)
        return Reuse(np.empty(0, np.int32), np.empty(0, np.uint32), none, tiles, none)
    grid, kept = known
    source = tiles_to_copy(grid.lattice, lattice, kept.changed)
    return Reuse(grid.tile, grid.first, grid.entries, source, kept.number)


def _rough_bytes(edges: EdgeTable, lattice: Lattice) -> float:
    """About what it takes, so that few grids are begun in vain."""
    lon_m, lat_m = lattice.lower_m.min(axis=0)
    cell_m2 = lon_m * lat_m / (lattice.per_lon * lattice.per_lat)
    # As if half of the surroundings of each edge were its neighbour's as well.
    near_m2 = length_m(Outlines.of(edges), lon_m, lat_m) * lattice.cap_m
    tiles = lattice.rows * lattice.columns
    return float(_TILE_BYTES * tiles + _ENTRY_BYTES * near_m2 / cell_m2)


def _filled(
    edges: EdgeTable, lattice: Lattice, limit_bytes: int, known: _Known | None
) -> Grid | None:
    left = limit_bytes - _TILE_BYTES * lattice.rows * lattice.columns
    if left <= 0:
        return None
    tiles = _tiles(edges, lattice)
    # Pages that are never written take no memory.
    store = Store(
        tile=np.empty(lattice.rows * lattice.columns, np.int32),
        first=np.empty(left // 2 // _SLOT_BYTES, np.uint32),
        entries=np.empty(left // _ENTRY_BYTES, np.int64),
        used=np.zeros(2, np.int64),
    )
    if not fill(Outlines.of(edges), tiles, _reuse(known, lattice), store):
        return None
    slots, entries = store.used.tolist()
    grid = Grid(lattice, store.tile, store.first[: slots + 1], store.entries[:entries])
    return grid if grid.nbytes <= limit_bytes else None


def _tiles(edges: EdgeTable, lattice: Lattice) -> Tiles:
    """Which zones come near which tiles, by their boxes."""
    zone, tile = lattice.tiles_near(edges.bounds())
    order = np.argsort(tile, kind="stable")
    counts = np.bincount(tile, minlength=lattice.rows * lattice.columns)
    return Tiles(
        west=lattice.west,
        south=lattice.south,
        width=1 / lattice.per_lon,
        height=1 / lattice.per_lat,
        columns=lattice.columns,
        lower_m=lattice.lower_m,
        cap_m=lattice.cap_m,
        first=np.concatenate([[0], np.cumsum(counts)]),
        zone=zone[order].astype(np.int32),
    )


def gridded(zones: ZoneSet, limit_bytes: int, previous: ZoneSet | None = None) -> ZoneSet:
    """The same zones with a grid of at most so many bytes, where there is one.

    The more of them are as in `previous`, which has a grid, the sooner it is built.
    """
    if not len(zones):
        return zones
    return replace(zones, grid=build_grid(zones, limit_bytes, previous))
