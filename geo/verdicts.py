"""The three answers of containment, and the pairs that carry them between its steps."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from geo.densify import Ints
from geo.ellipsoid import Floats

# A boundary this near a region's edge counts as touched, and touching is undetermined: what the
# plane's chords blur (under 1 mm) can then never turn into an "inside" or an "outside".
TOUCH_M = 0.001
# Shares are rounded here, so the last bits of a library's version never reach a verdict.
P_DECIMALS = 6


class Relation(IntEnum):
    """A location's region against a zone, both taken with their boundaries."""

    OUTSIDE = 0
    UNDETERMINED = 1
    INSIDE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Answers for (row, zone) pairs, columns of one length, in no particular order."""

    row: Ints
    zone: Ints
    relation: npt.NDArray[np.uint8]
    p_inside: Floats


def relations(
    inside: npt.NDArray[np.bool_], touched: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint8]:
    """The answer where the region's anchor is `inside` and its extent is or isn't `touched`."""
    settled = np.where(inside, Relation.INSIDE, Relation.OUTSIDE)
    return np.where(touched, Relation.UNDETERMINED, settled).astype(np.uint8)
