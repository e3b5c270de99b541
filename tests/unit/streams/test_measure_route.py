"""An event that names a route and kilometres lies where the agreement in force puts them."""

from __future__ import annotations

import pytest

from geo.shapes import Track
from streams.agreement import Agreement, Chainage, Corridor, LineString, Where
from streams.assess import Judged
from streams.decode import Reason, Refusal, decode_report
from streams.events import OnRoute
from streams.explain import explain
from streams.locate import Located, Locator, Unlocated
from streams.measure_route import measure_routes
from streams.vocabulary import Verdict
from tests.unit.streams.builders import (
    LAT,
    LON,
    agreement,
    corridor,
    judged,
    line,
    methodology,
    report,
    term,
)

METHOD = methodology(accuracy_otherwise_m=100.0, accuracy_floor_m=5.0)
ROUTE = LineString(coordinates=((LON, LAT), (LON + 0.2, LAT)))
"""Some 14 km along a parallel."""


def road(**chainage: float) -> Corridor:
    return corridor(route=ROUTE, chainage=Chainage(**{"tolerance_m": 50.0, **chainage}))


def located(location: OnRoute, *corridors: Corridor) -> Located:
    locator = Locator(METHOD, measure_routes(corridors))
    return locator.locate([report(location=location)])


def stretch(location: OnRoute, *corridors: Corridor) -> Track:
    ((_, region),) = located(location, *corridors).regions.others
    assert isinstance(region, Track)
    return region


def on(from_km: float, to_km: float | None = None, **changes: float) -> OnRoute:
    return OnRoute(corridor="c", from_km=from_km, to_km=to_km, **changes)


def test_the_accuracy_of_the_event_and_the_tolerance_of_the_marks_add_up() -> None:
    assert stretch(on(1.0, 2.0, accuracy_m=20.0), road()).accuracy_m == 70.0
    assert stretch(on(1.0, 2.0), road()).accuracy_m == 150.0


def test_marks_are_counted_from_the_one_at_the_first_position() -> None:
    assert (
        stretch(on(0.0, 1.0), road()).points == stretch(on(40.0, 41.0), road(start_km=40.0)).points
    )


def test_a_single_mark_is_a_place() -> None:
    first, last = stretch(on(5.0), road()).points
    assert first == last
    assert first[0] > LON


@pytest.mark.parametrize(
    ("location", "corridors", "why"),
    [
        (on(1.0), (), Unlocated.ROUTE_NOT_MEASURED),
        (on(1.0), (corridor(route=ROUTE),), Unlocated.ROUTE_NOT_MEASURED),
        (on(20.0), (road(),), Unlocated.BEYOND_ROUTE),
        (on(1.0, 20.0), (road(),), Unlocated.BEYOND_ROUTE),
        (on(39.0, 41.0), (road(start_km=40.0),), Unlocated.BEYOND_ROUTE),
    ],
)
def test_what_the_agreement_does_not_place_has_no_location(
    location: OnRoute, corridors: tuple[Corridor, ...], why: Unlocated
) -> None:
    found = located(location, *corridors)
    assert found.unlocated == {0: why}
    assert not found.regions.others


def test_within_the_tolerance_the_end_is_the_end() -> None:
    (measured,) = measure_routes([road()]).values()
    end_km = measured.last_km
    beyond = stretch(on(end_km - 1, end_km + 0.049), road())
    assert beyond.points == stretch(on(end_km - 1, end_km), road()).points
    assert located(on(end_km - 1, end_km + 0.051), road()).unlocated


def test_kilometres_that_run_backwards_are_refused() -> None:
    refused = decode_report(line(report(location=on(2.0, 1.0))))
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.DISTANCE_REVERSED


def fire_on_the_road(road_: Corridor) -> Agreement:
    return agreement(corridors=(road_,), terms=(term(where=Where(corridors=("c",))),))


def judge_at(location: OnRoute) -> Judged:
    return judged(report(location=location), fire_on_the_road(road()), METHOD)


def test_a_stretch_of_a_corridor_is_judged_under_the_terms_of_that_corridor() -> None:
    result = judge_at(on(3.0, 4.0, accuracy_m=50.0))
    assert result.assessment.verdict is Verdict.VIOLATION
    assert "corridor:c" in [place.zone for place in result.assessment.places]
    assert any("km 3 to 4" in sentence for sentence in explain(result).sentences)


def test_a_single_mark_is_judged_as_the_disc_around_it() -> None:
    result = judge_at(on(3.0, accuracy_m=50.0))
    assert result.assessment.verdict is Verdict.VIOLATION
    assert any("km 3." in sentence for sentence in explain(result).sentences)


def test_a_stretch_that_nobody_can_place_is_not_decided_and_the_reason_is_said() -> None:
    result = judge_at(on(30.0))
    assert result.assessment.verdict is Verdict.CANNOT_DETERMINE
    assert any("beyond the ends" in sentence for sentence in explain(result).sentences)
