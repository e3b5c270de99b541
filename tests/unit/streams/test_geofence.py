"""Which zones each report touches, and that only zones in force at its own time count."""

from __future__ import annotations

import pytest

from geo.containment import Relation
from streams.agreement import MultiPolygon, Polygon, Validity
from streams.events import Report
from streams.geofence import geofence
from streams.inforce import compile_in_force
from streams.sight import Hit
from streams.when.edges import Observed
from tests.unit.streams.builders import (
    FAR_LON,
    HALF_DEG,
    LAT,
    LON,
    NOON,
    agreement,
    hours,
    methodology,
    point,
    report,
    ring,
    square,
    zone,
)

FROM_ONE = Validity(from_=NOON + hours(1))
TILL_TWO = Validity(from_=NOON - hours(9), to=NOON + hours(2))
BITTEN = Polygon(coordinates=(ring(), ring(half=0.02)))
APART = MultiPolygon(coordinates=((ring(),), (ring(FAR_LON),)))
IN_FORCE = compile_in_force(
    agreement(
        zones=(
            zone("always"),
            zone("from-one", valid=FROM_ONE),
            zone("till-two", valid=TILL_TWO),
            zone("bitten", BITTEN),
            zone("apart", APART),
            zone("far", square(FAR_LON)),
        )
    ),
    methodology(),
)


def hits(*reports: Report) -> list[tuple[Hit, ...]]:
    numbers = IN_FORCE.stretches.edges.numbers(Observed.of(reports))
    return geofence(IN_FORCE, IN_FORCE.locator.locate(reports).regions, numbers)


def ids(*reports: Report) -> list[list[str]]:
    return [[IN_FORCE.zone_ids[hit.zone] for hit in row] for row in hits(*reports)]


EDGE = report(location=point(LON + 0.03))
"""In `bitten` beside its hole, and in every zone around LON at its time."""


@pytest.mark.parametrize(
    ("start", "end", "also"),
    [
        (0, None, ["till-two"]),
        (0, 0.999, ["till-two"]),
        (0, 1, ["from-one", "till-two"]),
        (1.999, 3, ["from-one", "till-two"]),
        (2, None, ["from-one"]),
        (2, 3, ["from-one"]),
    ],
)
def test_a_zone_counts_where_it_is_in_force_at_the_reports_own_time(
    start: float, end: float | None, also: list[str]
) -> None:
    seen = report(
        location=EDGE.location,
        observed_from=NOON + hours(start),
        observed_to=None if end is None else NOON + hours(end),
    )
    assert ids(seen) == [["always", *also, "bitten", "apart"]]


def test_a_hole_is_outside_and_every_part_is_inside() -> None:
    middle, second_part = report(), report(location=point(FAR_LON))
    assert ids(middle, second_part) == [["always", "till-two", "apart"], ["apart", "far"]]


def test_rows_keep_their_places_and_hits_their_shares() -> None:
    on_the_edge = report(location=point(FAR_LON + HALF_DEG, LAT))
    outside, nowhere = report(location=point(FAR_LON + 1)), report(location=None)
    first, second, third = hits(outside, on_the_edge, nowhere)
    assert first == third == ()
    assert [hit.relation for hit in second] == [Relation.UNDETERMINED] * 2
    assert [hit.p_inside for hit in second] == pytest.approx([0.5, 0.5], abs=1e-3)


def test_no_reports_touch_nothing() -> None:
    assert hits() == []
