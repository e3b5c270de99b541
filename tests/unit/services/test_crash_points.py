from __future__ import annotations

import pytest

from services.crash_points import Point, on_reached, reached


class CrashedError(Exception):
    """What a test has the program meet."""


def test_in_the_program_a_point_does_nothing() -> None:
    for point in Point:
        reached(point)


def test_a_test_fails_the_program_at_a_point_and_only_meanwhile() -> None:
    def crash(point: Point) -> None:
        if point is Point.RELAY_SENT:
            raise CrashedError

    with on_reached(crash):
        reached(Point.RELAY_READ)
        with pytest.raises(CrashedError):
            reached(Point.RELAY_SENT)
    reached(Point.RELAY_SENT)
