import numpy as np
import pytest

from geo.baseline import Baseline, Side
from geo.errors import DerivationError, LineCrossesError, RouteError
from tests.unit.geo import oracle

BENT = [(38.0, 48.0), (38.5, 48.2), (38.9, 48.0), (38.9, 47.9)]


def test_pieces_are_short_and_keep_the_drawn_positions() -> None:
    line = Baseline.of(BENT)
    lon, lat = line.points.T
    steps = [
        oracle.distance_m(*a, *b) for a, b in zip(line.points[:-1], line.points[1:], strict=True)
    ]
    assert max(steps) < 201
    assert set(BENT) <= {(float(x), float(y)) for x, y in zip(lon, lat, strict=True)}
    assert not line.closed


def test_left_and_right_are_seen_along_the_line() -> None:
    spots = np.array([(38.25, 48.3), (38.25, 48.0), (38.7, 48.3), (39.0, 47.95), (38.8, 47.95)])
    sides = [Side.LEFT, Side.RIGHT, Side.LEFT, Side.LEFT, Side.RIGHT]
    assert Baseline.of(BENT).sides(spots).tolist() == sides
    assert Baseline.of(BENT[::-1]).sides(spots).tolist() == [-side for side in sides]


def test_a_corner_seen_from_outside_is_on_one_side() -> None:
    spots = np.array([(38.5 + east, 48.2 + 0.3) for east in np.linspace(-0.05, 0.05, 11)])
    assert set(Baseline.of(BENT).sides(spots).tolist()) == {Side.LEFT}


def test_what_lies_farther_on_than_an_end_is_on_no_side() -> None:
    spots = np.array([(37.9, 47.9), (37.8, 47.93), (38.95, 47.8), (38.85, 47.8)])
    assert set(Baseline.of(BENT).sides(spots).tolist()) == {Side.BEYOND}


def test_a_closed_line_has_no_ends() -> None:
    ring = Baseline.of([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])
    assert ring.closed
    spots = np.array([(0.5, 0.5), (0.1, 0.1), (-0.1, -0.1), (-0.2, 0.5)])
    assert ring.sides(spots).tolist() == [Side.LEFT, Side.LEFT, Side.RIGHT, Side.RIGHT]


def test_a_line_over_the_antimeridian_goes_the_short_way() -> None:
    line = Baseline.of([(179.5, -17.0), (-179.5, -17.0)])
    assert np.ptp(line.points[:, 0]) == pytest.approx(1.0)


def test_a_geodesic_line_runs_poleward_of_the_straight_one() -> None:
    straight, geodesic = (
        Baseline.of([(20, 55), (30, 55)], geodesic_edges=g) for g in (False, True)
    )
    assert straight.points[:, 1].max() == 55
    mid_lat = oracle.EARTH.InverseLine(55, 20, 55, 30)
    middle = mid_lat.Position(mid_lat.s13 / 2)["lat2"]
    assert geodesic.points[:, 1].max() == pytest.approx(middle, abs=1e-7)


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ([(0, 0), (2, 0), (1, 1), (1, -1)], (1, 0)),
        ([(0, 0), (2, 0), (2, 1), (1, 0)], (1, 0)),
        ([(0, 0), (2, 0), (2, 1), (0, 0), (0, -1)], (0, 0)),
    ],
)
def test_a_line_that_meets_itself_is_refused_with_the_place(
    line: list[tuple[float, float]], at: tuple[float, float]
) -> None:
    with pytest.raises(LineCrossesError) as refused:
        Baseline.of(line)
    assert refused.value.at == pytest.approx(at)


def test_a_line_that_runs_back_over_itself_is_refused() -> None:
    with pytest.raises(LineCrossesError):
        Baseline.of([(0, 0), (2, 0), (1, 0)])


def test_lines_without_length_or_of_half_the_globe_are_refused() -> None:
    with pytest.raises(RouteError):
        Baseline.of([(38, 48), (38, 48)])
    with pytest.raises(DerivationError, match="km long"):
        Baseline.of([(-80, 10), (0, 10), (80, 10)])
