"""Tell: what is said of one incident, to whoever asks.

Place on the data's way: Incident → **told** → CLI, HTTP. Everything here follows from the breaches.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from streams.assessment import GRAVITY, status_of
from streams.incidents.fold import Incident
from streams.incidents.observed import Observed, observed
from streams.instants import micros, moment_of, seconds_to_micros
from streams.methodology import IncidentRules
from streams.vocabulary import Kind, Verdict


class Progress(StrEnum):
    """Whether an incident may still go on; only passing time ends it."""

    ONGOING = "ongoing"
    ENDED = "ended"


class Told(Struct, frozen=True, omit_defaults=True, gc=False):
    """One incident, with its two totals."""

    id: str
    zone: str | None
    day: date
    """The mission day."""
    progress: Progress
    verdict: Verdict
    """The gravest among its reports."""
    kinds: tuple[Kind, ...]
    begun: datetime
    """At the earliest."""
    ended: datetime
    """The latest that anything in it was over."""
    over_at: datetime
    """From then on nothing that happens belongs to it; a late report of an earlier time may."""
    violations: Observed
    possible: Observed
    """What is only a `possible_violation`, apart."""
    reports: tuple[str, ...]
    """``source/id``, by when they were observed."""
    status: str
    continues: tuple[str, ...] = ()
    adjoins: tuple[str, ...] = ()


def tell(incident: Incident, rules: IncidentRules | None, now: datetime) -> Told:
    """What is said of an incident at `now`, by the rules of its methodology."""
    part = incident.breaches
    ended = max(breach.end for breach in part)
    gap = seconds_to_micros(rules.gap_s) if rules else 0
    over_at = moment_of(micros(ended) + gap)
    return Told(
        id=incident.id,
        zone=incident.zone,
        day=incident.day,
        progress=Progress.ONGOING if now <= over_at else Progress.ENDED,
        verdict=max((it.verdict for it in part), key=GRAVITY.__getitem__),
        kinds=tuple(sorted({it.kind for it in part})),
        begun=part[0].start,
        ended=ended,
        over_at=over_at,
        violations=observed([it for it in part if it.verdict is Verdict.VIOLATION]),
        possible=observed([it for it in part if it.verdict is not Verdict.VIOLATION]),
        reports=tuple(f"{it.source}/{it.id}" for it in part),
        status=status_of(draft=any(it.draft for it in part)),
        continues=incident.continues,
        adjoins=incident.adjoins,
    )
