"""Geofence: regions → the zones each of them touches.

Place on the data's way: locate → **geofence** → judge. One call for a whole batch; the geometry is
`geo.containment`'s. Here only time is added: a zone counts where it is in force at some moment of
the report's own interval, never by when the report arrived. Times leave pairs out before
their geometry is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.containment import Relation, contain
from geo.shapes import RegionBatch
from geo.times import Times
from streams.events import Report
from streams.inforce import InForce
from streams.instants import micros
from streams.sight import Hit

_RELATIONS = tuple(Relation)
"""By number; a look-up in the enum itself costs as much as the rest of a hit."""


def geofence(
    in_force: InForce, reports: Sequence[Report], regions: RegionBatch
) -> list[tuple[Hit, ...]]:
    """The zones in force that each report's region touches, by row, sorted by zone number."""
    found = contain(in_force.zone_set, regions, _times(in_force, reports))
    hits: list[tuple[Hit, ...]] = [()] * len(reports)
    offsets = found.offsets.tolist()
    zones = found.zone.tolist()
    relations = found.relation.tolist()
    shares = found.p_inside.tolist()
    for row in (found.offsets[1:] > found.offsets[:-1]).nonzero()[0].tolist():
        hits[row] = tuple(
            [
                Hit(zones[at], _RELATIONS[relations[at]], shares[at])
                for at in range(offsets[row], offsets[row + 1])
            ]
        )
    return hits


def _times(in_force: InForce, reports: Sequence[Report]) -> Times | None:
    """When the reports were observed, beside when the zones are in force; None where all are."""
    if in_force.zone_times is None:
        return None
    begun = [micros(report.observed_from) for report in reports]
    ended = [
        start if report.observed_to is None else micros(report.observed_to)
        for start, report in zip(begun, reports, strict=True)
    ]
    zone_from, zone_to = in_force.zone_times
    return Times(
        row_from=np.array(begun, dtype=np.int64),
        row_to=np.array(ended, dtype=np.int64),
        zone_from=zone_from,
        zone_to=zone_to,
    )
