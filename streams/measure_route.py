"""Measured routes: the corridors on which an agreement counts kilometres.

Place on the data's way: agreement → **measured routes** → locate. Compiled once with the agreement
(`inforce`); by its hash an assessment says which route and which marks were meant.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from geo.linear import MeasuredLine
from streams.agreement import Corridor

_M_OF_KM: Final = 1_000.0


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredRoute:
    """A route with its kilometre marks."""

    line: MeasuredLine
    start_km: float
    tolerance_m: float

    @property
    def last_km(self) -> float:
        """The mark at its last position."""
        return self.start_km + self.line.length_m / _M_OF_KM

    def stretch(self, from_km: float, to_km: float) -> tuple[tuple[float, float], ...] | None:
        """The positions (lon, lat) between two marks; None where they lie beyond the route.

        Beyond either end by no more than the tolerance counts as the end: there the drawn route
        and the marks on the ground may differ.
        """
        from_m, to_m = ((km - self.start_km) * _M_OF_KM for km in (from_km, to_km))
        length_m = self.line.length_m
        if from_m < -self.tolerance_m or to_m > length_m + self.tolerance_m:
            return None
        return self.line.between(*(min(max(m, 0.0), length_m) for m in (from_m, to_m)))


def measure_routes(corridors: Iterable[Corridor]) -> dict[str, MeasuredRoute]:
    """The routes by corridor id; one without `chainage` is not there.

    Raises:
        RouteError: a route without length; `check` has refused such a document.
    """
    return {
        corridor.id: MeasuredRoute(
            MeasuredLine.of(corridor.route.coordinates),
            corridor.chainage.start_km,
            corridor.chainage.tolerance_m,
        )
        for corridor in corridors
        if corridor.chainage is not None and corridor.route is not None
    }
