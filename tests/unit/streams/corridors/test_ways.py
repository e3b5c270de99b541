"""Which way is known open: never one of which a leg is not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from streams.agreement import Chainage, Corridor, Crossing, Segment
from streams.corridors.ways import Leg, State, Ways, crossings_of, legs_of, ways
from streams.vocabulary import Availability, Direction
from tests.unit.streams import builders

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def road(id_: str, crossings: Mapping[str, float], segments: tuple[Segment, ...] = ()) -> Corridor:
    return builders.corridor(
        id_,
        chainage=Chainage(tolerance_m=10, start_km=2.0),
        crossings=tuple(Crossing(id=name, at_km=km) for name, km in crossings.items()),
        segments=segments,
    )


MAIN = road(
    "main",
    {"bridge": 10.0, "village": 4.0, "town": 20.0},
    (Segment(id="west", to_km=8), Segment(id="middle", to_km=15), Segment(id="east")),
)
BYPASS = road("bypass", {"village": 3.0, "mill": 9.0, "town": 30.0})


def state(of: Availability, minutes: int = 60) -> State:
    reach = NOON + timedelta(minutes=minutes) if of is Availability.OPEN else None
    return State(of, f"said {of}", ("operator/1",), reach)


def told(found: Ways) -> tuple[list[list[str]], list[list[str]]]:
    def names(legs: tuple[tuple[Leg, State], ...]) -> list[str]:
        return [f"{leg.corridor}:{leg.start}-{leg.end}" for leg, _ in legs]

    return [names(way.legs) for way in found.open], [names(way.legs) for way in found.not_open]


def asked(shut: Mapping[str, Availability], start: str = "village", end: str = "town") -> Ways:
    """The ways where legs that end at these points, on corridors of these ids, are not open."""

    def ask(leg: Leg) -> State:
        return state(shut.get(f"{leg.corridor}:{leg.end}", Availability.OPEN), len(leg.end))

    return ways(legs_of([MAIN, BYPASS]), start, end, ask)


def test_a_leg_passes_the_segments_and_crossing_points_that_it_touches() -> None:
    forward, backward, *_ = legs_of([MAIN])
    assert (forward.start, forward.end, forward.direction) == (
        "village",
        "bridge",
        Direction.FORWARD,
    )
    assert forward.segments == ("west", "middle", "village", "bridge")
    assert (backward.start, backward.end) == ("bridge", "village")
    assert {leg.segments[0] for leg in legs_of([BYPASS])} == {None}
    assert crossings_of([MAIN, BYPASS]) == ["bridge", "mill", "town", "village"]


def test_all_open_ways_are_told_the_shortest_first_valid_as_far_as_the_first_leg() -> None:
    found = asked({})
    assert told(found) == (
        [["main:village-bridge", "main:bridge-town"], ["bypass:village-mill", "bypass:mill-town"]],
        [],
    )
    assert [way.length_km for way in found.open] == [16.0, 27.0]
    assert found.open[0].not_valid_after == NOON + timedelta(minutes=len("town"))


def test_a_way_with_one_leg_that_is_not_open_is_no_way_and_says_why() -> None:
    for why in set(Availability) - {Availability.OPEN}:
        found = asked({"main:bridge": why})
        assert told(found) == (
            [["bypass:village-mill", "bypass:mill-town"]],
            [["main:village-bridge", "main:bridge-town"]],
        )
        (way,) = found.not_open
        assert (way.not_valid_after, way.legs[0][1].cause) == (None, f"said {why}")


def test_a_way_that_is_open_there_may_be_shut_on_the_way_back() -> None:
    shut = {"main:village": Availability.CLOSED, "bypass:village": Availability.UNKNOWN}
    assert len(asked(shut).open) == 2
    assert asked(shut, "town", "village").open == []
    assert len(asked(shut, "town", "village").not_open) == 2


def test_an_open_leg_that_nobody_says_how_long_to_rely_on_is_no_way() -> None:
    endless = State(Availability.OPEN, "said", (), None)
    assert ways(legs_of([MAIN]), "village", "town", lambda _: endless).open == []


_POINTS = st.sampled_from("abcdef")
_ROADS = st.lists(st.lists(_POINTS, min_size=2, max_size=4, unique=True), min_size=1, max_size=6)


@given(_ROADS, st.sets(st.integers(0, 40)), _POINTS, _POINTS)
def test_a_way_is_told_where_there_is_one_and_only_over_open_legs(
    roads: list[list[str]], shut: set[int], start: str, end: str
) -> None:
    corridors = [
        road(f"r{n}", {name: 3.0 + at for at, name in enumerate(names)})
        for n, names in enumerate(roads)
    ]
    legs = legs_of(corridors)
    closed = {leg for n, leg in enumerate(legs) if n in shut}
    found = ways(
        legs,
        start,
        end,
        lambda leg: state(Availability.CLOSED if leg in closed else Availability.OPEN),
    )
    for way in found.open:
        passed = [leg for leg, _ in way.legs]
        assert not closed & set(passed)
        assert (passed[0].start, passed[-1].end) == (start, end)
        assert all(before.end == after.start for before, after in pairwise(passed))
    assert all(closed & {leg for leg, _ in way.legs} for way in found.not_open)
    reached = {start}
    for _ in legs:
        reached |= {leg.end for leg in legs if leg.start in reached and leg not in closed}
    assert bool(found.open) == (start != end and end in reached)
