"""Settle the pairs that the grid leaves open, compiled; a few stay open for the exact test.

Between `grid` and `circles`, on the way from circles to containment. On which side a centre is, the
edges tell that enter its cell; where these are too many, the whole zone. What is settled here is
what the exact test would have said, to the bit.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.densify import Ints
from geo.edges import EdgeTable
from geo.ellipsoid import Floats
from geo.grid_entry import MANY, distance_of, edge_of, edges_of, is_other, zone_of
from geo.lattice import MARGIN_DEG, Lattice
from geo.near_discs import OPEN as DISC_OPEN
from geo.near_discs import OUT as DISC_OUT
from geo.near_discs import TOUCHED, disc_in_zone
from geo.outlines import Outlines, room_for_nodes
from geo.point_side import IN, OPEN, OUT, side, side_in_cell
from geo.verdicts import POINT_RADIUS_M, UNSETTLED, Relation

_OUTSIDE, _UNDETERMINED, _INSIDE = (int(relation) for relation in Relation)


class Discs(NamedTuple):
    """The batch's circles; `turn` degrees are added to their longitudes."""

    lon: Floats
    lat: Floats
    radius_m: Floats
    gaussian: npt.NDArray[np.bool_]
    turn: float


class Answers(NamedTuple):
    """One pair a row: whose it is, and what is said of it; `UNSETTLED` until something is.

    `entry`: what the grid knows of the pair (`geo.grid_entry`).
    """

    circle: npt.NDArray[np.int32]
    entry: Ints
    relation: npt.NDArray[np.uint8]
    p_inside: Floats


class Columns(NamedTuple):
    """The lattice's columns of cells: where they begin, degrees, and how many there are in one."""

    west: float
    per_lon: float


def settle(edges: EdgeTable, lattice: Lattice, discs: Discs, answers: Answers, pairs: Ints) -> Ints:
    """Answer these of the pairs; those that stay unsettled."""
    left = np.empty(pairs.size, np.int64)
    columns = Columns(lattice.west, lattice.per_lon)
    n = _settle(Outlines.of(edges), columns, discs, answers, pairs, left, room_for_nodes(edges))
    return left[:n]


@kernel
def _settle(  # noqa: PLR0913, PLR0917 (a kernel makes no arrays of its own)
    outlines: Outlines,
    columns: Columns,
    discs: Discs,
    answers: Answers,
    pairs: Ints,
    left: Ints,
    waiting: Ints,
) -> int:
    n = 0
    for i in range(pairs.size):
        pair = pairs[i]
        at = answers.circle[pair]
        relation, p = _pair(outlines, columns, answers.entry[pair], discs, at, waiting)
        answers.relation[pair], answers.p_inside[pair] = relation, p
        if relation == UNSETTLED:
            left[n] = pair
            n += 1
    return n


@kernel
def _pair(  # noqa: PLR0913, PLR0917 (asked of each pair: a tuple costs time)
    outlines: Outlines, columns: Columns, entry: int, discs: Discs, at: int, waiting: Ints
) -> tuple[int, float]:
    lon, lat, radius_m = discs.lon[at] + discs.turn, discs.lat[at], discs.radius_m[at]
    zone = zone_of(entry)
    centre = _side(outlines, columns, entry, lon, lat, waiting)
    if centre == OPEN:
        return UNSETTLED, 0.0
    if radius_m < POINT_RADIUS_M:
        return (_INSIDE, 1.0) if centre == IN else (_OUTSIDE, 0.0)
    found, p = disc_in_zone(
        outlines, zone, lon, lat, radius_m, discs.gaussian[at], centre == IN, waiting
    )
    if found == TOUCHED:
        return _UNDETERMINED, p
    if found == DISC_OPEN:
        return UNSETTLED, 0.0
    return (_OUTSIDE, 0.0) if found == DISC_OUT else (_INSIDE, 1.0)


@kernel
def _side(  # noqa: PLR0913, PLR0917 (as above)
    outlines: Outlines, columns: Columns, entry: int, lon: float, lat: float, waiting: Ints
) -> int:
    """Where a centre is that lies in the entry's cell."""
    zone, edges = zone_of(entry), edges_of(entry)
    if edges == 0:
        return IN if distance_of(entry) > 0 else OUT
    if edges == MANY:
        return side(outlines, zone, lon, lat, waiting)
    first = outlines.vertices[zone] + edge_of(entry)
    column = np.floor((lon - columns.west) * columns.per_lon)
    border = columns.west + (column + 1.0) / columns.per_lon + MARGIN_DEG
    told = side_in_cell(outlines.xy, first, first + edges, lon, lat, border)
    if told == OPEN or not is_other(entry):
        return told
    return OUT if told == IN else IN
