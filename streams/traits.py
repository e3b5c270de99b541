"""Traits: what the rules ask of a report, apart from where and when it was.

Place on the data's way: locate, geofence → **traits** → rules. A report says thousands of things;
the rules ask it a dozen yes-or-no questions and for its weapons, its party and its sides. Reports
that answer alike have the same traits, the very same value where they come one after another.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta
from functools import lru_cache

from msgspec import Struct

from streams.assessment import Context
from streams.events import Attribution, Grading, MonitorSide, Report
from streams.methodology import Methodology
from streams.vocabulary import AttributionBasis, Means, Presence, Side, Weapon

_REMEMBERED = 1 << 14


class Traits(Struct, frozen=True, gc=False, cache_hash=True):
    """A report and what is known beside it, as the rules see it."""

    retracted: bool
    superseded: bool
    retraction: bool
    """It withdraws another report."""
    exercise: bool
    absent: bool
    """It was looked for and not found, or counted as none."""
    perhaps_none: bool
    """It was counted, and the count may be none."""
    weapons: frozenset[Weapon]
    """The classes the monitor could name; empty when none was."""
    weapons_said: frozenset[Weapon]
    """The same with "undetermined", where the monitor said so."""
    party: str | None
    """The party the monitor named; a name without any basis names nobody."""
    from_future: bool
    """It claims to be observed after it was received, by more than clocks may differ."""
    unlocated: bool
    straddles: bool
    """An amendment falls into the report's interval."""
    vouched: bool
    graded: bool
    """Its grading is at or above the methodology's minimum."""
    means_suffice: bool
    outside_of: frozenset[str]
    """The zones that the monitor says it was outside of."""
    outside_elsewhere: bool
    """One of them is a zone that the agreement does not have."""


class TraitReader:
    """Reads reports under one methodology and the zones of one agreement."""

    def __init__(self, methodology: Methodology, zones: Container[str]) -> None:
        self._minimum = methodology.minimum_grading
        self._ungraded_as = methodology.ungraded_as
        self._sufficient = frozenset(methodology.sufficient_means)
        self._skew = timedelta(seconds=methodology.clock_skew_s)
        self._zones = zones
        self._answers = lru_cache(maxsize=_REMEMBERED)(self._answer)

    def read(self, report: Report, context: Context, *, unlocated: bool, straddles: bool) -> Traits:
        """The traits of a report beside what is known of it."""
        count, received_at = report.count, context.received_at
        return self._answers(
            context.retracted_by is not None,
            context.superseded_by is not None,
            report.retracts is not None,
            report.exercise,
            count is not None and count.max == 0,
            count is not None and count.min == 0 and count.max != 0,
            report.presence,
            report.weapons,
            report.attribution,
            received_at is not None and report.observed_from > received_at + self._skew,
            unlocated,
            straddles,
            context.authentication.vouched,
            report.grading,
            report.means,
            report.monitor_sides,
        )

    def _answer(  # noqa: PLR0913, PLR0917 (each is one field of the report, and part of the key)
        self,
        retracted: bool,
        superseded: bool,
        retraction: bool,
        exercise: bool,
        counted_as_none: bool,
        perhaps_none: bool,
        presence: Presence | None,
        weapons: tuple[Weapon, ...],
        attribution: Attribution | None,
        from_future: bool,
        unlocated: bool,
        straddles: bool,
        vouched: bool,
        grading: Grading | None,
        means: tuple[Means, ...],
        sides: tuple[MonitorSide, ...],
    ) -> Traits:
        outside_of = frozenset(side.zone for side in sides if side.side is Side.OUTSIDE)
        return Traits(
            retracted=retracted,
            superseded=superseded,
            retraction=retraction,
            exercise=exercise,
            absent=counted_as_none or (presence is not None and presence is not Presence.PRESENT),
            perhaps_none=perhaps_none,
            weapons=frozenset(weapons) - {Weapon.UNDETERMINED},
            weapons_said=frozenset(weapons),
            party=_party(attribution),
            from_future=from_future,
            unlocated=unlocated,
            straddles=straddles,
            vouched=vouched,
            graded=self._is_graded(grading or self._ungraded_as),
            means_suffice=not self._sufficient.isdisjoint(means),
            outside_of=outside_of,
            outside_elsewhere=any(zone not in self._zones for zone in outside_of),
        )

    def _is_graded(self, grading: Grading | None) -> bool:
        """Both axes at or above the minimum: A and 1 are the best; never averaged."""
        minimum = self._minimum
        if minimum is None:
            return True
        return (
            grading is not None
            and grading.source <= minimum.source
            and grading.information <= minimum.information
        )


def _party(attribution: Attribution | None) -> str | None:
    if attribution is None or attribution.basis is AttributionBasis.NONE:
        return None
    return attribution.party
