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

# So many pairs at a time, step by step: a step's reads of memory then wait for it together.
_RUN = 128
# Of a side: the edges that enter the cell are too many.
_ASK = 3
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
    """The lattice's columns of cells: where they begin, degrees, and how many make a degree."""

    west: float
    per_lon: float


class Run(NamedTuple):
    """Some pairs on their way: the first edge that enters the cell, and the centre's side."""

    lon: Floats
    lat: Floats
    radius_m: Floats
    entry: Ints
    edge: Ints
    side: Ints
    touched: Floats


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
    numbers, places = np.empty((4, _RUN), np.float64), np.empty((3, _RUN), np.int64)
    run = Run(numbers[0], numbers[1], numbers[2], places[0], places[1], places[2], numbers[3])
    for start in range(0, pairs.size, _RUN):
        some = pairs[start : start + _RUN]
        _fetch(outlines, discs, answers, some, run)
        _sides(outlines.xy, columns, run, some.size)
        for b in range(some.size):
            pair, centre, p = some[b], run.side[b], 0.0
            if centre == _ASK:
                centre = side(outlines, zone_of(run.entry[b]), run.lon[b], run.lat[b], waiting)
            if centre == OPEN:
                relation = UNSETTLED
            elif run.radius_m[b] >= POINT_RADIUS_M:
                gaussian = discs.gaussian[answers.circle[pair]]
                relation, p = _disc(outlines, run, b, gaussian, centre == IN, waiting)
            elif centre == IN:
                relation, p = _INSIDE, 1.0
            else:
                relation = _OUTSIDE
            answers.relation[pair], answers.p_inside[pair] = relation, p
            if relation == UNSETTLED:
                left[n] = pair
                n += 1
    return n


@kernel
def _fetch(outlines: Outlines, discs: Discs, answers: Answers, some: Ints, run: Run) -> None:
    """Have at hand what is said of these pairs, and their edges in the cache."""
    for b in range(some.size):
        at = answers.circle[some[b]]
        run.lon[b], run.lat[b] = discs.lon[at] + discs.turn, discs.lat[at]
        run.radius_m[b], run.entry[b] = discs.radius_m[at], answers.entry[some[b]]
    for b in range(some.size):
        run.edge[b] = outlines.vertices[zone_of(run.entry[b])] + edge_of(run.entry[b])
    for b in range(some.size):
        run.touched[b] = outlines.xy[run.edge[b], 0]


@kernel
def _sides(xy: Floats, columns: Columns, run: Run, size: int) -> None:
    """On which side of its zone each centre is, or `_ASK`."""
    for b in range(size):
        entry, lon = run.entry[b], run.lon[b]
        edges = edges_of(entry)
        if edges == 0:
            run.side[b] = IN if distance_of(entry) > 0 else OUT
        elif edges == MANY:
            run.side[b] = _ASK
        else:
            column = np.floor((lon - columns.west) * columns.per_lon)
            border = columns.west + (column + 1.0) / columns.per_lon + MARGIN_DEG
            first = run.edge[b]
            told = side_in_cell(xy, first, first + edges, lon, run.lat[b], border)
            if told != OPEN and is_other(entry):
                told = OUT if told == IN else IN
            run.side[b] = told


@kernel
def _disc(  # noqa: PLR0913, PLR0917 (a kernel makes no arrays of its own)
    outlines: Outlines, run: Run, b: int, gaussian: bool, inside: bool, waiting: Ints
) -> tuple[int, float]:
    """Relation and share of a disc, its centre being `inside` or not."""
    zone, lon, lat = zone_of(run.entry[b]), run.lon[b], run.lat[b]
    found, p = disc_in_zone(outlines, zone, lon, lat, run.radius_m[b], gaussian, inside, waiting)
    if found == TOUCHED:
        return _UNDETERMINED, p
    if found == DISC_OPEN:
        return UNSETTLED, 0.0
    return (_OUTSIDE, 0.0) if found == DISC_OUT else (_INSIDE, 1.0)
