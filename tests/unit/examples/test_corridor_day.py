"""The day of the corridor, hour by hour, as worked out from the agreement's rules.

Times are local (UTC+3). Only two kinds of events act on the corridor: the statuses in
`corridor-day.ndjson`, and those of the 174 reports whose region touches the route.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from hashlib import sha256

import pytest

from streams.corridors.divided import Interval
from streams.corridors.effects import Cause
from streams.corridors.events import CorridorEvent, RouteEvent, StatusEvent
from streams.corridors.fold import at, availability
from streams.corridors.on_route import effects_on_corridors
from streams.decode import Refusal, decode_status
from streams.events import CorridorStatus
from streams.vocabulary import Availability
from tests.unit.examples import example

LOCAL = timezone(timedelta(hours=3))
RECEIVED = datetime(2018, 9, 6, 12, 0, tzinfo=LOCAL)
"""All of it arrives a day later, as in the demo: the corridor is judged by when things happened."""

EXPECTED = (
    # Until somebody who may says so, nothing is open: not before the window, nor within it.
    ("06:59", Availability.UNKNOWN, Cause.OUTSIDE_WINDOW),
    ("07:14", Availability.UNKNOWN, Cause.NEVER_OPENED),
    ("07:15", Availability.OPEN, Cause.OPEN_BY_STATUS),
    # The cell itself says that a lorry has broken down, and half an hour later that it is gone.
    ("07:50", Availability.IMPEDED, Cause.IMPEDED_BY_STATUS),
    ("08:20", Availability.OPEN, Cause.OPEN_BY_STATUS),
    # CC-4 from 08:35, CC-1 and CC-2 at 10:10: fire that may have been on the road.
    ("08:35", Availability.IMPEDED, Cause.IMPEDED_BY_REPORT),
    ("10:29", Availability.IMPEDED, Cause.IMPEDED_BY_REPORT),
    # A party closes, and takes it back; what was seen before the closure opens nothing any more.
    ("10:30", Availability.CLOSED, Cause.CLOSED_BY_STATUS),
    ("12:00", Availability.UNKNOWN, Cause.NOT_REOPENED),
    # The road was driven again at 12:35, and the reports of the morning are settled by name.
    ("12:40", Availability.OPEN, Cause.OPEN_BY_STATUS),
    ("16:34", Availability.OPEN, Cause.OPEN_BY_STATUS),
    # Four hours after it was last seen nobody knows; the convoy's word at 16:45 changes nothing.
    ("16:35", Availability.UNKNOWN, Cause.STALE),
    ("16:45", Availability.UNKNOWN, Cause.STALE),
    ("17:00", Availability.UNKNOWN, Cause.OUTSIDE_WINDOW),
)


@pytest.mark.parametrize(("clock", "state", "cause"), EXPECTED)
def test_the_day_goes_as_told(clock: str, state: Availability, cause: Cause) -> None:
    now = at(_intervals(_statuses(), _route_events()), _local(clock))
    assert (now.state, now.cause) == (state, cause)


def test_without_the_settling_names_the_reports_go_on_impeding() -> None:
    statuses = [e for e in _statuses() if not e.status.settles]
    bare = [_without_settling(e) for e in _statuses() if e.status.settles]
    now = at(_intervals(iter([*statuses, *bare]), _route_events()), _local("12:40"))
    assert now.state is not Availability.OPEN


def test_three_reports_of_the_day_touch_the_route_and_no_other_day_has_one() -> None:
    assert sorted(event.id for event in _route_events()) == ["smm-CC-1", "smm-CC-2", "smm-CC-4"]


def test_the_statuses_settle_reports_that_exist() -> None:
    known = {(report.source, report.id) for report in example.reports().values()}
    named = {(ref.source, ref.id) for event in _statuses() for ref in event.status.settles}
    assert len(named) == 4
    assert named <= known


def test_the_convoys_word_is_from_a_source_without_the_right() -> None:
    last = list(_statuses())[-1].status
    assert (last.source, last.status) == ("convoy-lead", Availability.OPEN)


def _intervals(
    statuses: Iterator[StatusEvent], reports: Iterator[RouteEvent]
) -> tuple[Interval, ...]:
    agreement = example.agreement()
    events: list[CorridorEvent] = [*statuses, *reports]
    return availability(agreement.corridors[0], agreement, example.methodology(), events)


def _statuses() -> Iterator[StatusEvent]:
    for line in example.text("corridor-day.ndjson").splitlines():
        status = decode_status(line.encode())
        assert not isinstance(status, Refusal), status
        yield _event(status, line)


def _event(status: CorridorStatus, line: str) -> StatusEvent:
    digest = sha256(line.encode()).hexdigest()
    return StatusEvent(status=status, received_at=RECEIVED, vouched=True, content_hash=digest)


def _without_settling(event: StatusEvent) -> StatusEvent:
    status = event.status
    bare = CorridorStatus(
        id=status.id,
        mission=status.mission,
        source=status.source,
        corridor=status.corridor,
        status=status.status,
        issued_at=status.issued_at,
        observed_at=status.observed_at,
        effective_from=status.effective_from,
    )
    return _event(bare, "without what it settles")


def _route_events() -> Iterator[RouteEvent]:
    """What the 174 reports do to the corridor."""
    for judged in example.judged().values():
        report = judged.report
        effects = effects_on_corridors(judged.assessment, judged.in_force, [report], vouched=True)
        for corridor, bearing in effects.items():
            assert corridor == "zolote-road"
            yield RouteEvent(
                source=report.source,
                id=report.id,
                effect=bearing.effect,
                segments=bearing.segments,
                hazard=bearing.hazard,
                observed_from=report.observed_from,
                observed_to=report.observed_to or report.observed_from,
                received_at=RECEIVED,
            )


def _local(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2018, 9, 5, hour, minute, tzinfo=LOCAL)
