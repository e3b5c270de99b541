"""Paced: where somebody was who went along a line at an even pace.

Behind coverage: a patrol says where it went, from when to when, and not how fast. Legs are straight
in lon/lat, as a track's are; their lengths are geodesics'. Within one leg the pace is even in
lon/lat, which on the Earth it is to 0.1 % on legs of 100 km.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geo.ellipsoid import WGS84, Floats
from geo.shapes import unwrapped_longitudes


@dataclass(frozen=True, slots=True, eq=False)
class Paced:
    """`points` float64[n, 2] on a continuous longitude; `share` of the way behind each of them."""

    points: Floats
    share: Floats

    @classmethod
    def of(cls, positions: Sequence[tuple[float, float]]) -> "Paced":
        """The way through `positions`, lon/lat, at least one."""
        points = np.array(positions, dtype=np.float64)
        points[:, 0] = unwrapped_longitudes(points[:, 0])
        lon, lat = points.T
        _, _, legs = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
        behind = np.concatenate([[0.0], np.cumsum(legs)])
        # Who stayed where they were are at any share of their way at that place.
        return cls(points, behind / (behind[-1] or 1.0))

    def at(self, share: Floats) -> tuple[Floats, Floats]:
        """Longitudes and latitudes at these shares of the way, 0 to 1."""
        lon, lat = self.points.T
        return np.interp(share, self.share, lon), np.interp(share, self.share, lat)
