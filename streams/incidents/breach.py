"""Breach: what one report tells of one zone, as incidents take it.

Place on the data's way: judged report → **breach** → cluster. A report that breaches two terms of
a zone is one breach of it; one that lies in two zones is a breach of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from geo.spread import Middle, middle
from streams.assess import Judged
from streams.assessment import GRAVITY, Finding, Standing
from streams.events import Count
from streams.locate import Unlocated
from streams.vocabulary import Kind, Verdict

FOUND = frozenset({Verdict.VIOLATION, Verdict.POSSIBLE_VIOLATION})


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

    @property
    def ref(self) -> tuple[str, str]:
        """Source and id of the report."""
        return self.source, self.id


def breaches_of(judged: Judged) -> list[Breach]:
    """A judged report's breaches, by zone; none where it stands no longer."""
    assessment = judged.assessment
    if assessment.standing is not Standing.STANDS or not _finds(assessment.findings):
        return []
    report, in_force = judged.report, judged.in_force
    region = in_force.locator.region(report.location, report.means)
    where = None if isinstance(region, Unlocated) else middle(region)
    return [
        Breach(
            source=report.source,
            id=report.id,
            zone=zone,
            methodology=assessment.methodology,
            verdict=max((it.verdict for it in findings), key=GRAVITY.__getitem__),
            kind=report.kind,
            terms=tuple(sorted(it.term for it in findings)),
            start=report.observed_from,
            end=report.observed_to or report.observed_from,
            middle=where,
            count=assessment.count,
            origin=report.origin,
            derived_from=report.derived_from,
            draft=assessment.draft,
        )
        for zone, findings in _by_zone(assessment.findings)
    ]


def _finds(findings: tuple[Finding, ...]) -> bool:
    return any(finding.verdict in FOUND for finding in findings)


def _by_zone(findings: tuple[Finding, ...]) -> Iterator[tuple[str | None, list[Finding]]]:
    zones: defaultdict[str | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.verdict in FOUND:
            zones[finding.zone].append(finding)
    return iter(zones.items())
