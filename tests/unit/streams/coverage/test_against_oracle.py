"""The fold says what a raster of minutes and zones says, on hundreds of drawn days."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from streams.agreement import Polygon
from streams.coverage.periods import By
from streams.events import Point, Report, Track
from streams.methodology import CoverageRules
from streams.vocabulary import Detail
from tests.unit.streams.builders import agreement, zone
from tests.unit.streams.coverage.oracle import Box, Post, shares
from tests.unit.streams.coverage.scenes import fold, register, restricted, rows, watched

BOXES = {
    "west": Box(37.90, 47.95, 38.00, 48.05),
    "east": Box(38.00, 47.95, 38.10, 48.05),
    "small": Box(37.98, 47.99, 38.00, 48.01),
    "long": Box(37.80, 48.06, 38.20, 48.08),
    "far": Box(39.50, 48.00, 39.60, 48.10),
}
MINUTES = 180
"""From noon on."""
NEAR = 0.03
"""A lattice of 40 x 40 spots tells a share to better than this."""


def outline(box: Box) -> Polygon:
    west, south, east, north = box
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return Polygon(coordinates=(ring,))


def drawn(chance: Random, number: int) -> tuple[list[Report], Post]:
    """A post or patrol, its report and perhaps a restriction."""
    start = chance.randrange(MINUTES - 10)
    end = chance.randrange(start + 5, MINUTES + 30)
    spots = chance.choice([1, 1, 2, 3, 5])
    points = tuple(
        (round(chance.uniform(37.85, 38.15), 4), round(chance.uniform(47.93, 48.1), 4))
        for _ in range(spots)
    )
    accuracy_m = chance.choice([1.0, 50.0, 400.0])
    range_m = chance.choice([600.0, 1_500.0, 3_000.0, 6_000.0])
    down = [
        (at, at + chance.randrange(1, 30))
        for at in [chance.randrange(MINUTES) for _ in range(chance.choice([0, 0, 1, 2]))]
    ]
    place = (
        Point(lon=points[0][0], lat=points[0][1], accuracy_m=accuracy_m)
        if spots == 1
        else Track(points=points, accuracy_m=accuracy_m)
    )
    source = f"patrol-{number}"
    reports = [
        watched(
            start,
            end,
            down=down,
            id=f"w-{number}",
            source=source,
            location=place,
            range_m=range_m,
        )
    ]
    if chance.random() < 0.3:
        begun = chance.randrange(MINUTES)
        detail = chance.choice([Detail.DELAY, Detail.INFORMATION_REFUSAL])
        stop = (begun, begun + chance.randrange(1, 40))
        reports.append(restricted(*stop, id=f"m-{number}", source=source, detail=detail))
        if detail is Detail.DELAY:
            down.append(stop)
    return reports, Post(start, end, points, range_m - accuracy_m, tuple(down))


@pytest.mark.parametrize("seed", range(0, 200, 25))
def test_a_raster_of_minutes_and_zones_agrees(seed: int) -> None:
    zones = tuple(zone(name, outline(box)) for name, box in BOXES.items())
    some = 0
    for case in range(seed, seed + 25):
        chance = Random(case)
        enough = chance.choice([0.05, 0.3, 0.6, 1.0])
        of = register(CoverageRules(watched_share=enough), agreement(zones=zones))
        both = [drawn(chance, number) for number in range(chance.randrange(1, 5))]
        found = fold(*(it for reports, _ in both for it in reports), by=By.HOUR, of=of)
        for name, box in BOXES.items():
            expected = shares(box, [post for _, post in both], MINUTES)
            told = rows(found, name)[12 : 12 + MINUTES // 60]
            for hour, row in enumerate(told):
                part = expected[hour * 60 : hour * 60 + 60]
                assert row.share == pytest.approx(part.mean(), abs=0.01), (case, name, hour)
                surely = np.count_nonzero(part >= enough + NEAR)
                perhaps = np.count_nonzero(part >= enough - NEAR)
                assert surely <= row.watched_s / 60 <= perhaps, (case, name, hour)
                some += bool(row.watched_s)
                assert row.watched_s + row.partly_s + row.unwatched_s == 3_600
                if row.state == "no_coverage":
                    assert part.max() <= NEAR
    assert some > 10
