"""Watching near zone `z`, a square of 0.1° around (38, 48), minutes after noon on 2 March 2026."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from streams.agreement import Agreement
from streams.coverage.fold import Coverage, coverage
from streams.coverage.periods import By, periods
from streams.coverage.tell import CoverageTold, tell_coverage
from streams.coverage.watching import Said, said_of
from streams.dossier import Dossier, Link, Version
from streams.events import Downtime, Report, Track
from streams.inforce import Register
from streams.methodology import CoverageRules, WatchRange
from streams.vocabulary import Authentication, Detail, Kind, Means
from tests.unit.streams.builders import (
    LAT,
    LON,
    MISSION,
    NOON,
    agreement,
    methodology,
    point,
    report,
)

DAY = date(2026, 3, 2)
RULES = CoverageRules(
    ranges=(
        WatchRange(means=Means.HEARD, range_m=5_000.0),
        WatchRange(means=Means.SAW, range_m=2_000.0),
    ),
    watched_share=0.5,
)
ZONE_AREA_KM2 = 7.4634 * 11.1191
"""Of `z`, by the lengths of a degree at 48° (WGS84): 74,634 m and 111,191 m."""


def register(rules: CoverageRules | None = RULES, *agreements: Agreement) -> Register:
    return Register(agreements or (agreement(),), (methodology(coverage=rules),))


REGISTER = register()


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def watched(
    start: float = 0,
    end: float | None = 60,
    *,
    down: Iterable[tuple[float, float]] = (),
    **changes: object,
) -> Report:
    """A post in the middle of the zone that listens, its position known to a metre."""
    fields: dict[str, object] = {
        "kind": Kind.COVERAGE,
        "means": (Means.HEARD,),
        "observed_from": at(start),
        "observed_to": None if end is None else at(end),
        "location": point(LON, LAT, 1.0),
        "downtime": tuple(Downtime(start=at(a), end=at(b)) for a, b in down),
    }
    return report("w-1", **(fields | changes))


def track(*lons: float, accuracy_m: float = 1.0) -> Track:
    return Track(points=tuple((lon, LAT) for lon in lons), accuracy_m=accuracy_m)


def restricted(start: float, end: float | None, **changes: object) -> Report:
    fields: dict[str, object] = {
        "kind": Kind.MONITOR_RESTRICTION,
        "detail": Detail.DENIAL,
        "observed_from": at(start),
        "observed_to": None if end is None else at(end),
        "location": point(LON, LAT, 1.0),
    }
    return report("m-1", **(fields | changes))


def dossier(
    *reports: Report,
    authentication: Authentication = Authentication.OPERATOR,
    links: tuple[Link, ...] = (),
    received_at: datetime | None = None,
) -> Dossier:
    versions = [Version(one, authentication, received_at) for one in reports]
    return Dossier(tuple(versions), links)


def said(reports: Iterable[Report]) -> list[Said]:
    found = [said_of(dossier(one)) for one in reports]
    return [one for one in found if one is not None]


def fold(*reports: Report, by: By = By.DAY, of: Register = REGISTER, last: date = DAY) -> Coverage:
    return coverage(of, MISSION, said(reports), periods(None, DAY, last, by))


def rows(found: Coverage, zone: str = "z", means: Means | None = None) -> list[CoverageTold]:
    told = tell_coverage(MISSION, found, ())
    return [row for row in told if row.zone == zone and row.means is means]


def whole(*reports: Report, of: Register = REGISTER) -> CoverageTold:
    """The zone's day."""
    (row,) = rows(fold(*reports, of=of))
    return row
