"""Segments, ways and travellers: what is said of one of them says nothing of the others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.corridors.divided import Interval
from streams.corridors.events import CorridorEvent, Effect, RouteEvent, StatusEvent
from streams.corridors.fold import at, availability
from streams.corridors.parts import HEAVIEST_T, Part, Parts, why_no_part
from streams.events import CorridorStatus
from streams.vocabulary import Availability, Direction, Hazard, Traveller, VehicleClass
from tests.unit.streams.corridors.agreed_times import minute
from tests.unit.streams.corridors.histories import METHODOLOGY, agreement, arrived, corridor

OPEN, CLOSED, UNKNOWN = Availability.OPEN, Availability.CLOSED, Availability.UNKNOWN
ROAD = corridor(windows=((0, 300),), divided=True)
LIGHT, HEAVY = Traveller.LIGHT_VEHICLE, Traveller.HEAVY_TRUCK


def said(at_: int, status: Availability = OPEN, **more: Any) -> StatusEvent:  # noqa: ANN401 (any field)
    return arrived(
        CorridorStatus(
            id=f"s{at_}-{status}",
            mission="smm",
            source=more.pop("source", "observer"),
            corridor="east",
            status=status,
            issued_at=minute(at_),
            observed_at=minute(at_),
            effective_from=minute(at_),
            **more,
        )
    )


def on_route(at_: int, *segments: str, effect: Effect = Effect.SUSPENDS) -> RouteEvent:
    return RouteEvent(
        source="patrol",
        id=f"r{at_}",
        effect=effect,
        observed_from=minute(at_),
        observed_to=minute(at_),
        received_at=minute(at_),
        segments=segments,
    )


def told(number: int, *events: CorridorEvent) -> Interval:
    return at(availability(ROAD, agreement(ROAD), METHODOLOGY, events), minute(number))


def states(interval: Interval) -> dict[Part, str]:
    return {Part(it.segment, it.direction, it.traveller): it.state for it in interval.parts}


def test_where_nobody_tells_parts_apart_there_are_none() -> None:
    assert told(20, said(10)).parts == ()


def test_a_closed_segment_closes_itself_and_the_corridor_as_a_whole() -> None:
    interval = told(30, said(10), said(20, CLOSED, source="closer", segment="km1"))
    assert interval.state is CLOSED
    assert states(interval) == {
        Part("km1"): "closed",
        Part("km3"): "open",
        Part("bridge"): "open",
    }
    assert {it.not_valid_after for it in interval.parts} == {None, minute(70)}


def test_a_segment_may_be_opened_and_the_whole_is_open_once_all_are() -> None:
    events = [said(10, segment="km1"), said(20, segment="km3")]
    assert told(30, *events).state is UNKNOWN
    assert states(told(30, *events))[Part("km1")] == "open"
    whole = told(40, *events, said(30, segment="bridge"))
    assert (whole.state, whole.not_valid_after) == (OPEN, minute(70))


def test_a_name_that_nobody_agreed_opens_nothing_and_closes_everything() -> None:
    assert told(30, said(20, segment="km9")).state is UNKNOWN
    interval = told(30, said(10), said(20, CLOSED, source="closer", segment="km9"))
    assert (interval.state, interval.parts) == (CLOSED, ())


def test_a_way_is_closed_and_the_other_is_not() -> None:
    shut = said(20, CLOSED, source="closer", direction=Direction.BACKWARD)
    assert states(told(30, said(10), shut)) == {
        Part(direction=Direction.BACKWARD): "closed",
        Part(direction=Direction.FORWARD): "open",
    }


def test_a_bridge_is_closed_to_who_may_be_too_heavy_for_it_even_where_it_is_called_open() -> None:
    open_ = said(10, segment="bridge", max_load_t=20.0, hazard=Hazard.BRIDGE)
    road = [said(12, segment="km1"), said(13, segment="km3")]
    interval = told(20, open_, *road)
    assert states(interval)[Part("bridge", traveller=HEAVY)] == "closed"
    assert states(interval)[Part("bridge", traveller=LIGHT)] == "open"
    assert interval.state is CLOSED


def test_after_a_bridge_was_too_weak_only_what_was_seen_later_opens_it_to_the_heavy() -> None:
    weak, mended = said(10, max_load_t=20.0), said(30)
    assert states(told(20, weak))[Part(traveller=HEAVY)] == "closed"
    assert told(40, weak, mended).state is OPEN


def test_fire_on_a_segment_suspends_it_alone() -> None:
    interval = told(30, said(10), on_route(20, "km3"))
    assert interval.state is Availability.SUSPENDED
    assert states(interval) == {
        Part("km3"): "suspended",
        Part("km1"): "open",
        Part("bridge"): "open",
    }


@pytest.mark.parametrize("segments", [(), ("km1", "km9")])
def test_fire_of_which_nobody_can_tell_where_it_was_suspends_all(segments: tuple[str, ...]) -> None:
    interval = told(30, said(10), on_route(20, *segments))
    assert (interval.state, interval.parts) == (Availability.SUSPENDED, ())


def test_a_suspended_segment_is_unknown_until_it_is_seen_again_by_name_or_with_all() -> None:
    fire = on_route(20, "km3", effect=Effect.UNSETTLES)
    assert states(told(30, said(10), fire))[Part("km3")] == "unknown"
    assert told(50, said(10), fire, said(40, segment="km3")).state is OPEN
    assert states(told(50, said(10), fire, said(40, segment="km1")))[Part("km3")] == "unknown"


def test_what_is_no_violation_is_called_a_hazard() -> None:
    mines = replace(on_route(20, "km3"), hazard=Hazard.MINES)
    assert told(30, said(10), mines).cause == "suspended_by_hazard"


def test_versions_that_speak_of_different_parts_replace_nothing() -> None:
    first = said(20, CLOSED, source="closer", segment="km1")
    shut = [said(10), said(15, CLOSED, source="closer"), first, said(20, OPEN, source="second")]
    other = replace(first, status=replace(first.status, segment="km3"), content_hash="f" * 64)
    assert {it.state for it in told(30, *shut, other).parts} <= {CLOSED}


_PARTS = Parts.of(ROAD)
_EVERY = [
    Part(*it)
    for it in [
        (segment, direction, traveller)
        for segment in _PARTS.segments
        for direction in Direction
        for traveller in _PARTS.travellers
    ]
]


@given(st.sets(st.sampled_from(_EVERY), min_size=1))
def test_a_cover_names_each_part_once(parts: set[Part]) -> None:
    covered = [
        one
        for cover in _PARTS.cover(parts)
        for one in _EVERY
        if all(mine in {None, theirs} for mine, theirs in zip(cover, one, strict=True))
    ]
    assert sorted(covered, key=_EVERY.index) == sorted(parts, key=_EVERY.index)


def test_who_asks_for_what_is_not_there_is_told_what_is() -> None:
    assert why_no_part(ROAD, Part("km1", Direction.FORWARD, LIGHT)) is None
    assert "bridge, km1, km3" in str(why_no_part(ROAD, Part("km9")))
    assert "may not pass" in str(why_no_part(ROAD, Part(traveller=Traveller.BUS)))
    assert "one piece" in str(why_no_part(corridor(), Part("km1")))


def test_whoever_moves_in_a_convoy_is_a_traveller_with_a_mass() -> None:
    assert {*VehicleClass} | {Traveller.ON_FOOT} == {*Traveller} == {*HEAVIEST_T}
