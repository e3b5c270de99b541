"""What events do to a corridor, and the causes that a coordinator reads.

Place on the data's way: between the reading of single events and the sweep in `corridors`. Three
effects are enough. A *grant* makes a corridor usable; a *hold* says how usable it is at most,
however many grants there are; a *barrier* makes every grant void that was observed before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from streams.vocabulary import Availability


class Cause(StrEnum):
    """Why a corridor is as it is. In order: of all that hold, the first is the interval's."""

    NOT_IN_FORCE = "not_in_force"
    """The agreement, or the corridor in it, is not in force."""
    CLOSED_BY_STATUS = "closed_by_status"
    SUSPENDED_BY_STATUS = "suspended_by_status"
    SUSPENDED_BY_REPORT = "suspended_by_report"
    """A violation on the route that nobody settled by name."""
    SUSPENDED_BY_HAZARD = "suspended_by_hazard"
    """Mines on the route: no violation, and nobody settled them by name."""
    AXIS_PROPOSED = "axis_proposed"
    AXIS_AGREED_IN_PRINCIPLE = "axis_agreed_in_principle"
    AXIS_EXPIRED = "axis_expired"
    OUTSIDE_WINDOW = "outside_window"
    UNKNOWN_BY_STATUS = "unknown_by_status"
    IMPEDIMENT_STALE = "impediment_stale"
    """An impediment grew old: nobody knows whether it is still there, and nobody settled it."""
    NOT_REOPENED = "not_reopened"
    """No `open` was observed since the last suspension, closure or withdrawn report."""
    STALE = "stale"
    """The last word that opened it grew old."""
    LAPSED = "lapsed"
    """The last word that opened it ended with its window, its time or its source's right, or was
    taken back."""
    NEVER_OPENED = "never_opened"
    IMPEDED_BY_STATUS = "impeded_by_status"
    IMPEDED_BY_REPORT = "impeded_by_report"
    IMPEDED_BY_HAZARD = "impeded_by_hazard"
    """Something on the route that is dangerous and breaches nothing."""
    IMPEDED_UNVERIFIED = "impeded_unverified"
    """A caution that nobody vouches for, or from a source without the right: never more."""
    OPEN_BY_STATUS = "open_by_status"

    @property
    def state(self) -> Availability:
        """The availability that this cause leaves."""
        return _STATE.get(self, Availability.UNKNOWN)


_STATE = {
    Cause.CLOSED_BY_STATUS: Availability.CLOSED,
    Cause.SUSPENDED_BY_STATUS: Availability.SUSPENDED,
    Cause.SUSPENDED_BY_REPORT: Availability.SUSPENDED,
    Cause.SUSPENDED_BY_HAZARD: Availability.SUSPENDED,
    Cause.IMPEDED_BY_STATUS: Availability.IMPEDED,
    Cause.IMPEDED_BY_REPORT: Availability.IMPEDED,
    Cause.IMPEDED_BY_HAZARD: Availability.IMPEDED,
    Cause.IMPEDED_UNVERIFIED: Availability.IMPEDED,
    Cause.OPEN_BY_STATUS: Availability.OPEN,
}
CAUTION: dict[Cause, int] = {cause: rank for rank, cause in enumerate(Cause)}
"""The lower, the more cautious: a source that contradicts itself is read by the lowest."""


@dataclass(frozen=True, slots=True)
class Hold:
    """From `start` until before `end` (µs) the corridor is at most what `cause` leaves."""

    start: int
    end: int
    cause: Cause
    ref: str


@dataclass(frozen=True, slots=True)
class Grant:
    """From `start` until before `end` (µs) a source's word makes the corridor usable."""

    start: int
    end: int
    observed: int
    """When it was seen to be so (µs); what happened on the route since makes the grant void."""
    not_valid_after: int
    """The earliest of staleness, the window's end and the word's own end (µs)."""
    ref: str
    ending: Cause
    """What a coordinator reads once it has ended: STALE or LAPSED."""

    @property
    def allows(self) -> tuple[int, int, int, str, Cause]:
        """All but when it begins."""
        return self.end, self.observed, self.not_valid_after, self.ref, self.ending


@dataclass(frozen=True, slots=True)
class Barrier:
    """From `start` (µs) on, for good, only grants observed after `cause_end` (µs) count."""

    start: int
    cause_end: int
    ref: str
