"""Totals: incidents, reports and observed events by zone, kind, party or day, and what was before.

    incidents of the days asked for → their breaches → by a counting rule → lines, differences

Place on the data's way: store → **totals** → `truceline totals`. Every breach is in one incident,
so that both totals of a line are of the same reports. No figure stands without its counting rule,
nor, where it is of zones or days, without the hours that were watched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from services.coverage import CoverageAsked, coverage
from services.store.engine import Connection
from services.store.incidents import members_of
from services.store.queries.incidents import IncidentFilters, incidents
from streams.assessment import status_of
from streams.incidents.breach import Breach
from streams.incidents.count import Counted, Counting, counted, total
from streams.incidents.observed import Number
from streams.vocabulary import Verdict

EVERY = 1 << 31
_HOUR_S = 3_600


class GroupBy(StrEnum):
    """By what totals are told."""

    ZONE = "zone"
    KIND = "kind"
    """What the terms call it; a report that breaches terms of two kinds stands under both at once:
    lines add up."""
    PARTY = "party"
    """Whom the monitor named."""
    DAY = "day"


class TotalsAsked(NamedTuple):
    """Which totals: a mission's, on its days from `since` to `until`, both included."""

    mission: str
    by: GroupBy = GroupBy.ZONE
    counting: Counting = Counting.OBSERVED_EVENTS
    zone: str | None = None
    since: date | None = None
    until: date | None = None


class Sum(Struct, frozen=True):
    """Some reports of one verdict."""

    reports: int
    observed: Number
    """As the reports give it."""
    counted: Number
    """By the counting rule."""
    uncounted: int
    """Reports that give no number at all."""


class Line(Struct, frozen=True, kw_only=True):
    """One line of the totals."""

    mission: str
    by: GroupBy
    of: str | None
    """The zone, kind, party or day. None: everywhere, or nobody is named."""
    incidents: int
    """Those that have a report in it."""
    violations: Sum
    possible: Sum
    """What is only a possible violation, apart."""
    before: Before | None
    """The same of as many days right before, of a day the one that stands in its place there; None:
    the days asked for have no beginning or end."""
    watched_h: float | None
    """Hours in which enough of the zone, or of the zones together, was watched. None: a party or a
    kind is watched nowhere; 0.0 is no calm."""
    counting: Counting
    status: str


class Before(Struct, frozen=True):
    """What the period before had."""

    incidents: int
    violations: Sum
    possible: Sum
    watched_h: float | None


class Difference(Struct, frozen=True, kw_only=True):
    """A report of which the counting rule makes another number."""

    mission: str
    of: str | None
    """The line that it stands in."""
    report: str
    """``source/id``."""
    zone: str | None
    verdict: Verdict
    series: int
    """Reports of one number are counted together."""
    observed: Number | None
    counted: Number | None


class Totals(NamedTuple):
    """The lines, and why they differ from what the reports give."""

    lines: list[Line]
    differences: list[Difference]


def totals(conn: Connection, asked: TotalsAsked) -> Totals:
    """A mission's totals as they are known now."""
    now = _period(conn, asked)
    before = _before(conn, asked)
    keys = sorted(now.lines.keys() | (before.lines.keys() if before else set()), key=_order)
    nothing = _Cell([], set())
    lines = [_line(asked, of, now, now.lines.get(of, nothing), before, nothing) for of in keys]
    return Totals(lines, [_difference(asked, it, now.days) for it in now.told if it.differs])


class _Cell(NamedTuple):
    told: list[Counted]
    incidents: set[str]


class _Period(NamedTuple):
    told: list[Counted]
    days: Mapping[tuple[str, str, str | None], date]
    lines: Mapping[str | None, _Cell]
    watched_h: Mapping[str | None, float]


def _before(conn: Connection, asked: TotalsAsked) -> _Period | None:
    if asked.since is None or asked.until is None:
        return None
    return _period(conn, asked, asked.until - asked.since + timedelta(days=1))


def _period(conn: Connection, asked: TotalsAsked, earlier: timedelta = timedelta(0)) -> _Period:
    """What there is of the days asked for, or so much earlier, by the days asked for."""
    since, until = (it and it - earlier for it in (asked.since, asked.until))
    filters = IncidentFilters(asked.mission, zone=asked.zone, since=since, until=until)
    found = incidents(conn, filters, datetime.now(UTC), limit=EVERY)
    members = members_of(conn, asked.mission, {row.id: row.zone_id for row in found})
    days = {_name(it): row.day + earlier for row in found for it in members[row.id]}
    incident_of = {_name(it): row.id for row in found for it in members[row.id]}
    told = counted((it for of in members.values() for it in of), asked.counting)
    lines: defaultdict[str | None, _Cell] = defaultdict(lambda: _Cell([], set()))
    for it in told:
        cell = lines[_key(asked.by, it.breach, days)]
        cell.told.append(it)
        cell.incidents.add(incident_of[_name(it.breach)])
    return _Period(told, days, dict(lines), _watched(conn, asked, earlier))


def _name(breach: Breach) -> tuple[str, str, str | None]:
    return *breach.ref, breach.zone


def _key(
    by: GroupBy, breach: Breach, days: Mapping[tuple[str, str, str | None], date]
) -> str | None:
    match by:
        case GroupBy.ZONE:
            return breach.zone
        case GroupBy.KIND:
            return ", ".join(breach.violations)
        case GroupBy.PARTY:
            return breach.party
        case GroupBy.DAY:
            return days[_name(breach)].isoformat()


def _watched(conn: Connection, asked: TotalsAsked, earlier: timedelta) -> dict[str | None, float]:
    """Watched hours by zone or by day, of all means together; of other lines there are none."""
    if asked.by not in (GroupBy.ZONE, GroupBy.DAY):
        return {}
    found: defaultdict[str | None, float] = defaultdict(float)
    since, until = (it and it - earlier for it in (asked.since, asked.until))
    for row in coverage(conn, CoverageAsked(asked.mission, asked.zone, since, until)).rows:
        if row.means is None:
            of = row.zone if asked.by is GroupBy.ZONE else (row.day + earlier).isoformat()
            found[of] += row.watched_s / _HOUR_S
    return dict(found)


def _line(  # noqa: PLR0913, PLR0917  one line, and what stands beside it
    asked: TotalsAsked,
    of: str | None,
    now: _Period,
    cell: _Cell,
    before: _Period | None,
    nothing: _Cell,
) -> Line:
    earlier = None if before is None else before.lines.get(of, nothing)
    return Line(
        mission=asked.mission,
        by=asked.by,
        of=of,
        incidents=len(cell.incidents),
        violations=_sum(_of(cell.told, violation=True)),
        possible=_sum(_of(cell.told, violation=False)),
        before=None
        if before is None or earlier is None
        else Before(
            len(earlier.incidents),
            _sum(_of(earlier.told, violation=True)),
            _sum(_of(earlier.told, violation=False)),
            _hours(asked.by, before, of),
        ),
        watched_h=_hours(asked.by, now, of),
        counting=asked.counting,
        status=status_of(draft=any(it.breach.draft for it in cell.told)),
    )


def _hours(by: GroupBy, period: _Period, of: str | None) -> float | None:
    if by not in (GroupBy.ZONE, GroupBy.DAY) or of is None:
        return None
    return round(period.watched_h.get(of, 0.0), 2)


def _of(told: Iterable[Counted], *, violation: bool) -> list[Counted]:
    return [it for it in told if (it.breach.verdict is Verdict.VIOLATION) is violation]


def _sum(told: Sequence[Counted]) -> Sum:
    return Sum(
        len(told),
        total(it.observed for it in told),
        total(it.counted for it in told),
        sum(it.observed is None for it in told),
    )


def _difference(
    asked: TotalsAsked, it: Counted, days: Mapping[tuple[str, str, str | None], date]
) -> Difference:
    return Difference(
        mission=asked.mission,
        of=_key(asked.by, it.breach, days),
        report="/".join(it.breach.ref),
        zone=it.breach.zone,
        verdict=it.breach.verdict,
        series=it.series,
        observed=it.observed,
        counted=it.counted,
    )


def _order(of: str | None) -> tuple[bool, str]:
    return of is None, of or ""
