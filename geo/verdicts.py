"""The three answers of containment, and the pairs that carry them between its steps."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from geo.densify import Ints
from geo.ellipsoid import Floats

# In the plane an edge is a run of chords: they stay within this share of the region's reach.
CHORD_SHARE = 2e-7
# However small the region, a boundary this near is touched.
SMALLEST_TOUCH_M = 0.001
# Geodesics are good to nanometres; a plane distance below this says nothing about the side.
NOISE_M = 1e-7
# Shares are rounded here, so the last bits of a library's version never reach a verdict.
P_DECIMALS = 6
# Circles smaller than this are exact points.
POINT_RADIUS_M = 0.001


class Relation(IntEnum):
    """A location's region against a zone, both taken with their boundaries."""

    OUTSIDE = 0
    UNDETERMINED = 1
    INSIDE = 2


UNSETTLED = 255
"""No relation yet: the next, slower way is asked."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Answers for (row, zone) pairs, columns of one length, in no particular order."""

    row: Ints
    zone: npt.NDArray[np.integer]
    relation: npt.NDArray[np.uint8]
    p_inside: Floats


def chord_error_m(reach_m: Floats) -> Floats:
    """How far, at most, the chords of an edge may stray from it: 0.1 mm at a reach of 500 m."""
    return CHORD_SHARE * reach_m


def touch_m(reach_m: Floats) -> Floats:
    """A boundary this near a region's edge counts as touched, and touching is undetermined.

    1 mm, or 4e-7 of the reach if that is more (4 cm at 100 km): what chords and outlines blur can
    then never turn into an "inside" or an "outside".
    """
    return np.maximum(2 * CHORD_SHARE * reach_m, SMALLEST_TOUCH_M)


def relations(
    inside: npt.NDArray[np.bool_], touched: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint8]:
    """The answer where the region's anchor is `inside` and its extent is or isn't `touched`."""
    settled = np.where(inside, Relation.INSIDE, Relation.OUTSIDE)
    return np.where(touched, Relation.UNDETERMINED, settled).astype(np.uint8)
