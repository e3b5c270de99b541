"""What may be concluded from what was reported about the place, and where nothing may."""

from __future__ import annotations

from typing import Literal

import pytest

from geo import shapes
from streams.events import Area, Bearings, Location, NamedPlace, Report, Sector, Track
from streams.locate import Located, Locator, Unlocated
from streams.methodology import DefaultAccuracy
from streams.vocabulary import Means
from tests.unit.streams.builders import LAT, LON, bell, methodology, point, report, ring

LOCATOR = Locator(
    methodology(
        accuracy_otherwise_m=700.0,
        accuracy_floor_m=5.0,
        default_accuracy=(
            DefaultAccuracy(means=Means.SAW, accuracy_m=500.0),
            DefaultAccuracy(means=Means.CAMERA, accuracy_m=50.0),
        ),
    )
)


def located(location: Location | None, *means: Means) -> Located:
    return LOCATOR.locate([report(location=location, means=means or (Means.SAW,))])


def radius_m(location: Location, *means: Means) -> float:
    return float(located(location, *means).regions.circle_radius_m[0])


def region(location: Location, *means: Means) -> shapes.Region:
    ((row, found),) = located(location, *means).regions.others
    assert row == 0
    return found


def why_not(location: Location | None) -> Unlocated:
    found = located(location)
    assert not found.regions.others
    assert not found.regions.circle_row.size
    return found.unlocated[0]


def observer(
    *sectors: Sector, accuracy_m: float | None = 10.0, points: Literal[8, 16] | None = None
) -> Bearings:
    return Bearings(lon=LON, lat=LAT, accuracy_m=accuracy_m, sectors=sectors, compass_points=points)


@pytest.mark.parametrize(
    ("reported", "means", "expected"),
    [
        (30.0, (Means.SAW,), 30.0),
        (0.0, (Means.SAW,), 5.0),
        (4.9, (Means.SAW,), 5.0),
        (None, (Means.SAW,), 500.0),
        (None, (Means.CAMERA,), 50.0),
        (None, (Means.CAMERA, Means.SAW), 500.0),
        (None, (Means.CAMERA, Means.UAV), 50.0),
        (None, (Means.UAV,), 700.0),
    ],
)
def test_a_points_accuracy_is_its_own_or_the_methodologys_coarsest(
    reported: float | None, means: tuple[Means, ...], expected: float
) -> None:
    assert radius_m(point(accuracy_m=reported), *means) == expected


@pytest.mark.parametrize(
    ("points", "own", "half_width_deg"),
    [(None, None, 22.5), (8, None, 22.5), (16, None, 11.25), (16, 3.0, 3.0), (None, 180.0, 180.0)],
)
def test_a_bearing_is_as_wide_as_the_compass_is_coarse(
    points: Literal[8, 16] | None, own: float | None, half_width_deg: float
) -> None:
    seen = Sector(bearing_deg=90.0, half_width_deg=own, min_m=3_000, max_m=6_000)
    found = region(observer(seen, points=points))
    assert found == shapes.Sectors(
        LON, LAT, 10.0, (shapes.Sector(90.0, half_width_deg, 3_000, 6_000),)
    )


def test_an_observer_without_accuracy_has_the_methodologys() -> None:
    found = region(observer(Sector(max_m=100.0), accuracy_m=None), Means.CAMERA)
    assert isinstance(found, shapes.Sectors)
    assert found.accuracy_m == 50.0


def test_no_metres_away_is_the_observers_own_spot() -> None:
    found = region(observer(Sector(bearing_deg=0.0, max_m=0.0)))
    assert isinstance(found, shapes.Sectors)
    assert found.sectors[0].max_m == 5.0


def test_one_sector_without_distance_leaves_the_whole_extent_unknown() -> None:
    known, unknown = Sector(bearing_deg=0.0, max_m=500.0), Sector(bearing_deg=90.0)
    assert why_not(observer(known, unknown)) is Unlocated.DISTANCE_UNKNOWN


def test_an_area_keeps_its_hole() -> None:
    found = region(Area(coordinates=(ring(), ring(half=0.01))))
    assert isinstance(found, shapes.Area)
    assert found.geometry.area == pytest.approx(0.1**2 - 0.02**2)


def test_a_track_is_as_wide_as_its_accuracy() -> None:
    track = Track(points=((38.0, 48.0), (38.1, 48.0)))
    assert region(track) == shapes.Track(((38.0, 48.0), (38.1, 48.0)), 500.0)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        (None, Unlocated.NO_LOCATION),
        (NamedPlace(name="Donetsk"), Unlocated.PLACE_NOT_RESOLVED),
        (point(accuracy_m=500_001.0), Unlocated.EXTENT_UNUSABLE),
        (point(lat=90.0), Unlocated.EXTENT_UNUSABLE),
        (observer(Sector(max_m=600_000.0)), Unlocated.EXTENT_UNUSABLE),
        (Track(points=((0.0, 0.0), (20.0, 0.0))), Unlocated.EXTENT_UNUSABLE),
        (Area(coordinates=(ring(half=30),)), Unlocated.EXTENT_UNUSABLE),
        (Area(coordinates=(ring(half=0),)), Unlocated.EXTENT_UNUSABLE),
    ],
)
def test_what_has_no_usable_extent_gets_no_region(
    location: Location | None, reason: Unlocated
) -> None:
    assert why_not(location) is reason


def test_the_widest_point_is_still_located() -> None:
    assert radius_m(point(accuracy_m=500_000.0)) == 500_000.0


@pytest.mark.parametrize(
    ("reported", "radius95_m"), [(30.0, 30.0), (0.0, 5.0), (None, 500.0), (232_000.0, 232_000.0)]
)
def test_of_a_bell_the_accuracy_is_the_95_percent_radius(
    reported: float | None, radius95_m: float
) -> None:
    expected = shapes.Gaussian(LON, LAT, radius95_m)
    assert LOCATOR.region(bell(accuracy_m=reported), (Means.SAW,)) == expected
    batch = located(bell(accuracy_m=reported)).regions
    assert batch.circle_gaussian.tolist() == [True]
    assert batch.circle_radius_m.tolist() == [expected.reach_m]


def test_a_bell_that_reaches_500_km_is_too_wide() -> None:
    assert why_not(bell(accuracy_m=233_000.0)) is Unlocated.EXTENT_UNUSABLE
    assert LOCATOR.region(bell(accuracy_m=233_000.0), ()) is Unlocated.EXTENT_UNUSABLE


def test_a_rows_region_does_not_depend_on_the_others() -> None:
    mixed: list[Report] = [
        report(location=None),
        report(location=point()),
        report(location=point(lat=90.0)),
        report(location=observer(Sector(max_m=10.0))),
        report(location=point(39.0)),
        report(location=NamedPlace(name="Donetsk")),
        report(location=bell(39.0)),
    ]
    found = LOCATOR.locate(mixed)
    assert found.regions.n == len(mixed)
    assert found.regions.circle_row.tolist() == [1, 4, 6]
    assert found.regions.circle_gaussian.tolist() == [False, False, True]
    assert found.regions.circle_lon.tolist() == [LON, 39.0, 39.0]
    assert [row for row, _ in found.regions.others] == [3]
    assert found.unlocated == {
        0: Unlocated.NO_LOCATION,
        2: Unlocated.EXTENT_UNUSABLE,
        5: Unlocated.PLACE_NOT_RESOLVED,
    }


def test_no_reports_are_no_regions() -> None:
    assert LOCATOR.locate([]).regions.n == 0
