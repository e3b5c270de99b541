"""What was worked out by hand, against what the program makes of the same rows."""

from __future__ import annotations

from datetime import datetime

import pytest

from streams.agreement import Polygon
from streams.events import Bearings
from streams.smm.tables import COMPASS
from tests.unit.examples import example
from tests.unit.examples.flat_earth import Sighting, Wedge, share
from tests.unit.examples.hand_worked import WORKED, Worked

SHARE_TOLERANCE = 0.02
"""A flat earth, a grid and a pencil, together."""
POSITION_TOLERANCE_DEG = 0.0002
"""About 15 m: the last digit of a pencilled position."""

each = pytest.mark.parametrize("worked", WORKED, ids=lambda worked: worked.row)
located = pytest.mark.parametrize(
    "worked", [w for w in WORKED if w.observer], ids=lambda worked: worked.row
)


def test_at_least_twenty_rows_are_worked_out_by_hand() -> None:
    assert len({worked.row for worked in WORKED}) == len(WORKED) >= 20


@each
def test_the_interval_and_the_count_are_those_worked_out(worked: Worked) -> None:
    report = example.reports()[worked.row]
    begins, ends = (None if t is None else datetime.fromisoformat(t) for t in worked.utc)
    assert (report.observed_from, report.observed_to) == (begins, ends)
    assert report.count is not None
    assert (report.count.min, report.count.max, report.count.qualifier) == worked.count


@located
def test_the_observer_and_the_sectors_are_those_worked_out(worked: Worked) -> None:
    location = example.reports()[worked.row].location
    assert isinstance(location, Bearings)
    assert worked.observer is not None
    lon, lat, accuracy_m = worked.observer
    assert location.lon == pytest.approx(lon, abs=POSITION_TOLERANCE_DEG)
    assert location.lat == pytest.approx(lat, abs=POSITION_TOLERANCE_DEG)
    assert location.accuracy_m == accuracy_m
    assert (location.compass_points == 16) == (worked.half_width == 11.25)
    found = [(s.bearing_deg, s.min_m, s.max_m) for s in location.sectors]
    assert found == [(w.bearing, w.near, w.far) for w in _wedges(worked)]


@located
def test_the_shares_hold_on_a_flat_earth_by_counting_points(worked: Worked) -> None:
    assert worked.observer is not None
    lon, lat, accuracy_m = worked.observer
    sighting = Sighting(lon, lat, accuracy_m, _wedges(worked))
    for zone, by_hand in worked.shares.items():
        assert share(sighting, _ring(zone)) == pytest.approx(by_hand, abs=SHARE_TOLERANCE)


@each
def test_the_program_finds_the_shares_worked_out(worked: Worked) -> None:
    places = {p.zone: p.p_inside for p in example.judged()[worked.row].assessment.places}
    if worked.observer is None:
        assert places == {}
    for zone, by_hand in worked.shares.items():
        assert places.get(zone, 0.0) == pytest.approx(by_hand, abs=SHARE_TOLERANCE)


@each
def test_the_program_reaches_the_verdicts_worked_out(worked: Worked) -> None:
    findings = example.judged()[worked.row].assessment.findings
    found = {finding.term: finding.verdict for finding in findings}
    assert worked.verdicts.items() <= found.items(), worked.why
    if not worked.verdicts:
        assert found == {}


def test_a_whole_region_outside_leaves_no_trace_of_the_zone() -> None:
    places = {place.zone for place in example.judged()["BB-2"].assessment.places}
    assert places == {"withdrawal-area"}


def _wedges(worked: Worked) -> tuple[Wedge, ...]:
    assert worked.pointed is not None
    words, near, far = worked.pointed
    bearings = [COMPASS[word] for word in words.split("|")] if words else [None]
    return tuple(Wedge(bearing, worked.half_width, near, far) for bearing in bearings)


def _ring(zone: str) -> tuple[tuple[float, float], ...]:
    (found,) = [z.geometry for z in example.agreement().zones if z.id == zone]
    assert isinstance(found, Polygon)
    return found.coordinates[0]
