"""A baseline: a drawn line that zones are measured from, and on which of its sides a spot lies.

Used when an agreement is loaded. Edges are straight in lon/lat unless they are said to be geodesic;
either way the line is cut into pieces of at most 200 m that stay within 1 cm of it up to 80°.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from geo.crossings import crossings
from geo.densify import geodesic_densified
from geo.ellipsoid import Floats
from geo.errors import DerivationError, LineCrossesError
from geo.linear import MeasuredLine

MAX_BASELINE_M = 5_000_000.0
_EDGE_ERROR_M = 0.005


class Side(IntEnum):
    """Where a spot lies, seen along the line from its first position to its last."""

    RIGHT = -1
    BEYOND = 0
    """Its nearest spot of the line is an end, and it lies farther on than that end."""
    LEFT = 1


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """`points` float64[n, 2]: lon (continuous), lat, at most 200 m apart, none twice in a row."""

    points: Floats
    closed: bool
    """Its last position is its first: it has no ends."""

    @classmethod
    def of(
        cls, line_lonlat: Sequence[tuple[float, float]] | Floats, *, geodesic_edges: bool = False
    ) -> "Baseline":
        """Cut a line into pieces; neighbours are joined the short way round, also over ±180.

        Raises:
            RouteError: it has no length.
            DerivationError: it is longer than 5,000 km.
            LineCrossesError: it crosses or touches itself.
        """
        drawn = np.array(line_lonlat, dtype=np.float64).reshape(-1, 2)
        drawn[:, 0] = np.unwrap(drawn[:, 0], period=360.0)
        drawn = _without_repeats(drawn)
        if len(drawn) > 1:
            _require_simple(drawn)
        if geodesic_edges:
            ring = np.zeros(len(drawn), dtype=np.int64)
            drawn, _ = geodesic_densified(drawn, ring, _EDGE_ERROR_M)
        measured = MeasuredLine.of([(float(x), float(y)) for x, y in drawn])
        if measured.length_m > MAX_BASELINE_M:
            raise DerivationError(
                f"the line is {measured.length_m / 1000:,.0f} km long, at most "
                f"{MAX_BASELINE_M / 1000:,.0f} km: measure from a part of it"
            )
        points = _without_repeats(measured.points)
        return cls(points, closed=bool((points[0] == points[-1]).all()))

    def sides(self, spots: Floats) -> npt.NDArray[np.int8]:
        """The `Side` of each spot, float64[k, 2], by the spot of the line nearest to it.

        Nearest is meant with degrees of longitude as long as they are at the spot: good enough to
        tell sides at some hundred kilometres, and no measure.
        """
        found = [_side(self.points, lon, lat, closed=self.closed) for lon, lat in spots]
        return np.array(found, dtype=np.int8)


def _without_repeats(points: Floats) -> Floats:
    return np.asarray(points[np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))])


def _require_simple(points: Floats) -> None:
    met = crossings(points, 1, closed=bool((points[0] == points[-1]).all()))
    if met:
        i, j, lon, lat = met[0]
        raise LineCrossesError(
            f"edges {i} and {j} of the line meet at {lon:.7f}, {lat:.7f}: it has no sides there; "
            "draw it so that it nowhere crosses or touches itself",
            at=(lon, lat),
        )


def _side(points: Floats, lon: float, lat: float, *, closed: bool) -> Side:
    flat = (points - np.array([lon, lat])) * np.array([np.cos(np.radians(lat)), 1.0])
    start, step = flat[:-1], np.diff(flat, axis=0)
    share = np.clip(-(start * step).sum(axis=1) / (step * step).sum(axis=1), 0.0, 1.0)
    foot = start + share[:, np.newaxis] * step
    nearest = int(np.argmin((foot * foot).sum(axis=1)))
    away, along = -foot[nearest], step[nearest]
    at_start, at_end = share[nearest] == 0.0, share[nearest] == 1.0
    last = len(step) - 1
    if at_start or at_end:
        neighbour = nearest - 1 if at_start else nearest + 1
        if closed or 0 <= neighbour <= last:
            # At a corner the two edges together say which way the line runs.
            along = _unit(along) + _unit(step[neighbour % (last + 1)])
        elif float(away @ along) * (-1 if at_start else 1) > 0:
            return Side.BEYOND
    return Side.LEFT if along[0] * away[1] - along[1] * away[0] > 0 else Side.RIGHT


def _unit(step: Floats) -> Floats:
    return np.asarray(step / np.hypot(*step))
