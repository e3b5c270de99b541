"""What of a grid holds for other zones as well: the tiles that no change comes near.

Beside the way from zones to their grid. An amendment moves a few zones of many; `grid` builds the
tiles near those and copies the rest. Zones are told by their outlines: their ids and numbers shift
where one before them goes. A tile's bytes follow from its place and from the zones near it, in
their order, and from nothing else; so a grid made with copies is the grid made without.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import shapely

from geo.densify import Ints
from geo.ellipsoid import Floats
from geo.grid_build import ANEW
from geo.lattice import TILE, Lattice
from geo.zones import ZoneSet

_GONE = -1


class Kept(NamedTuple):
    """What became of the zones of another set.

    `number` int64[its zones]: the same zone's number here, ascending, or -1; `changed` float64[n,
    4]: the boxes of all that is in one of both sets only, or in another order.
    """

    number: Ints
    changed: Floats


def kept_zones(old: ZoneSet, new: ZoneSet) -> Kept:
    """The most zones of `old` that are in `new` and in the same order."""
    was, now = _in_both(old, new)
    # Equal hashes are no proof.
    same = shapely.equals_identical(old.geometries[was], new.geometries[now])
    was, now = was[same], now[same]
    rising = _longest_rising(was.tolist())
    was, now = was[rising], now[rising]
    number = np.full(len(old), _GONE, np.int64)
    number[was] = now
    anew = np.ones(len(new), np.bool_)
    anew[now] = False
    boxes = old.edges.bounds()[number == _GONE], new.edges.bounds()[anew]
    return Kept(number, np.concatenate(boxes))


def _in_both(old: ZoneSet, new: ZoneSet) -> tuple[Ints, Ints]:
    """Numbers in both sets of outlines that look alike, in order of the new ones.

    Of several alike, the first belongs to the first.
    """
    waiting: defaultdict[int, list[int]] = defaultdict(list)
    for number, outline in enumerate(_hashes(old)):
        waiting[outline].append(number)
    for numbers in waiting.values():
        numbers.reverse()
    pairs = [
        (alike.pop(), number)
        for number, outline in enumerate(_hashes(new))
        if (alike := waiting.get(outline))
    ]
    was, now = np.array(pairs, np.int64).reshape(-1, 2).T
    return was, now


def _hashes(zones: ZoneSet) -> Iterator[int]:
    """Of each zone's vertices."""
    xy, vertices = zones.edges.xy, zones.edges.vertices.tolist()
    for first, last in pairwise(vertices):
        yield hash(xy[first:last].tobytes())


def _longest_rising(numbers: list[int]) -> Ints:
    """Where the longest rising subsequence of distinct numbers stands (patience sorting)."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(at[length - 1] if length else _GONE)
        ends[length : length + 1] = [number]
        at[length : length + 1] = [place]
    found = []
    place = at[-1] if at else _GONE
    while place != _GONE:
        found.append(place)
        place = before[place]
    return np.array(found[::-1], np.int64)


def tiles_to_copy(old: Lattice, new: Lattice, changed: Floats) -> Ints:
    """int64[tiles of `new`]: the tile of `old` in the same place, or `ANEW`.

    `ANEW` are those near one of the boxes `changed`, and all where the lattices have other cells.
    """
    source = np.full((new.rows, new.columns), ANEW, np.int64)
    cells = (old.per_lon, old.per_lat, old.largest_m, old.cap_m)
    if cells == (new.per_lon, new.per_lat, new.largest_m, new.cap_m):
        row = np.arange(new.rows) + _tiles_between(old.south, new.south, new.per_lat)
        column = np.arange(new.columns) + _tiles_between(old.west, new.west, new.per_lon)
        rows = np.flatnonzero((row >= 0) & (row < old.rows))
        # Metres a degree follow from the latitude alone; should they not, nothing is copied.
        rows = rows[(old.lower_m[row[rows]] == new.lower_m[rows]).all(axis=1)]
        columns = np.flatnonzero((column >= 0) & (column < old.columns))
        source[np.ix_(rows, columns)] = row[rows, None] * old.columns + column[columns]
    tiles = source.ravel()
    _, near = new.tiles_near(changed)
    tiles[near] = ANEW
    return tiles


def _tiles_between(start: float, end: float, per_degree: float) -> int:
    """How many tiles lie between two borders of tiles."""
    return round((end - start) * per_degree / TILE)
