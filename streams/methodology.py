"""The methodology: how the mission judges, as a value.

Place on the data's way: the second document of every judgement. It is the mission's own, never
the parties': thresholds, gradings, accuracies, staleness. Content-addressed like the agreement.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from streams.agreement import ClockTime, Document, TimeZone, Title, Validity
from streams.events import Grading, Slug
from streams.vocabulary import Means, Severity, Weapon

Share = Annotated[float, Meta(gt=0, le=1)]
Seconds = Annotated[float, Meta(gt=0, le=31_622_400)]
AccuracyMetres = Annotated[float, Meta(gt=0, le=100_000)]


class Thresholds(Document, frozen=True, kw_only=True):
    """Shares of the location's region that must lie in the zone."""

    violation: Share
    """t1: from here on a `violation` may be found."""
    possible: Share
    """t2: from here on a `possible_violation`; below it the location cannot decide."""


class DefaultAccuracy(Document, frozen=True, kw_only=True):
    """Accuracy of a position by the means that gave it, where the report names none."""

    means: Means
    accuracy_m: AccuracyMetres


class WeaponReach(Document, frozen=True, kw_only=True):
    """How far from a route a violation with these weapons still bears on it."""

    weapons: Annotated[tuple[Weapon, ...], Meta(min_length=1)]
    reach_m: Annotated[float, Meta(gt=0, le=25_000)]


class CorridorRules(Document, frozen=True, kw_only=True):
    """How the mission reads corridor statuses."""

    stale_after_s: Seconds
    """An `open` or `impeded` older than this is no longer known."""
    unassessed_after_s: Seconds = 60.0
    """Something waiting longer than this on a corridor makes it `unknown`: system behind."""
    reaches: tuple[WeaponReach, ...] = ()
    """What happens this near to a route happens on it; empty: only what lies in its width does."""


class SightingRules(Document, frozen=True, kw_only=True):
    """How the mission reads several sightings of one subject (`streams.whereabouts`).

    Left out, each reads as the strictest: nothing holds between two sightings, clocks are as they
    say, and only what was in two places at one instant contradicts itself.
    """

    max_gap_s: Annotated[float, Meta(ge=0, le=31_622_400)] = 0.0
    """What two sightings at most this far apart agree in holds between them; absent: nothing."""
    clock_error_s: Annotated[float, Meta(ge=0, le=86_400)] = 0.0
    """How far the clock behind any sighting may be off, either way."""
    max_speed_mps: Annotated[float, Meta(gt=0, le=10_000)] | None = None
    """Two sightings that no subject could travel between contradict each other."""


STRICTEST = SightingRules()


class IncidentRules(Document, frozen=True, kw_only=True):
    """What the mission counts as one incident (`streams.incidents`)."""

    near_m: Annotated[float, Meta(ge=10, le=100_000)]
    """Two breaches are near where the distance between them, uncertainty included, is no more:
    the root of its mean square, each wherever in its region it may have been (`geo.clusters`)."""
    gap_s: Seconds
    """And no more time than this lies between them."""
    largest_m: Annotated[float, Meta(ge=10, le=1_000_000)]
    """What reaches farther is cut along lines fixed on the Earth, so that no front becomes one."""
    time_zone: TimeZone
    day_begins: ClockTime = "00:00"
    """The mission's cut-off, by the clock there; no incident goes over it."""


class DeskRules(Document, frozen=True, kw_only=True):
    """Who has to look before parties and the public are told of a result (`streams.desk`)."""

    two_people: tuple[Severity, ...]
    """A result of this severity takes two people: one confirms it, another releases it. Empty:
    one person releases whatever it is."""


class WatchRange(Document, frozen=True, kw_only=True):
    """How far from its place a means watches."""

    means: Means
    range_m: Annotated[float, Meta(gt=0, le=100_000)]


class CoverageRules(Document, frozen=True, kw_only=True):
    """When a zone counts as watched (`streams.coverage`).

    Left out, each reads as the strictest: all of the zone has to be in somebody's reach, and a
    report that names no range has none.
    """

    ranges: tuple[WatchRange, ...] = ()
    """Of a report that names no range; and none is believed to reach farther, whatever it says."""
    watched_share: Share = 1.0
    """So much of a zone must be in reach for it to be watched; less is partly watched."""


UNWATCHED = CoverageRules()


class CredibilityRules(Document, frozen=True, kw_only=True):
    """From where on reports ask for a second look (`streams.credibility`); no verdict changes."""

    flood_reports: Annotated[int, Meta(ge=1, le=1_000_000)] = 100
    """One source that tells of more than so many events within `flood_window_s` floods."""
    flood_window_s: Seconds = 600.0
    copied_words: Annotated[int, Meta(ge=5, le=1_000)] = 10
    """A remark of fewer words is alike by chance."""
    copied_share: Share = 0.7
    """So much of the shorter text must stand in the longer one."""
    copied_times: Annotated[int, Meta(ge=3, le=1_000_000)] = 10
    """So many events with the same times to the second make two sources copies."""
    one_sided_reports: Annotated[int, Meta(ge=2, le=1_000_000)] = 5
    """So many accusations of a day by one party's sources, and nobody else's word near by."""
    corroborated_within_m: Annotated[float, Meta(gt=0, le=1_000_000)] = 10_000.0
    corroborated_within_s: Seconds = 3_600.0
    max_speed_mps: Annotated[float, Meta(gt=0, le=10_000)] = 70.0
    """No patrol or observer goes faster."""
    present_within_m: Annotated[float, Meta(ge=0, le=1_000_000)] = 20_000.0
    """Who heard or saw something at a point was no farther from it."""
    repeated_positions: Annotated[int, Meta(ge=2, le=1_000_000)] = 5
    """So many events on one spot to the last digit."""
    exact_within_m: Annotated[float, Meta(gt=0, le=100_000)] = 100.0
    """Of points that claim to be no worse than this."""


UNDOUBTED = CredibilityRules()


class Methodology(Document, frozen=True, kw_only=True):
    """A version of a mission's methodology, whole."""

    format: Literal["truceline.methodology.v1"]
    id: Slug
    version: Annotated[int, Meta(ge=1)]
    mission: Slug
    title: Title
    valid: Validity
    thresholds: Thresholds
    minimum_grading: Grading | None = None
    """Below it (a later letter or a higher number) nothing is more than possible."""
    ungraded_as: Grading | None = None
    """How a report without a grading is read; absent: as below every minimum."""
    sufficient_means: tuple[Means, ...] = tuple(Means)
    """At least one of a report's means must be here for a `violation`."""
    default_accuracy: tuple[DefaultAccuracy, ...] = ()
    accuracy_otherwise_m: AccuracyMetres
    """Where no means of the report has a default."""
    accuracy_floor_m: AccuracyMetres = 1.0
    """No position is taken to be better than this, whatever it claims."""
    about_within: Share | None = None
    """How far a count said to be `about` may be off, as a share of it; absent: nobody knows, and
    all that it says of a number is that there was one."""
    clock_skew_s: Seconds
    """How far ahead of its receipt an observation may claim to be."""
    corridor: CorridorRules
    sightings: SightingRules | None = None
    """Absent: `STRICTEST`."""
    incidents: IncidentRules | None = None
    """Absent: nothing is near to anything, and each breach is an incident of its own."""
    desk: DeskRules | None = None
    """Absent: every result takes two people."""
    coverage: CoverageRules | None = None
    """Absent: `UNWATCHED`."""
    credibility: CredibilityRules | None = None
    """Absent: `UNDOUBTED`."""
