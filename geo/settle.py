"""Settle the pairs that the grid leaves open, compiled; a few stay open for the exact test.

Between `grid` and `circles`, on the way from circles to containment. What is settled here is what
the exact test would have said, to the bit.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.densify import Ints
from geo.edges import EdgeTable
from geo.ellipsoid import Floats
from geo.near_discs import OPEN as DISC_OPEN
from geo.near_discs import OUT, TOUCHED, disc_in_zone
from geo.outlines import Outlines, room_for_nodes
from geo.point_side import IN, OPEN, side
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
    """One pair a row: whose it is, and what is said of it; `UNSETTLED` until something is."""

    circle: npt.NDArray[np.int32]
    zone: npt.NDArray[np.int32]
    relation: npt.NDArray[np.uint8]
    p_inside: Floats


def settle(edges: EdgeTable, discs: Discs, answers: Answers, pairs: Ints) -> Ints:
    """Answer these of the pairs; those that stay unsettled."""
    left = np.empty(pairs.size, np.int64)
    n = _settle(Outlines.of(edges), discs, answers, pairs, left, room_for_nodes(edges))
    return left[:n]


@kernel
def _settle(  # noqa: PLR0913, PLR0917 (a kernel makes no arrays of its own)
    outlines: Outlines, discs: Discs, answers: Answers, pairs: Ints, left: Ints, waiting: Ints
) -> int:
    n = 0
    for i in range(pairs.size):
        pair = pairs[i]
        at = answers.circle[pair]
        relation, p = _pair(outlines, int(answers.zone[pair]), discs, at, waiting)
        answers.relation[pair], answers.p_inside[pair] = relation, p
        if relation == UNSETTLED:
            left[n] = pair
            n += 1
    return n


@kernel
def _pair(outlines: Outlines, zone: int, discs: Discs, at: int, waiting: Ints) -> tuple[int, float]:
    lon, lat, radius_m = discs.lon[at] + discs.turn, discs.lat[at], discs.radius_m[at]
    centre = side(outlines, zone, lon, lat, waiting)
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
    return (_OUTSIDE, 0.0) if found == OUT else (_INSIDE, 1.0)
