"""Geofence: regions → the zones each of them touches.

Place on the data's way: locate → **geofence** → judge. One call for a whole batch; the geometry is
`geo.containment`'s. Here only time is added: a zone counts where it is in force at some moment of
the report's own interval, never by when the report arrived. Times leave pairs out before
their geometry is looked at.
"""

from __future__ import annotations

import numpy as np

from geo.containment import Relation, contain
from geo.shapes import RegionBatch
from geo.times import Times
from streams.inforce import InForce
from streams.sight import Hit
from streams.when.edges import Numbers

_RELATIONS = tuple(Relation)
"""By number; a look-up in the enum itself costs as much as the rest of a hit."""


def geofence(in_force: InForce, regions: RegionBatch, numbers: Numbers) -> list[tuple[Hit, ...]]:
    """The zones in force that each report's region touches, by row, sorted by zone number.

    `numbers` of the reports' intervals, by `in_force.stretches`.
    """
    found = contain(in_force.zone_set, regions, _times(in_force, numbers))
    hits: list[tuple[Hit, ...]] = [()] * regions.n
    offsets = found.offsets.tolist()
    zones = found.zone.tolist()
    relations = found.relation.tolist()
    shares = found.p_inside.tolist()
    within: dict[tuple[int, ...], tuple[Hit, ...]] = {}
    open_before = np.concatenate([[0], np.cumsum(found.relation != Relation.INSIDE)]).tolist()
    for row in (found.offsets[1:] > found.offsets[:-1]).nonzero()[0].tolist():
        first, last = offsets[row], offsets[row + 1]
        if open_before[first] == open_before[last]:  # wholly inside of each, as most are
            inside = tuple(zones[first:last])
            touched = within.get(inside)
            if touched is None:
                within[inside] = touched = tuple([Hit(at, Relation.INSIDE, 1.0) for at in inside])
            hits[row] = touched
            continue
        hits[row] = tuple(
            [Hit(zones[at], _RELATIONS[relations[at]], shares[at]) for at in range(first, last)]
        )
    return hits


def _times(in_force: InForce, numbers: Numbers) -> Times | None:
    """When the reports were observed, beside when the zones are in force; None where all are."""
    if in_force.zone_times is None:
        return None
    return Times(numbers.first, numbers.last, *in_force.zone_times)
