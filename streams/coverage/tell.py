"""Tell: what is said of coverage, to whoever asks.

Place on the data's way: Coverage, what happened → **told** → CLI, HTTP. A figure never stands
without the time that somebody watched: violations stand beside watched hours, and the rate counts
those alone that happened while the zone was watched.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from msgspec import Struct

from streams.coverage.count import State
from streams.coverage.fold import Coverage, Restricted, Zoned
from streams.coverage.watch import EVERYBODY
from streams.events import Location
from streams.instants import micros, moment_of
from streams.vocabulary import AttributionBasis, Detail, Means
from streams.when.spans import Span

_SECOND = 1_000_000
_HOUR_S = 3_600


class Happened(NamedTuple):
    """One report's breach of one zone's terms, as far as rates need it."""

    zone: str
    start: datetime
    end: datetime
    found: bool
    """A `violation`; otherwise a possible one."""


class CoverageTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How much of a zone was watched in a period."""

    mission: str
    zone: str
    day: date
    """The mission day."""
    starts_at: datetime
    ends_at: datetime
    means: Means | None = None
    """By these means alone; absent: by all together."""
    state: State
    watched_s: float
    """Seconds in which enough of the zone was in somebody's reach, as the methodology says."""
    partly_s: float
    """Seconds in which less of it was."""
    unwatched_s: float
    """Seconds in which nobody watched any of it: of them nothing is known."""
    share: float
    """Of the zone, on average over the period, 0 to 1."""
    violations: int | None = None
    """Reports with a violation that began in the period, whoever watched. From here on: of all
    means together alone."""
    possible: int | None = None
    while_watched: int | None = None
    """Those of the violations that happened while enough of the zone was watched."""
    per_watched_hour: float | None = None
    """Of these. Absent where it was never watched: that is no rate of nought."""
    incidents: int | None = None
    """Of the mission day, possible violations among them; absent by the hour."""


class RestrictionTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What kept monitors from watching."""

    mission: str
    source: str
    id: str
    starts_at: datetime
    ends_at: datetime
    minutes: float
    """0: the monitor named no end."""
    reason: Detail | None = None
    """The monitor's word; absent: it gave none."""
    stops: bool
    """Whether its source counts as not watching meanwhile."""
    party: str | None = None
    """Whom the monitor named."""
    basis: AttributionBasis | None = None
    zones: tuple[str, ...] = ()
    """Those that its place touches, or may touch; none: outside of all, or not known where."""
    location: Location | None = None


class UnusedTold(Struct, frozen=True, kw_only=True):
    """A report of coverage that watched nothing, and why."""

    mission: str
    source: str
    id: str
    reason: str


Incidents = Mapping[tuple[str, date], int]
"""How many there are by zone and mission day."""


def tell_coverage(
    mission: str,
    found: Coverage,
    happened: Sequence[Happened],
    incidents: Incidents | None = None,
) -> list[CoverageTold]:
    """Every zone's periods, by zone, begin and means; all means together first."""
    by_zone: dict[str, list[Happened]] = {}
    for one in happened:
        by_zone.setdefault(one.zone, []).append(one)
    rows = [
        row
        for zone, by_means in found.zones.items()
        for means, zoned in by_means.items()
        for row in _rows(mission, zone, means, zoned, found, by_zone.get(zone, ()), incidents)
    ]
    return sorted(rows, key=lambda it: (it.zone, it.starts_at, it.means or ""))


def _rows(  # noqa: PLR0913, PLR0917 (one zone, and what stands beside its figures)
    mission: str,
    zone: str,
    means: Means | None,
    zoned: Zoned,
    found: Coverage,
    happened: Sequence[Happened],
    incidents: Incidents | None,
) -> Iterator[CoverageTold]:
    for period, amount in zip(found.periods, zoned.amounts, strict=True):
        if not amount.in_force or (means is not EVERYBODY and not amount.shared):
            continue
        start, end = period.span
        beside = {}
        if means is EVERYBODY:
            began = [it for it in happened if start <= micros(it.start) < end]
            beside = _rates(began, zoned.spans, amount.watched)
            if incidents is not None:
                beside["incidents"] = incidents.get((zone, period.day), 0)
        yield CoverageTold(
            mission=mission,
            zone=zone,
            day=period.day,
            starts_at=moment_of(start),
            ends_at=moment_of(end),
            means=means,
            state=amount.state,
            watched_s=amount.watched / _SECOND,
            partly_s=amount.partly / _SECOND,
            unwatched_s=(amount.in_force - amount.watched - amount.partly) / _SECOND,
            share=round(min(1.0, amount.shared / amount.in_force), 6),
            **beside,  # type: ignore[arg-type]  # figures
        )


def _rates(
    began: Sequence[Happened], spans: Sequence[Span], watched: int
) -> dict[str, int | float | None]:
    violations = [it for it in began if it.found]
    seen = sum(_touches(spans, micros(it.start), micros(it.end)) for it in violations)
    hours = watched / _SECOND / _HOUR_S
    return {
        "violations": len(violations),
        "possible": len(began) - len(violations),
        "while_watched": seen,
        "per_watched_hour": round(seen / hours, 6) if watched else None,
    }


def _touches(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether some of [start, end] lies in one of the spans, which are sorted and disjoint."""
    at = bisect_right(spans, end, key=lambda span: span[0]) - 1
    return at >= 0 and spans[at][1] > start


def tell_restriction(mission: str, told: Restricted) -> RestrictionTold:
    """A restriction as its monitor reported it."""
    it = told.restriction
    named = it.report.attribution
    return RestrictionTold(
        mission=mission,
        source=it.source,
        id=it.id,
        starts_at=moment_of(it.start),
        ends_at=moment_of(it.end),
        minutes=(it.end - it.start) / _SECOND / 60,
        reason=it.reason,
        stops=it.stops,
        party=None if named is None else named.party,
        basis=None if named is None else named.basis,
        zones=told.zones,
        location=it.report.location,
    )


def tell_unused(mission: str, found: Coverage) -> list[UnusedTold]:
    """The reports that watched nothing."""
    return [
        UnusedTold(mission=mission, source=it.source, id=it.id, reason=str(it.reason))
        for it in found.left
    ]
