"""Breach: what one report tells of one zone, as incidents take it.

Place on the data's way: report, assessment → **breach** → cluster. A report that breaches two
terms of a zone is one breach of it; one that lies in two zones is a breach of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from geo.spread import Middle, middle
from streams.assessment import FOUND, GRAVITY, Assessment, Finding, Standing
from streams.events import Count, Report
from streams.locate import Locator, Unlocated
from streams.vocabulary import Kind, Verdict, ViolationKind


class Breach(Struct, frozen=True, gc=False):
    """One report's breach of one zone's terms."""

    source: str
    id: str
    zone: str | None
    """None: of terms that hold everywhere."""
    methodology: str
    """Content hash of the version that it was judged by: what is near, that says."""
    verdict: Verdict
    """`violation` or `possible_violation`: the gravest of the zone's findings."""
    kind: Kind
    terms: tuple[str, ...]
    start: datetime
    """It began then at the earliest."""
    end: datetime
    """It was over then at the latest."""
    middle: Middle | None
    """None: nobody knows where it was, so it is near to nothing."""
    count: Count | None
    origin: str | None = None
    derived_from: tuple[str, ...] = ()
    draft: bool = False
    agreement_id: str = ""
    """Whose terms these are: an incident is of one agreement."""
    agreement: str = ""
    """Content hash of the version that it was judged by."""
    violations: tuple[ViolationKind, ...] = ()
    """What the terms call it, sorted."""
    party: str | None = None
    """Whom the monitor named; nobody is named by us."""

    @property
    def ref(self) -> tuple[str, str]:
        """Source and id of the report."""
        return self.source, self.id


encode_breach = msgspec.json.Encoder(order="deterministic").encode
"""As it is stored."""
decode_breach = msgspec.json.Decoder(Breach).decode


class Ground(Struct, frozen=True):
    """What a report was judged by, as far as its breaches tell of it."""

    agreement_id: str
    locator: Locator
    """Of the methodology and the agreement."""
    kind_of: Callable[[Finding], ViolationKind]
    """What the finding's term calls it."""


def breaches_of(reports: Sequence[Report], assessment: Assessment, ground: Ground) -> list[Breach]:
    """What a report breaches, by zone; nothing where it stands no longer.

    Args:
        reports: its versions that count, at least one.
        assessment: the current reading of them all.
        ground: what it was judged by.
    """
    findings = [finding for finding in assessment.findings if finding.verdict in FOUND]
    if assessment.standing is not Standing.STANDS or not findings:
        return []
    report, where = reports[0], _middle(reports, ground.locator)
    named = assessment.attribution
    return [
        Breach(
            source=assessment.source,
            id=assessment.id,
            zone=zone,
            methodology=assessment.methodology,
            verdict=max((it.verdict for it in own), key=GRAVITY.__getitem__),
            kind=report.kind,
            terms=tuple(sorted(it.term for it in own)),
            start=min(it.observed_from for it in reports),
            end=max(it.observed_to or it.observed_from for it in reports),
            middle=where,
            count=assessment.count,
            origin=report.origin,
            derived_from=tuple(sorted({name for it in reports for name in it.derived_from})),
            draft=assessment.draft,
            agreement_id=ground.agreement_id,
            agreement=assessment.agreement,
            violations=tuple(sorted({ground.kind_of(it) for it in own})),
            party=None if named is None else named.party,
        )
        for zone, own in _by_zone(findings)
    ]


def _middle(reports: Sequence[Report], locator: Locator) -> Middle | None:
    """None also where versions of one report lie in different places: nobody knows in which."""
    regions = {locator.region(report.location, report.means) for report in reports}
    if len(regions) > 1 or isinstance(region := regions.pop(), Unlocated):
        return None
    return middle(region)


def _by_zone(findings: Iterable[Finding]) -> list[tuple[str | None, list[Finding]]]:
    zones: defaultdict[str | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        zones[finding.zone].append(finding)
    return list(zones.items())
