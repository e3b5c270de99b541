"""When a subject crossed a line: an eastward one of 30 km through (38, 48)."""

from __future__ import annotations

from typing import Literal

import pytest

from streams.agreement import Baseline, LineString, Strip, Validity
from streams.events import Report, Track
from streams.inforce import Register
from streams.methodology import SightingRules
from streams.whereabouts.crossings import LineSide
from streams.whereabouts.fold import Passing, Whereabouts
from tests.unit.streams.builders import (
    ALWAYS,
    LAT,
    agreement,
    corridor,
    methodology,
    point,
    zone,
)
from tests.unit.streams.whereabouts.scenes import after, fold, minutes, seen, spells_of

LEFT, RIGHT = LineSide.LEFT, LineSide.RIGHT
NORTH, SOUTH = LAT + 0.02, LAT - 0.02
"""2.2 km from it."""


def register(*corridors: object, **rules: float) -> Register:
    drawn = agreement(corridors=corridors or (corridor(),))
    return Register((drawn,), (methodology(sightings=SightingRules(**rules)),))


def at(minutes: float, lat: float, lon: float = 38.0, **changes: object) -> Report:
    return seen(minutes, 0, **({"location": point(lon, lat, 20.0)} | changes))


def told(found: Whereabouts) -> list[tuple[Passing, LineSide, LineSide, float, float]]:
    return [
        (
            one.answer,
            one.from_side,
            one.to_side,
            (one.after - after(0)).total_seconds() / 60,
            (one.by - after(0)).total_seconds() / 60,
        )
        for one in found.crossings
    ]


FAST_ENOUGH = {"max_speed_mps": 20.0}


def test_seen_on_both_sides_too_soon_to_have_gone_round_has_crossed() -> None:
    found = fold([at(0, NORTH), at(10, SOUTH)], register(**FAST_ENOUGH))
    assert told(found) == [(Passing.CROSSED, LEFT, RIGHT, 0, 10)]
    (one,) = found.crossings
    assert (one.zone, one.first, one.last) == ("corridor:c", "patrol-1/m0", "patrol-1/m10")


def test_with_time_to_go_round_an_end_it_may_have_crossed() -> None:
    slow = fold([at(0, NORTH), at(60, SOUTH)], register(**FAST_ENOUGH))
    assert told(slow) == [(Passing.MAY_HAVE_CROSSED, LEFT, RIGHT, 0, 60)]
    unbounded = fold([at(0, NORTH), at(10, SOUTH)], register())
    assert told(unbounded) == [(Passing.MAY_HAVE_CROSSED, LEFT, RIGHT, 0, 10)]


def test_a_sighting_on_the_line_itself_is_of_no_side() -> None:
    found = fold([at(0, NORTH), at(5, LAT), at(10, SOUTH)], register(**FAST_ENOUGH))
    assert told(found) == [(Passing.CROSSED, LEFT, RIGHT, 0, 10)]
    assert told(fold([at(0, NORTH), at(5, LAT), at(10, NORTH)], register(**FAST_ENOUGH))) == []


def test_there_and_back_is_two_crossings_in_whatever_order_they_come() -> None:
    reports = [at(20, NORTH), at(0, NORTH), at(10, SOUTH)]
    assert told(fold(reports, register(**FAST_ENOUGH))) == [
        (Passing.CROSSED, LEFT, RIGHT, 0, 10),
        (Passing.CROSSED, RIGHT, LEFT, 10, 20),
    ]


def test_clocks_that_may_be_off_leave_the_order_open() -> None:
    found = fold([at(0, NORTH), at(3, SOUTH)], register(clock_error_s=120, **FAST_ENOUGH))
    assert told(found) == []
    later = fold([at(0, NORTH), at(5, SOUTH)], register(clock_error_s=120, **FAST_ENOUGH))
    assert told(later) == [(Passing.CROSSED, LEFT, RIGHT, -2, 7)]


def test_a_track_crosses_by_its_geometry_whatever_the_speed() -> None:
    along = Track(points=((38.0, NORTH), (38.01, SOUTH)), accuracy_m=50)
    found = fold([seen(0, 0, location=along, observed_to=after(9))], register())
    assert told(found) == [(Passing.CROSSED, LEFT, RIGHT, 0, 9)]
    assert found.crossings[0].first == found.crossings[0].last


def test_what_goes_on_from_a_tracks_end_is_counted_from_there() -> None:
    along = Track(points=((38.0, NORTH), (38.01, SOUTH)), accuracy_m=50)
    reports = [seen(0, 0, location=along, observed_to=after(9)), at(20, NORTH)]
    assert [one[1:3] for one in told(fold(reports, register(**FAST_ENOUGH)))] == [
        (LEFT, RIGHT),
        (RIGHT, LEFT),
    ]


def test_what_contradicts_itself_has_crossed_nothing() -> None:
    found = fold([at(0, NORTH), at(0, SOUTH, id="other"), at(10, NORTH)], register(**FAST_ENOUGH))
    assert found.contradictions
    assert told(found) == []


@pytest.mark.parametrize("edges", ["straight", "geodesic"])
def test_a_baseline_is_a_line_that_is_crossed(edges: Literal["straight", "geodesic"]) -> None:
    line = LineString(coordinates=((37.8, LAT), (38.2, LAT)))
    drawn = agreement(baselines=(Baseline(id="front", name="Front", line=line, edges=edges),))
    rules = methodology(sightings=SightingRules(max_speed_mps=20))
    found = fold([at(0, NORTH), at(10, SOUTH)], Register((drawn,), (rules,)))
    assert [(one.zone, one.answer) for one in found.crossings] == [
        ("baseline:front", Passing.CROSSED)
    ]


def test_a_zone_measured_from_a_baseline_moves_with_it() -> None:
    south = LineString(coordinates=((37.5, LAT - 0.5), (38.5, LAT - 0.5)))
    here = LineString(coordinates=((37.5, LAT), (38.5, LAT)))
    first, second = (
        agreement(
            version=version,
            valid=Validity(from_=since),
            zones=(zone(geometry=Strip(baseline="front", side="both", to_m=5_000)),),
            baselines=(Baseline(id="front", name="Front", line=line),),
        )
        for version, since, line in ((1, ALWAYS.from_, here), (2, after(15), south))
    )
    rules = methodology(sightings=SightingRules(max_gap_s=3_600))
    found = fold([at(0, NORTH), at(10, NORTH)], Register((first, second), (rules,)))
    (stay,) = spells_of(found)
    assert minutes(stay) == (None, 0, 10, 15)


def test_a_line_that_moved_is_crossed_by_nobody_who_stood_still() -> None:
    west, east = 37.8, 38.2
    north_of_both = LineString(coordinates=((west, NORTH + 0.1), (east, NORTH + 0.1)))
    moved = (
        corridor(valid=Validity(from_=ALWAYS.from_, to=after(5))),
        corridor(route=north_of_both, valid=Validity(from_=after(5))),
    )
    found = fold([at(0, NORTH), at(10, NORTH)], register(*moved, **FAST_ENOUGH))
    assert told(found) == []


def test_the_middle_of_a_wide_place_is_on_no_side_where_the_place_is_not() -> None:
    wide = at(0, NORTH, location=point(38.0, NORTH, 2_300.0))
    assert told(fold([wide, at(10, SOUTH)], register(**FAST_ENOUGH))) == []
