"""A measure along a route, beside lengths that geographiclib sums over other pieces."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import RouteError
from geo.linear import MeasuredLine
from geo.shapes import Track

EARTH = Geodesic.WGS84
Line = list[tuple[float, float]]

ROAD: Line = [(38.45, 48.62), (38.50, 48.66), (38.51, 48.70), (38.60, 48.71)]
LONG: Line = [(36.0, 48.0), (37.5, 48.9)]
OVER_180: Line = [(179.9, -17.0), (-179.9, -16.95)]
NORTH: Line = [(20.0, 80.0), (24.0, 80.3), (24.0, 80.0)]


def length_m(line: Line, step_deg: float = 0.0007) -> float:
    """The length of a line straight in lon/lat: many short geodesics."""
    total = 0.0
    for (x0, y0), (x1, y1) in pairwise(line):
        dx = (x1 - x0 + 180) % 360 - 180
        count = math.ceil(max(abs(dx), abs(y1 - y0)) / step_deg) or 1
        cuts = [(x0 + dx * i / count, y0 + (y1 - y0) * i / count) for i in range(count + 1)]
        for (a, b), (c, d) in pairwise(cuts):
            total += EARTH.Inverse(b, a, d, c)["s12"]
    return total


@pytest.mark.parametrize("line", [ROAD, LONG, OVER_180, NORTH])
def test_its_length_is_that_of_the_curve_on_the_ellipsoid(line: Line) -> None:
    assert MeasuredLine.of(line).length_m == pytest.approx(length_m(line), rel=1e-9, abs=1e-3)


@given(st.sampled_from([ROAD, LONG, OVER_180, NORTH]), st.floats(0, 1), st.floats(0, 1))
@settings(max_examples=60, deadline=None)
def test_a_stretch_begins_and_ends_where_its_measures_say(
    line: Line, one: float, other: float
) -> None:
    measured = MeasuredLine.of(line)
    from_m, to_m = (share * measured.length_m for share in sorted((one, other)))
    stretch = list(measured.between(from_m, to_m))
    assert length_m(stretch, 0.002) == pytest.approx(to_m - from_m, abs=0.02)
    vertices = [at for at in line if at in stretch[1:-1]]
    before = [*line[: line.index(vertices[0])], stretch[0]] if vertices else None
    if before and len(before) > 1:
        assert length_m(before, 0.002) == pytest.approx(from_m, abs=0.02)


def test_the_whole_route_is_its_own_vertices() -> None:
    measured = MeasuredLine.of(ROAD)
    whole = measured.between(0.0, measured.length_m)
    assert list(dict.fromkeys(whole)) == ROAD


def test_a_stretch_over_the_antimeridian_stays_within_a_turn_and_is_usable() -> None:
    measured = MeasuredLine.of(OVER_180)
    stretch = measured.between(1_000.0, measured.length_m - 1_000.0)
    assert all(abs(lon) <= 180 for lon, _ in stretch)
    assert Track(stretch, 100.0)


def test_one_measure_is_one_position_twice() -> None:
    first, last = MeasuredLine.of(ROAD).between(3_000.0, 3_000.0)
    assert first == last


@pytest.mark.parametrize("line", [[], [(1.0, 2.0)], [(1.0, 2.0), (1.0, 2.0)]])
def test_a_route_without_length_has_no_measures(line: Line) -> None:
    with pytest.raises(RouteError):
        MeasuredLine.of(line)
