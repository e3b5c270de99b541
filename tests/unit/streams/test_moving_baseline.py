"""A withdrawal area whose baseline moves: a baseline for each time, the zone's entries in force."""

from __future__ import annotations

import pytest

from streams.agreement import Baseline, LineString, Strip, Validity, Zone
from streams.documents.read import examine_agreement
from streams.vocabulary import Verdict, ZoneKind
from tests.unit.streams.builders import (
    LAT,
    LON,
    NOON,
    agreement,
    assessment,
    hours,
    point,
    report,
    term,
)
from tests.unit.streams.documents.test_check import STRIP, derived
from tests.unit.streams.documents.texts import ZONES_GEOJSON

MOVED_AT = NOON + hours(1)
LINE = "    line: {file: zones.geojson, feature: 7}\n"


def along(name: str, lat: float) -> Baseline:
    """A line from west to east."""
    coordinates = ((LON - 1, lat), (LON + 1, lat))
    return Baseline(id=name, name=name, line=LineString(coordinates=coordinates))


def strip(baseline: str, valid: Validity) -> Zone:
    """What lies within 3 km south of it."""
    geometry = Strip(baseline=baseline, side="right", to_m=3_000)
    return Zone(
        id="withdrawal",
        kind=ZoneKind.WITHDRAWAL_AREA,
        name="Withdrawal area",
        geometry=geometry,
        valid=valid,
    )


@pytest.mark.parametrize(
    ("lat", "before", "after"),
    [
        (LAT - 0.01, Verdict.VIOLATION, Verdict.NO_VIOLATION),
        (LAT - 0.11, Verdict.NO_VIOLATION, Verdict.VIOLATION),
    ],
)
def test_the_line_of_the_time_of_the_observation_is_measured_from(
    lat: float, before: Verdict, after: Verdict
) -> None:
    agreed = agreement(
        baselines=(along("line-1", LAT), along("line-2", LAT - 0.1)),
        zones=(
            strip("line-1", Validity(from_=NOON - hours(1), to=MOVED_AT)),
            strip("line-2", Validity(from_=MOVED_AT)),
        ),
        terms=(term(zones=("withdrawal",)),),
    )
    for observed, expected in ((NOON, before), (MOVED_AT, after)):
        heard = report(location=point(LON, lat, 50.0), observed_from=observed)
        assert assessment(heard, agreed).verdict is expected


def test_a_baseline_with_a_validity_is_refused_by_line_and_path() -> None:
    text = derived(STRIP)
    at = text.index(LINE)
    text = f"{text[:at]}    valid: {{from: 2016-01-01T00:00:00Z}}\n{text[at:]}"
    (mistake,) = examine_agreement(text, {"zones.geojson": ZONES_GEOJSON}, file="a.yaml").mistakes
    line = 1 + text[:at].count("\n")
    assert (mistake.code, mistake.path, mistake.line) == (
        "unknown_field",
        "baselines[1].valid",
        line,
    )
