"""Which passages are certain: held against ways that were drawn, in a plane of another kind."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString

from geo.errors import RouteError
from geo.line_crossing import Disc, Line, Passage, Turn, passage, passages_along
from geo.shapes import Track

LON, LAT = 38.0, 48.0
EAST_M, NORTH_M = 74_629.0, 111_200.0
"""Of a degree there, good to some metres over 10 km: the oracle's plane."""

Spot = tuple[float, float]


def at(x_m: float, y_m: float) -> Spot:
    return LON + x_m / EAST_M, LAT + y_m / NORTH_M


def disc(x_m: float, y_m: float, radius_m: float = 10.0) -> Disc:
    return Disc(*at(x_m, y_m), radius_m)


def line(*spots: Spot) -> Line:
    return Line.of(tuple(at(*spot) for spot in spots))


NORTHWARD = line((0, -5_000), (0, 5_000))
WEST_OF_IT, EAST_OF_IT = disc(-500, 0), disc(500, 0)
TO_RIGHT, TO_LEFT = Turn.TO_RIGHT, Turn.TO_LEFT


def test_from_west_to_east_of_a_line_northward_is_to_its_right() -> None:
    assert passage(NORTHWARD, WEST_OF_IT, EAST_OF_IT, 2_000) == Passage(TO_RIGHT, certain=True)
    assert passage(NORTHWARD, EAST_OF_IT, WEST_OF_IT, 2_000) == Passage(TO_LEFT, certain=True)


@pytest.mark.parametrize("reach_m", [None, 11_000.0, 1e6])
def test_who_may_have_gone_round_the_end_may_have_crossed(reach_m: float | None) -> None:
    assert passage(NORTHWARD, WEST_OF_IT, EAST_OF_IT, reach_m) == Passage(TO_RIGHT, certain=False)


def test_a_closed_line_has_no_end_to_go_round() -> None:
    ring = line(
        (-1_000, -1_000), (1_000, -1_000), (1_000, 1_000), (-1_000, 1_000), (-1_000, -1_000)
    )
    assert passage(ring, disc(0, 0), disc(5_000, 0), None) == Passage(TO_RIGHT, certain=True)


def test_on_one_side_nothing_was_passed() -> None:
    assert passage(NORTHWARD, WEST_OF_IT, disc(-400, 900), 2_000) is None


def test_over_it_and_back_on_the_straight_way_is_one_side() -> None:
    bay = line((-200, 5_000), (-200, 0), (200, 0), (200, 5_000))
    assert passage(bay, disc(-900, 2_000), disc(900, 2_000), 2_000) is None


def test_who_may_be_on_the_line_is_on_no_side() -> None:
    assert passage(NORTHWARD, disc(-500, 0, 490), EAST_OF_IT, 2_000) == Passage(
        TO_RIGHT, certain=True
    )
    assert passage(NORTHWARD, disc(-500, 0, 500), EAST_OF_IT, 2_000) is None


def test_a_place_as_wide_as_the_way_to_the_end_leaves_it_open() -> None:
    short = line((0, -600), (0, 600))
    near = passage(short, disc(-800, 0, 700), disc(800, 0, 700), 100)
    assert near == Passage(TO_RIGHT, certain=False)


def test_places_too_far_apart_say_nothing() -> None:
    assert passage(NORTHWARD, Disc(30, LAT, 10), Disc(46, LAT, 10), 1e6) is None


def test_over_the_antimeridian() -> None:
    across = Line.of(((179.9, 10.0), (-179.9, 10.0)))
    found = passage(across, Disc(-179.99, 9.99, 5), Disc(179.99, 10.01, 5), 5_000)
    assert found == Passage(TO_LEFT, certain=True)


def test_a_line_without_length_is_refused() -> None:
    with pytest.raises(RouteError):
        line((0, 0), (0, 0))


def track(*spots: Spot, accuracy_m: float = 20.0) -> Track:
    return Track(tuple(at(*spot) for spot in spots), accuracy_m)


def test_a_track_over_the_line_and_back_passes_twice() -> None:
    there_and_back = track((-500, 0), (500, 100), (-500, 200))
    assert passages_along(NORTHWARD, there_and_back) == (
        Passage(TO_RIGHT, certain=True),
        Passage(TO_LEFT, certain=True),
    )


def test_a_track_that_only_comes_near_passes_nothing() -> None:
    assert passages_along(NORTHWARD, track((-500, 0), (-10, 100), (-500, 200))) == ()
    assert passages_along(NORTHWARD, track((-500, 0), (-400, 900))) == ()


def test_a_track_that_ends_on_the_line_has_not_passed_it() -> None:
    assert passages_along(NORTHWARD, track((-500, 0), (10, 0))) == ()


def test_a_track_less_well_known_than_its_way_is_long_says_nothing() -> None:
    assert passages_along(NORTHWARD, track((-500, 0), (500, 0), accuracy_m=600)) == ()


def test_a_track_past_the_end_may_have_gone_round_it() -> None:
    past = track((-500, 4_990), (500, 4_990), accuracy_m=50)
    assert passages_along(NORTHWARD, past) == (Passage(TO_RIGHT, certain=False),)
    round_it = track((-500, 5_100), (500, 5_100), accuracy_m=50)
    assert passages_along(NORTHWARD, round_it) == ()


spots = st.tuples(st.integers(-3_000, 3_000), st.integers(-3_000, 3_000))


def shift(centre: Spot, radius_m: float, rng: random.Random) -> Spot:
    away, angle = radius_m * math.sqrt(rng.random()), rng.random() * math.tau
    return centre[0] + away * math.cos(angle), centre[1] + away * math.sin(angle)


def ways(
    start: Spot, end: Spot, drawn: list[Spot], reach_m: float, rng: random.Random
) -> list[LineString]:
    """Ways from a start to an end no longer than the reach, some of them round the line's ends."""
    found = []
    for _ in range(60):
        ends = [shift(spot, 300, rng) for spot in (drawn[0], drawn[-1])]
        inner = rng.choice([[], [ends[0]], [ends[1]], [shift((0, 0), 4_000, rng)], ends])
        way = LineString([start, *inner, end])
        if way.length <= reach_m:
            found.append(way)
    return found


heights = st.lists(st.integers(-3_000, 3_000), min_size=2, max_size=5, unique=True)


@settings(max_examples=150, deadline=None)
@given(
    heights,
    st.lists(st.integers(-800, 800), min_size=5, max_size=5),
    st.tuples(spots, spots),
    st.sampled_from([0.0, 20.0, 300.0]),
    st.tuples(st.sampled_from([1.0, 1.2, 2.0, 5.0]), st.integers(0, 1 << 30)),
)
def test_no_way_within_reach_avoids_a_line_that_was_certainly_crossed(
    ys: list[int],
    xs: list[int],
    places: tuple[Spot, Spot],
    radius_m: float,
    ways_of: tuple[float, int],
) -> None:
    drawn: list[Spot] = list(zip(xs, sorted(ys), strict=False))
    (first, second), (times, seed), shape = places, ways_of, LineString(drawn)
    reach_m = math.dist(first, second) * times + 2 * radius_m
    found = passage(line(*drawn), disc(*first, radius_m), disc(*second, radius_m), reach_m)
    if found is None or not found.certain:
        return
    rng = random.Random(seed)
    for _ in range(10):
        start, end = shift(first, radius_m, rng), shift(second, radius_m, rng)
        assert all(way.intersects(shape) for way in ways(start, end, drawn, reach_m, rng))


@settings(max_examples=100, deadline=None)
@given(heights, st.lists(st.integers(-800, 800), min_size=5, max_size=5), spots, spots)
def test_the_side_it_leads_to_is_that_of_a_plain_count(
    ys: list[int], xs: list[int], first: Spot, second: Spot
) -> None:
    drawn: list[Spot] = list(zip(xs, sorted(ys), strict=False))
    shape = LineString(drawn)
    assume(first != second)
    way = LineString([first, second])
    ends = np.array([shape.distance(LineString([s, s])) for s in (first, second)])
    vertices = [way.distance(LineString([v, v])) for v in drawn]
    # Nearer than the oracle's plane is good to, nothing is asked.
    assume(ends.min() > 30 and min(vertices) > 30)
    count = 0
    for (px, py), (qx, qy) in pairwise(drawn):
        if way.intersects(LineString([(px, py), (qx, qy)])):
            left = (qx - px) * (first[1] - py) - (qy - py) * (first[0] - px) > 0
            count += 1 if left else -1
    found = passage(line(*drawn), disc(*first, 1), disc(*second, 1), None)
    assert (found is not None) == (count % 2 == 1)
    if found is not None:
        assert found.turn == (1 if count > 0 else -1)
