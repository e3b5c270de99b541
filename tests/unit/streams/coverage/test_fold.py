"""What a zone's coverage is, of whom, and why it is not."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest

from streams.agreement import Validity
from streams.coverage.count import State
from streams.coverage.fold import Coverage, coverage
from streams.coverage.periods import By, periods
from streams.coverage.tell import Happened, tell_coverage, tell_restriction, tell_unused
from streams.coverage.watching import said_of
from streams.dossier import Link
from streams.events import Area, Bearings, NamedPlace, Report, Sector
from streams.inforce import Register
from streams.methodology import CoverageRules, IncidentRules
from streams.vocabulary import AttributionBasis, Authentication, Detail, Means, Relation
from tests.unit.streams.builders import (
    HALF_DEG,
    LAT,
    LON,
    MISSION,
    agreement,
    attribution,
    methodology,
    point,
    report,
    zone,
)
from tests.unit.streams.coverage.scenes import (
    DAY,
    REGISTER,
    RULES,
    ZONE_AREA_KM2,
    at,
    dossier,
    fold,
    register,
    restricted,
    rows,
    said,
    track,
    watched,
    whole,
)

DISC = math.pi * 5.0**2 / ZONE_AREA_KM2
"""Of the zone, what is within 5 km of its middle, were it not for its edges at 3.7 and 5.6 km."""
HOUR_S, DAY_S = 3_600, 86_400


def test_a_post_watches_from_its_begin_to_its_end_and_no_longer() -> None:
    row = whole(watched(0.5, 61.25))
    assert (row.state, row.watched_s) == (State.WATCHED, 60.75 * 60)
    assert row.unwatched_s == DAY_S - row.watched_s
    assert 0 < row.share < DISC * row.watched_s / DAY_S


def test_a_day_without_patrols_has_no_coverage_and_is_not_calm() -> None:
    found = fold(watched(0, 60), last=DAY + timedelta(days=1))
    happened = [Happened("z", at(24 * 60), at(24 * 60), found=True)]
    first, second = tell_coverage(MISSION, found, happened)[::2]
    assert (first.state, first.violations, first.per_watched_hour) == (State.WATCHED, 0, 0.0)
    assert (second.state, second.violations) == (State.NO_COVERAGE, 1)
    assert (second.unwatched_s, second.share) == (DAY_S, 0.0)
    assert second.per_watched_hour is None, "no rate of nought, and none at all"
    assert whole().state is State.NO_COVERAGE


def test_what_touches_a_zone_does_not_watch_it() -> None:
    row = whole(watched(location=point(LON + 2 * HALF_DEG, LAT, 1.0)))
    assert (row.state, row.watched_s, row.partly_s) == (State.PARTLY_WATCHED, 0, HOUR_S)
    row = whole(watched(location=point(LON + 4 * HALF_DEG, LAT, 1.0)))
    assert (row.state, row.partly_s) == (State.NO_COVERAGE, 0)


def test_downtime_is_not_watched() -> None:
    row = whole(watched(0, 60, down=[(10, 20), (15, 30), (50, 90)]))
    assert row.watched_s == 30 * 60


def test_a_restriction_stops_its_own_source_alone() -> None:
    post, other = watched(0, 60), watched(30, 90, id="w-2", source="patrol-2")
    stop = restricted(20, 50, detail=Detail.DELAY)
    assert whole(post, stop).watched_s == 30 * 60
    assert whole(post, other, stop).watched_s == (20 + 60) * 60
    asked = restricted(20, 50, detail=Detail.INFORMATION_REFUSAL)
    assert whole(post, asked).watched_s == HOUR_S, "who is refused an answer still watches"


def test_a_restriction_is_told_with_place_minutes_reason_and_party() -> None:
    stop = restricted(5, 35, attribution=attribution("south"))
    (found,) = fold(stop).restrictions
    told = tell_restriction(MISSION, found)
    assert (told.minutes, told.reason, told.stops) == (30.0, Detail.DENIAL, True)
    assert (told.party, told.basis) == ("south", AttributionBasis.HIGHLY_PROBABLE)
    assert (told.zones, told.source, told.id) == (("z",), "patrol-1", "m-1")
    away = restricted(5, None, location=point(LON + 1, LAT, 1.0))
    told = tell_restriction(MISSION, fold(away).restrictions[0])
    assert (told.minutes, told.zones, told.party) == (0.0, (), None)


def test_two_that_watch_the_same_watch_it_once() -> None:
    one, other = watched(0, 60), watched(30, 90, id="w-2", source="patrol-2")
    assert whole(one, other).watched_s == 90 * 60
    assert whole(one, other).share == pytest.approx(whole(one).share * 1.5, abs=2e-6)


def test_two_that_watch_a_half_each_watch_enough_together() -> None:
    of = register(CoverageRules(watched_share=0.9))
    halves = [
        watched(id=name, source=name, means=(Means.UAV,), location=Area(coordinates=(place,)))
        for name, place in (("a", _half(LON - HALF_DEG)), ("b", _half(LON)))
    ]
    assert [whole(it, of=of).watched_s for it in halves] == [0, 0]
    row = whole(*halves, of=of)
    assert (row.watched_s, row.partly_s) == (HOUR_S, 0)
    assert row.share == pytest.approx(1 / 24, abs=1e-6)


def _half(west: float) -> tuple[tuple[float, float], ...]:
    east, south, north = west + HALF_DEG, LAT - HALF_DEG, LAT + HALF_DEG
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def test_each_means_has_its_own_range() -> None:
    found = fold(watched(means=(Means.HEARD, Means.SAW)))
    (heard,), (saw,), (both,) = (rows(found, means=it) for it in (Means.HEARD, Means.SAW, None))
    assert (heard.watched_s, saw.watched_s, saw.partly_s) == (HOUR_S, 0, HOUR_S)
    assert saw.share == pytest.approx(math.pi * 1.999**2 / ZONE_AREA_KM2 / 24, rel=2e-3)
    assert (both.watched_s, both.share) == (heard.watched_s, heard.share)
    assert rows(found, means=Means.UAV) == []


def test_nobody_is_believed_to_watch_farther_than_the_methodology_says() -> None:
    assert whole(watched(range_m=50_000.0)) == whole(watched())
    assert whole(watched(range_m=1_000.0)).share < whole(watched()).share / 10


def test_what_a_position_may_be_off_is_not_watched() -> None:
    exact, coarse = (whole(watched(location=point(LON, LAT, it))) for it in (1.0, 3_000.0))
    assert coarse.share == pytest.approx(math.pi * 2.0**2 / ZONE_AREA_KM2 / 24, rel=2e-3)
    assert exact.share > coarse.share


def test_a_patrol_watches_while_it_passes() -> None:
    # 0.4° at an even pace in 80 minutes: 0.1° is 20 minutes. It is in the middle after 40.
    row = whole(watched(0, 80, location=track(LON - 0.2, LON + 0.2)))
    assert 10 * 60 < row.watched_s < 40 * 60
    hours = rows(fold(watched(0, 80, location=track(LON - 0.2, LON + 0.2)), by=By.HOUR))
    assert hours[12].watched_s > hours[13].watched_s
    assert sum(it.watched_s for it in hours) == row.watched_s


def test_who_stands_still_along_a_track_is_a_post() -> None:
    assert whole(watched(location=track(LON, LON))) == whole(watched())


def test_a_camera_watches_its_sector() -> None:
    camera = Bearings(
        lon=LON,
        lat=LAT,
        accuracy_m=1.0,
        sectors=(Sector(bearing_deg=90.0, half_width_deg=30.0, max_m=3_000.0),),
    )
    row = whole(watched(means=(Means.CAMERA,), location=camera))
    sixth = math.pi * 3.0**2 / 6 / ZONE_AREA_KM2 / 24
    assert row.share == pytest.approx(sixth, rel=5e-3)
    farther = Bearings(lon=LON, lat=LAT, accuracy_m=1.0, sectors=(Sector(bearing_deg=90.0),))
    row = whole(watched(means=(Means.CAMERA,), location=farther, range_m=3_000.0))
    assert row.share == pytest.approx(math.pi * 3.0**2 / 8 / ZONE_AREA_KM2 / 24, rel=5e-3)


REASONS: dict[str, Report] = {
    "no_location": watched(location=None),
    "place_not_resolved": watched(location=NamedPlace(name="Donetsk")),
    "distance_unknown": watched(
        means=(Means.CAMERA,),
        location=Bearings(lon=LON, lat=LAT, accuracy_m=1.0, sectors=(Sector(bearing_deg=90.0),)),
    ),
    "range_unknown": watched(means=(Means.ACOUSTIC,)),
    "position_too_coarse": watched(location=point(LON, LAT, 5_000.0)),
    "pace_unknown": watched(0, 24 * 60 + 1, location=track(LON - 0.2, LON + 0.2)),
    "instant": watched(end=None),
    "exercise": watched(exercise=True),
    "all_down": watched(0, 60, down=[(-5, 70)]),
    "nothing_in_force": watched(
        observed_from=datetime(2019, 1, 1, tzinfo=UTC), observed_to=datetime(2019, 1, 2, tzinfo=UTC)
    ),
}


@pytest.mark.parametrize("reason", REASONS)
def test_what_watches_nothing_says_why(reason: str) -> None:
    found = fold(REASONS[reason])
    assert rows(found)[0].state is State.NO_COVERAGE
    assert [it.reason for it in tell_unused(MISSION, found)] == [reason]


def told(*dossiers: object) -> Coverage:
    found = [said_of(it) for it in dossiers]  # type: ignore[arg-type]
    spans = periods(None, DAY, DAY, By.DAY)
    return coverage(REGISTER, MISSION, [it for it in found if it is not None], spans)


def test_who_is_not_vouched_for_watches_nothing() -> None:
    found = told(dossier(watched(), authentication=Authentication.NO_TAG))
    assert [it.reason for it in found.left] == ["not_vouched"]


def test_versions_that_differ_watch_nothing_and_equal_ones_are_one() -> None:
    found = told(dossier(watched(0, 60), watched(0, 90)))
    assert [it.reason for it in found.left] == ["versions_differ"]
    assert rows(told(dossier(watched(), watched())))[0].watched_s == HOUR_S


def test_what_was_withdrawn_is_not_told_of() -> None:
    link = Link(Relation.RETRACTS, "w-9", vouched=True)
    found = told(dossier(watched(), links=(link,)))
    assert (rows(found)[0].state, found.left) == (State.NO_COVERAGE, [])
    unheeded = Link(Relation.RETRACTS, "w-9", vouched=False)
    assert rows(told(dossier(watched(), links=(unheeded,))))[0].watched_s == HOUR_S


def test_nobody_has_watched_what_is_still_to_come() -> None:
    early, late = (dossier(watched(0, 60), received_at=at(it)) for it in (58, 59))
    assert [it.reason for it in told(early).left] == ["ahead_of_receipt"]
    assert rows(told(late))[0].watched_s == HOUR_S, "within the clock skew allowed"


def test_other_reports_say_nothing_of_coverage() -> None:
    assert said([report()]) == []


def test_without_rules_nothing_less_than_all_of_a_zone_is_watched() -> None:
    of = register(None)
    row = whole(watched(), of=of)
    assert row.state is State.NO_COVERAGE, "nobody said how far one hears"
    row = whole(watched(range_m=5_000.0), of=of)
    assert (row.state, row.partly_s) == (State.PARTLY_WATCHED, HOUR_S)
    row = whole(watched(range_m=7_000.0), of=of)
    assert row.watched_s == HOUR_S
    assert row.share == pytest.approx(1 / 24, abs=1e-6)


def test_a_zone_is_counted_while_it_is_in_force() -> None:
    halved = zone(valid=Validity(from_=at(30), to=at(120)))
    later = zone("y", valid=Validity(from_=at(24 * 60)))
    found = fold(watched(0, 60), of=register(RULES, agreement(zones=(halved, later))))
    (row,) = rows(found)
    assert (row.watched_s, row.unwatched_s) == (30 * 60, 60 * 60)
    assert rows(found, "y") == []


def test_each_time_is_counted_by_the_rules_of_then() -> None:
    first = methodology(coverage=RULES, valid=Validity(from_=at(-600_000), to=at(30)))
    second = methodology(coverage=None, version=2, valid=Validity(from_=at(30)))
    of = Register((agreement(),), (first, second))
    row = whole(watched(0, 60), of=of)
    assert (row.watched_s, row.partly_s) == (30 * 60, 0)
    assert row.unwatched_s == DAY_S - 30 * 60


def test_the_order_of_reports_and_repetition_change_nothing() -> None:
    reports = [
        watched(0, 80, location=track(LON - 0.2, LON + 0.2)),
        watched(20, 50, id="w-2", source="patrol-2", down=[(30, 31)]),
        watched(id="w-3", location=None),
        restricted(10, 20),
    ]
    expected = tell_coverage(MISSION, fold(*reports), ())
    for seed in range(5):
        shuffled = reports * 2
        Random(seed).shuffle(shuffled)
        assert tell_coverage(MISSION, fold(*shuffled), ()) == expected


def test_a_rate_counts_what_happened_while_somebody_watched() -> None:
    found = fold(watched(0, 30), watched(60, 90, id="w-2"))
    happened = [
        Happened("z", at(10), at(10), found=True),
        Happened("z", at(20), at(40), found=True),
        Happened("z", at(45), at(45), found=True),
        Happened("z", at(40), at(59), found=True),
        Happened("z", at(70), at(70), found=False),
        Happened("y", at(10), at(10), found=True),
    ]
    row, *_ = tell_coverage(MISSION, found, happened, {("z", DAY): 2})
    assert (row.violations, row.possible, row.while_watched, row.incidents) == (4, 1, 2, 2)
    assert row.per_watched_hour == 2.0


def test_days_are_the_missions_own() -> None:
    rules = IncidentRules(
        near_m=1_000, gap_s=60, largest_m=5_000, time_zone="Europe/Kyiv", day_begins="19:30"
    )
    summer = periods(rules, date(2026, 3, 28), date(2026, 3, 30), By.DAY)
    lasts = [(end - start) / 3_600e6 for _, (start, end) in summer]
    assert lasts == [24, 23, 24], "the clock goes forward in the night to the 29th"
    hours = periods(rules, date(2026, 3, 2), date(2026, 3, 2), By.HOUR)
    assert [(end - start) / 60e6 for _, (start, end) in hours] == [30, *[60] * 23, 30]
    assert hours[0].span[0] == int(datetime(2026, 3, 1, 17, 30, tzinfo=UTC).timestamp()) * 10**6
