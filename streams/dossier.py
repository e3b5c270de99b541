"""Dossier: all that is known under one report id → the one reading of it.

Place on the data's way: around `assess`. A dossier holds every version sent under an id and every
report that supersedes or retracts it. Its reading is a function of that *set*: whichever order,
however often and in whatever batches the events arrived, the reading is the same. The worker keeps
dossiers in PostgreSQL, `truceline judge` in memory; both read them here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

import msgspec
from msgspec import Struct

from streams.assess import (
    NOTHING_DECLARED,
    Group,
    Judged,
    Known,
    Undecided,
    assess,
    assess_groups,
)
from streams.assessment import Context
from streams.decode import Refusal
from streams.events import Report
from streams.inforce import Register
from streams.reading import read_versions
from streams.vocabulary import Authentication, Relation


class Version(Struct, frozen=True, gc=False):
    """One version of a report as it arrived."""

    report: Report
    authentication: Authentication
    received_at: datetime | None
    """UTC; None: read from a file, outside of any receipt."""


class Link(Struct, frozen=True, gc=False):
    """Another report that speaks of this one."""

    relation: Relation
    by_id: str
    vouched: bool


class Dossier(Struct, frozen=True, gc=False):
    """Every version under one id and every link to it; never empty."""

    versions: tuple[Version, ...]
    links: tuple[Link, ...] = ()


def links_of(report: Report) -> tuple[tuple[Relation, str], ...]:
    """Which reports, by id, this report speaks of."""
    if report.supersedes is None and report.retracts is None:
        return ()
    named = ((Relation.SUPERSEDES, report.supersedes), (Relation.RETRACTS, report.retracts))
    return tuple([(relation, target) for relation, target in named if target is not None])


def read_dossiers(
    register: Register, dossiers: Sequence[Dossier], known: Known = NOTHING_DECLARED
) -> list[Judged | Refusal]:
    """Read a batch of dossiers, in one pass of the stages over all their versions."""
    if all(len(dossier.versions) == 1 for dossier in dossiers):  # so it is nearly always
        versions = [dossier.versions[0] for dossier in dossiers]
        contexts = [_context(it, of.links) for it, of in zip(versions, dossiers, strict=True)]
        return assess(register, [version.report for version in versions], contexts, known)
    counted = [counted_versions(dossier) for dossier in dossiers]
    contexts = [
        _context(version, dossier.links)
        for dossier, versions in zip(dossiers, counted, strict=True)
        for version in versions
    ]
    reports = [version.report for versions in counted for version in versions]
    rest = iter(assess(register, reports, contexts, known))
    return [_merge(list(islice(rest, len(versions)))) for versions in counted]


def read_plain(
    register: Register,
    reports: Sequence[Report],
    authentication: Authentication,
    known: Known = NOTHING_DECLARED,
) -> Iterator[Group | Undecided]:
    """Read reports of each of which one version is known, not its receipt, and nothing else."""
    return assess_groups(register, reports, [_PLAIN[authentication]] * len(reports), known)


def counted_versions(dossier: Dossier) -> Sequence[Version]:
    """The versions that count: vouched ones silence others, equal content is one version."""
    versions = dossier.versions
    if len(versions) == 1:
        return versions
    vouched = [version for version in versions if version.authentication.vouched]
    # By content, the earliest receipt of each: byte-wise differing JSON may say the same.
    distinct: dict[bytes, Version] = {}
    for version in vouched or versions:
        content = msgspec.json.encode(version.report)
        known = distinct.get(content)
        if known is None or _arrival(version) < _arrival(known):
            distinct[content] = version
    return [distinct[content] for content in sorted(distinct)]


def _arrival(version: Version) -> tuple[float, str]:
    at = version.received_at
    return (0.0 if at is None else at.timestamp(), version.authentication)


def _context(version: Version, links: Sequence[Link]) -> Context:
    """What is known beside one version. Only a vouched link declares anything."""
    report, received_at = version.report, version.received_at
    ahead = received_at is not None and report.observed_from > received_at
    if not links and not ahead:
        return _PLAIN[version.authentication]
    return Context(
        authentication=version.authentication,
        received_at=received_at if ahead else None,
        superseded_by=_by(Relation.SUPERSEDES, links) if links else None,
        retracted_by=_by(Relation.RETRACTS, links) if links else None,
    )


_PLAIN = {authentication: Context(authentication) for authentication in Authentication}
"""Of most reports nothing is known but who vouches for them."""


def _by(relation: Relation, links: Sequence[Link]) -> str | None:
    return min((x.by_id for x in links if x.vouched and x.relation is relation), default=None)


def _merge(results: Sequence[Judged | Refusal]) -> Judged | Refusal:
    """One reading of several versions; one that nothing in force can judge says nothing."""
    if len(results) == 1:
        return results[0]
    judged = [result for result in results if not isinstance(result, Refusal)]
    if not judged:
        return results[0]
    reading = read_versions([result.assessment for result in judged])
    # The one whose agreement and methodology the reading names.
    first = min(judged, key=lambda one: msgspec.json.encode(one.assessment))
    return msgspec.structs.replace(first, reading=reading, versions=tuple(judged))
