"""Reading: the assessments of all versions of one report → the one that stands.

Place on the data's way: judge → **reading** → store. Two versions under one id are both kept; which
came first means nothing. Where they agree on a term the verdict stands with the wider count and the
smaller share; where they do not, it cannot be determined. A function of the *set* of versions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from streams.assessment import Assessment, Finding, UnderClaim, ZonePlace
from streams.claims import claimed, parties, under
from streams.events import Count
from streams.judge import gravest
from streams.vocabulary import Qualifier, Verdict

CONTRADICTION = "versions_contradict"
"""The rule named where versions of one report disagree (domain.md, verdict table)."""


def read_versions(assessments: Sequence[Assessment]) -> Assessment:
    """Merge the assessments of one report's versions; the order they are given in is nothing."""
    first, *others = sorted(assessments, key=msgspec.json.encode)
    if not others:
        return first
    versions = (first, *others)
    findings = _merge_findings(versions)
    return msgspec.structs.replace(
        first,
        versions=len(versions),
        context=_digest_of(versions),
        verdict=gravest(findings),
        findings=findings,
        places=_merge_places(versions),
        count=_widest(version.count for version in versions),
        attribution=first.attribution if _same(v.attribution for v in versions) else None,
        exercise=all(version.exercise for version in versions),
        draft=any(version.draft for version in versions),
    )


def _merge_findings(versions: Sequence[Assessment]) -> tuple[Finding, ...]:
    """A finding a term: of every version's findings, those of terms that any version has."""
    by_version = [{finding.term: finding for finding in v.findings} for v in versions]
    terms = sorted({term for findings in by_version for term in findings})
    return tuple([_merge([findings.get(term) for findings in by_version]) for term in terms])


def _merge(findings: Sequence[Finding | None]) -> Finding:
    """Of one term: what all versions agree on stands; a version without it says otherwise."""
    present = [finding for finding in findings if finding is not None]
    shares = [finding.p_inside for finding in present if finding.p_inside is not None]
    share = min(shares, default=None)
    agreed = len(present) == len(findings) and _same((f.verdict, f.zone) for f in present)
    claims = _merge_claims(findings)
    if agreed:
        return msgspec.structs.replace(present[0], p_inside=share, claims=claims)
    if all(finding.verdict in _NOTHING for finding in present):
        last = max(present, key=msgspec.json.encode)
        return msgspec.structs.replace(last, p_inside=share, claims=claims)
    zone = present[0].zone if _same(finding.zone for finding in present) else None
    return msgspec.structs.replace(
        present[0],
        verdict=Verdict.CANNOT_DETERMINE,
        rule=CONTRADICTION,
        zone=zone,
        p_inside=share,
        claims=claims,
    )


def _merge_claims(findings: Sequence[Finding | None]) -> tuple[UnderClaim, ...]:
    """Of one term, under each party's claims: as for the agreed outline, party by party.

    A version that touches no outline says the same under every claim as under the agreed one.
    """
    return tuple(
        [
            claimed(party, _merge([finding and under(party, finding) for finding in findings]))
            for party in parties(findings)
        ]
    )


_NOTHING = frozenset({Verdict.NOT_APPLICABLE, Verdict.NO_VIOLATION})
"""Versions that differ only in why there is nothing do not contradict each other."""


def _merge_places(versions: Sequence[Assessment]) -> tuple[ZonePlace, ...]:
    """Every zone any version touches; where they differ, the smaller share."""
    places: dict[tuple[bool, str, str], ZonePlace] = {}
    for version in versions:
        for place in version.places:
            key = (place.claimed_by is not None, place.zone, place.claimed_by or "")
            known = places.get(key)
            if known is None or place.p_inside < known.p_inside:
                places[key] = place
    return tuple([places[key] for key in sorted(places)])


def _widest(counts: Iterable[Count | None]) -> Count | None:
    """The range that holds every version's count; open where any is open or unstated."""
    given = list(counts)
    stated = [count for count in given if count is not None]
    if not stated:
        return None
    if len(stated) == len(given) and _same(stated):
        return stated[0]
    tops = [count.max for count in stated if count.max is not None]
    closed = len(tops) == len(given)
    return Count(
        min=min(count.min for count in stated),
        max=max(tops) if closed else None,
        qualifier=Qualifier.RANGE if closed else Qualifier.AT_LEAST,
    )


def _digest_of(versions: Sequence[Assessment]) -> str:
    """One digest over the contexts of all versions, whatever their order."""
    return hashlib.sha256("".join(sorted(v.context for v in versions)).encode()).hexdigest()


def _same(values: Iterable[object]) -> bool:
    first, *others = values
    return all(value == first for value in others)
