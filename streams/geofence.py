"""Geofence: regions → the zones each of them touches.

Place on the data's way: locate → **geofence** → judge. One call for a whole batch; the geometry is
`geo.containment`'s. Here only time is added: a zone counts where it is in force at some moment of
the report's own interval, never by when the report arrived.
"""

from __future__ import annotations

from collections.abc import Sequence

from geo.containment import Relation, contain
from geo.shapes import RegionBatch
from streams.events import Report
from streams.inforce import InForce
from streams.sight import Hit

_RELATIONS = tuple(Relation)
"""By number; a look-up in the enum itself costs as much as the rest of a hit."""


def geofence(
    in_force: InForce, reports: Sequence[Report], regions: RegionBatch
) -> list[tuple[Hit, ...]]:
    """The zones in force that each report's region touches, by row, sorted by zone number."""
    found = contain(in_force.zone_set, regions)
    hits: list[tuple[Hit, ...]] = [()] * len(reports)
    offsets = found.offsets.tolist()
    zones = found.zone.tolist()
    relations = found.relation.tolist()
    shares = found.p_inside.tolist()
    for row in (found.offsets[1:] > found.offsets[:-1]).nonzero()[0].tolist():
        report = reports[row]
        hits[row] = tuple(
            [
                Hit(zones[at], _RELATIONS[relations[at]], shares[at])
                for at in range(offsets[row], offsets[row + 1])
                if _in_force(in_force, zones[at], report)
            ]
        )
    return hits


def _in_force(in_force: InForce, zone: int, report: Report) -> bool:
    valid = in_force.zone_valid[zone]
    end = report.observed_to or report.observed_from
    return valid is None or valid.touches(report.observed_from, end)
