"""Standing violations: from when on each stands, and whether a later report has ended it.

Place on the data's way: sightings and assessments of one subject → **what stands** → store. A gun
in a withdrawal area stands there rather than happens: its violation is open until a report says
that it is gone. A function of the *set* of what was told, term by term: order, repetition and
batches of arrival are nothing. What is undetermined, or may have been before it was seen, ends
nothing; what may lie between two reports is not taken to have stood through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from msgspec import Struct

from streams.assessment import FOUND, Assessment, Finding
from streams.vocabulary import STANDING_KINDS, Presence
from streams.whereabouts.sighting import Sighting

_NOT_THERE, _THERE, _ELSEWHERE = "nothing_there", "still_there", "outside"
"""The rules by which a report may say that a breach is over."""


class EndedAs(StrEnum):
    """What ended it."""

    GONE = "gone"
    NOT_FOUND = "not_found"
    """It was looked for there, or counted as none."""
    SEEN_OUTSIDE = "seen_outside"
    """The same subject was seen wholly outside of the term's zones."""
    THERE_AGAIN = "there_again"
    """Of what must be there: it was."""


class State(StrEnum):
    """Whether a violation that stands is over."""

    OPEN = "open"
    ENDED = "ended"


class Telling(NamedTuple):
    """What one report says of the subject, and how it is judged now."""

    sighting: Sighting
    assessment: Assessment


class End(Struct, frozen=True, gc=False):
    """It was over."""

    by: datetime
    """At the latest: the end of the interval in which it was seen to be."""
    how: EndedAs
    event: str
    """``source/id`` of the report that says so."""


class StandingViolation(Struct, frozen=True, gc=False):
    """A report's violation of a term, as long as it stands."""

    source: str
    id: str
    term: str
    since: datetime
    """It stood by then, and no report since leaves open whether it went on."""
    end: End | None
    """None: open."""


class _Word(NamedTuple):
    """A report's word on one term: a breach, or that there is none any more."""

    term: str
    start: datetime
    end: datetime
    source: str
    id: str
    zone: str | None
    share: float | None
    """Of a breach: how much of its region lay in that zone."""
    shares: dict[str, float]
    """Of an end: how much of its region lies in which zone, as agreed."""
    how: EndedAs | None
    """None: a breach."""


def standing_violations(told: Iterable[Telling]) -> list[StandingViolation]:
    """Every violation of one subject that stands or stood, by term, time and report."""
    said = (word for one in told for word in _words(one))
    words = sorted(said, key=attrgetter("term", "start", "end", "source", "id"))
    return [
        standing
        for _, own in groupby(words, key=attrgetter("term"))
        for standing in _of_term(list(own))
    ]


def _of_term(words: Sequence[_Word]) -> list[StandingViolation]:
    breaches = [word for word in words if word.how is None]
    ends = [word for word in words if word.how is not None]
    return [
        StandingViolation(it.source, it.id, it.term, _since(it, breaches, ends), _end_of(it, ends))
        for it in breaches
    ]


def _since(breach: _Word, breaches: Sequence[_Word], ends: Sequence[_Word]) -> datetime:
    """By when the first breach was seen with no end that may lie between it and this one.

    Any word of an end, wherever it looked: one that ends nothing still leaves open what went on.
    """
    broken = max((end.end for end in ends if end.start <= breach.end), default=None)
    unbroken = [
        other.end
        for other in breaches
        if other.start <= breach.start and (broken is None or broken < other.start)
    ]
    return min([breach.end, *unbroken])


def _end_of(breach: _Word, ends: Sequence[_Word]) -> End | None:
    """The first report after it by which it was over."""
    after = [end for end in ends if breach.end < end.start and _ends(end, breach)]
    if not after:
        return None
    first = min(after, key=attrgetter("end", "source", "id"))
    assert first.how is not None
    return End(first.end, first.how, f"{first.source}/{first.id}")


def _ends(end: _Word, breach: _Word) -> bool:
    """Whether it looked where the breach was: at least as far inside as that was seen."""
    if end.how is EndedAs.SEEN_OUTSIDE:
        return True
    if breach.zone is None:
        return end.how in {EndedAs.GONE, EndedAs.THERE_AGAIN}  # a term of everywhere has no place
    return end.shares.get(breach.zone, -1.0) >= (breach.share or 0.0)


def _words(told: Telling) -> list[_Word]:
    return [
        word for finding in told.assessment.findings if (word := _word(told, finding)) is not None
    ]


def _word(told: Telling, finding: Finding) -> _Word | None:
    reports = [look.report for look in told.sighting.looks]
    how = None
    if finding.verdict in FOUND:
        if any(report.kind not in STANDING_KINDS for report in reports):
            return None
    else:
        how = _how(told.sighting, finding)
        if how is None:
            return None
    source, id_ = told.sighting.ref
    return _Word(
        term=finding.term,
        start=min(report.observed_from for report in reports),
        end=max(report.observed_to or report.observed_from for report in reports),
        source=source,
        id=id_,
        zone=finding.zone,
        share=finding.p_inside,
        shares={
            place.zone: place.p_inside
            for place in told.assessment.places
            if place.claimed_by is None
        },
        how=how,
    )


def _how(sighting: Sighting, finding: Finding) -> EndedAs | None:
    """What it says has become of the breach; None: nothing, or nothing for certain."""
    if any(look.received_at is not None for look in sighting.looks):
        return None  # it claims to be of a time after it was received
    if finding.rule == _THERE:
        return EndedAs.THERE_AGAIN
    reports = [look.report for look in sighting.looks]
    if finding.rule == _NOT_THERE:
        gone = all(report.presence is Presence.GONE for report in reports)
        return EndedAs.GONE if gone else EndedAs.NOT_FOUND
    perhaps = any(report.count is not None and report.count.min == 0 for report in reports)
    return EndedAs.SEEN_OUTSIDE if finding.rule == _ELSEWHERE and not perhaps else None
