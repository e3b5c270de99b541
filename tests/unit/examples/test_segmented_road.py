"""The day of the road in three segments, as its README tells it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from hashlib import sha256

import pytest

from services.documents import read_agreement_file, read_methodology_file
from streams.assessment import Context
from streams.corridors.events import CorridorEvent, RouteEvent, StatusEvent
from streams.corridors.fold import at, availability
from streams.corridors.on_route import effects_on_corridors
from streams.coverage.fold import coverage
from streams.coverage.periods import By, periods
from streams.coverage.tell import tell_coverage
from streams.coverage.watching import said_of
from streams.decode import decode_report, decode_status
from streams.dossier import Dossier, Version
from streams.events import CorridorStatus, Report
from streams.inforce import Register
from streams.vocabulary import Authentication
from tests.unit.examples.folder import EXAMPLES
from tests.unit.streams import builders

LOCAL = timezone(timedelta(hours=3))
RECEIVED = datetime(2019, 5, 15, 12, tzinfo=LOCAL)
FOLDER = EXAMPLES / "segmented-road"
AGREEMENT = read_agreement_file(FOLDER / "agreement.yaml")
METHODOLOGY = read_methodology_file(FOLDER / "methodology.yaml")
REGISTER = Register((AGREEMENT,), (METHODOLOGY,))


def _lines(name: str) -> list[bytes]:
    return (FOLDER / name).read_bytes().splitlines()


def _status(line: bytes) -> StatusEvent:
    status = decode_status(line)
    assert isinstance(status, CorridorStatus)
    return StatusEvent(
        status=status,
        received_at=RECEIVED,
        vouched=True,
        content_hash=sha256(line).hexdigest(),
    )


def _dossier(line: bytes) -> Dossier:
    report = decode_report(line)
    assert isinstance(report, Report)
    return Dossier((Version(report, Authentication.TOKEN, RECEIVED),))


def _route_event(line: bytes) -> RouteEvent:
    report = decode_report(line)
    assert isinstance(report, Report)
    context = Context(authentication=Authentication.TOKEN)
    judged = builders.judged(report, AGREEMENT, METHODOLOGY, context)
    found = effects_on_corridors(judged.assessment, judged.in_force, [report], vouched=True)
    (bearing,) = found.values()
    return RouteEvent(
        source=report.source,
        id=report.id,
        effect=bearing.effect,
        observed_from=report.observed_from,
        observed_to=report.observed_to or report.observed_from,
        received_at=RECEIVED,
        segments=bearing.segments,
    )


@pytest.mark.parametrize(
    ("clock", "whole", "fields"),
    [
        ("07:14", ("unknown", "never_opened"), None),
        ("07:15", ("open", "open_by_status"), None),
        ("09:00", ("suspended", "suspended_by_report"), "suspended"),
        ("10:00", ("unknown", "not_reopened"), "unknown"),
        ("10:29", ("unknown", "not_reopened"), "unknown"),
        ("10:30", ("open", "open_by_status"), None),
        ("14:25", ("unknown", "stale"), None),
        ("17:00", ("unknown", "outside_window"), None),
    ],
)
def test_the_day_goes_as_told(clock: str, whole: tuple[str, str], fields: str | None) -> None:
    events: list[CorridorEvent] = [
        *map(_status, _lines("corridor-day.ndjson")),
        *map(_route_event, _lines("reports.ndjson")),
    ]
    (road,) = AGREEMENT.corridors
    now = at(
        availability(road, AGREEMENT, METHODOLOGY, events),
        datetime.fromisoformat(f"2019-05-14T{clock}+03:00"),
    )
    assert (now.state, now.cause) == whole
    told = {part.segment: part.state for part in now.parts}
    if fields is None:
        assert set(told.values()) <= {now.state}
    else:
        assert told == {"fields": fields, "village": "open", "town": "open"}


def test_the_road_was_watched_the_land_only_partly_and_the_next_day_nobody_did() -> None:
    said = [it for line in _lines("patrols.ndjson") if (it := said_of(_dossier(line)))]
    days = periods(None, date(2019, 5, 14), date(2019, 5, 15), By.DAY)
    found = coverage(REGISTER, METHODOLOGY.mission, said, days)
    assert (found.left, len(found.restrictions)) == ([], 1)
    told = {
        (row.zone, row.day.day): (str(row.state), row.watched_s / 60, row.partly_s / 60)
        for row in tell_coverage(METHODOLOGY.mission, found, ())
        if row.means is None
    }
    up = 4 * 60 - 15 - 30
    assert told == {
        ("surroundings", 14): ("watched", up, 10 * 60 - up),
        ("corridor:village-town", 14): ("watched", 10 * 60, 0),
        ("surroundings", 15): ("no_coverage", 0, 0),
        ("corridor:village-town", 15): ("no_coverage", 0, 0),
    }
