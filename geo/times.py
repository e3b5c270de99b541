"""When rows were observed and zones were in force: a mask on pairs, before geometry is asked."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.densify import Ints

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    """Instants as integers of one unit, whatever it is.

    A row spans [`row_from`, `row_to`], int64[n]; a zone is in force in [`zone_from`, `zone_to`),
    int64[z].
    """

    row_from: Ints
    row_to: Ints
    zone_from: Ints
    zone_to: Ints

    def meet(self, row: Ints, zone: npt.NDArray[np.integer]) -> Bools:
        """For each pair whether the zone is in force at some instant of the row."""
        begun = self.zone_from[zone] <= self.row_to[row]
        return np.asarray(begun & (self.row_from[row] < self.zone_to[zone]))
