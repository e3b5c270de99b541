"""Watching: what one dossier says of who watched, and what kept monitors from it.

Place on the data's way: dossier → **watching, restriction** → subtract, reach. Only what stands and
is vouched for counts: coverage that nobody answers for would make a quiet day of an unwatched one.
Whatever does not count says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from streams.dossier import Dossier, Version, counted_versions
from streams.events import Location, Report
from streams.instants import micros
from streams.locate import Unlocated
from streams.vocabulary import Detail, Kind, Means
from streams.when.spans import Spans


class Unused(StrEnum):
    """Why a report of coverage watched nothing, beside that its place is not known."""

    NOT_VOUCHED = "not_vouched"
    """Nobody known answers for it."""
    EXERCISE = "exercise"
    VERSIONS_DIFFER = "versions_differ"
    """Several versions were sent under its id, and they say different things."""
    INSTANT = "instant"
    """It names no end: nobody knows for how long."""
    AHEAD_OF_RECEIPT = "ahead_of_receipt"
    """It ends later than it was received: nobody has watched then yet."""
    ALL_DOWN = "all_down"
    """Downtime and restrictions leave nothing of it."""
    RANGE_UNKNOWN = "range_unknown"
    """Neither it nor the methodology says how far its means watch."""
    POSITION_TOO_COARSE = "position_too_coarse"
    """Its position may be off by more than it watches."""
    PACE_UNKNOWN = "pace_unknown"
    """A way of more than a day: nobody goes so far at one pace."""
    NOTHING_IN_FORCE = "nothing_in_force"
    """No agreement and methodology were in force then."""


Reason = Unused | Unlocated


class Watching(Struct, frozen=True, gc=False):
    """One report of coverage that counts: from when to when, from where, by what means."""

    source: str
    id: str
    means: tuple[Means, ...]
    start: int
    """Microseconds, as all instants of a fold."""
    end: int
    down: tuple[tuple[int, int], ...]
    location: Location | None
    range_m: float | None
    received: int | None
    """The earliest receipt; None: read from a file."""

    @property
    def ref(self) -> str:
        """As it is shown."""
        return f"{self.source}/{self.id}"


class Restriction(Struct, frozen=True, gc=False):
    """What kept a monitor from watching or going on, as the monitor reported it."""

    source: str
    id: str
    start: int
    end: int
    """Where it names no end, nobody knows for how long, and no minute is counted."""
    report: Report

    @property
    def reason(self) -> Detail | None:
        """None: the monitor did not say."""
        return self.report.detail

    @property
    def stops(self) -> bool:
        """Whether its source did not watch meanwhile; who is refused an answer still does."""
        return self.reason is not Detail.INFORMATION_REFUSAL


class Left(NamedTuple):
    """A report of coverage that watched nothing, and why."""

    source: str
    id: str
    reason: Reason


Said = Watching | Restriction | Left


def said_of(dossier: Dossier) -> Said | None:
    """What a dossier says of coverage; None: it does not speak of it, or stands no longer."""
    kinds = {version.report.kind for version in dossier.versions}
    if not kinds & {Kind.COVERAGE, Kind.MONITOR_RESTRICTION}:
        return None
    if any(link.vouched for link in dossier.links):
        return None
    versions = counted_versions(dossier)
    report = versions[0].report
    if Kind.COVERAGE in kinds:
        reason = _unused(versions)
        return _watching(versions[0]) if reason is None else Left(report.source, report.id, reason)
    if report.exercise or len(versions) > 1 or not versions[0].authentication.vouched:
        return None
    return _restriction(report)


def _unused(versions: Sequence[Version]) -> Unused | None:
    first = versions[0]
    if len(versions) > 1:
        return Unused.VERSIONS_DIFFER
    if not first.authentication.vouched:
        return Unused.NOT_VOUCHED
    if first.report.exercise:
        return Unused.EXERCISE
    start, end = first.report.observed_from, first.report.observed_to
    return None if end is not None and end > start else Unused.INSTANT


def _watching(version: Version) -> Watching:
    report = version.report
    assert report.observed_to is not None, "what names no end has watched nothing"
    return Watching(
        source=report.source,
        id=report.id,
        means=report.means,
        start=micros(report.observed_from),
        end=micros(report.observed_to),
        down=tuple((micros(it.start), micros(it.end)) for it in report.downtime),
        location=report.location,
        range_m=report.range_m,
        received=None if version.received_at is None else micros(version.received_at),
    )


def _restriction(report: Report) -> Restriction:
    start = micros(report.observed_from)
    end = micros(report.observed_to or report.observed_from)
    return Restriction(report.source, report.id, start, end, report)


def up(watching: Watching, restrictions: Sequence[Restriction]) -> Spans:
    """When it watched: its interval without its downtime and its source's restrictions.

    `restrictions`: of any sources.
    """
    stopped = [
        (it.start, it.end) for it in restrictions if it.source == watching.source and it.stops
    ]
    down = Spans.union((*watching.down, *stopped), watching.start, watching.end)
    return down.gaps(watching.start, watching.end)
