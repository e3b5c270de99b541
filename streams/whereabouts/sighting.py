"""Sighting: what one report, in all its versions, says of where a subject was.

Place on the data's way: dossier → **sighting** → store, fold. A function of the dossier's set: a
report that was withdrawn or replaced, that nobody vouches for, that is a drill or whose versions do
not agree on the subject says nothing. Only what the fold asks for is kept of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from streams.dossier import Dossier, Version, counted_versions
from streams.events import Report
from streams.vocabulary import STANDING_KINDS, Kind

SIGHTED = STANDING_KINDS | {Kind.UAV_FLIGHT, Kind.TROOP_MOVEMENT, Kind.LINE_CROSSING}
"""The kinds of report that see a subject: what stands somewhere or moves."""


class Look(Struct, frozen=True, omit_defaults=True, gc=False):
    """One version of the report, without what says nothing about where and when."""

    report: Report
    received_at: datetime | None = None
    """UTC, where the observation claims to lie after it; else None, as in a `Context`."""


class Sighting(Struct, frozen=True, gc=False):
    """All that one report says of a subject: one look for each version that differs."""

    looks: tuple[Look, ...]

    @property
    def ref(self) -> tuple[str, str]:
        """Source and id of the report."""
        report = self.looks[0].report
        return report.source, report.id


_DECODER = msgspec.json.Decoder(Sighting)
encode_sighting = msgspec.json.Encoder(order="deterministic").encode
"""The one byte form of a sighting, for the store."""


def decode_sighting(raw: bytes) -> Sighting:
    """The sighting that `encode_sighting` wrote; raises msgspec.ValidationError for others."""
    return _DECODER.decode(raw)


def sightings_of(dossier: Dossier) -> dict[str, Sighting | None]:
    """By `subject_ref`, what the dossier says of each subject that any of its versions names.

    None: of this subject it says nothing, or nothing any more. The ref alone is the subject's name
    within its mission, whoever uses it: two patrols that report one ref saw one thing.
    """
    named = {ref for version in dossier.versions if (ref := _subject(version.report)) is not None}
    if not named:
        return {}
    counted = counted_versions(dossier)
    said: dict[str, Sighting | None] = dict.fromkeys(sorted(named))
    subjects = {_subject(version.report) for version in counted}
    if len(subjects) == 1 and _counts(dossier, counted[0]):
        (subject,) = subjects
        if subject is not None:
            said[subject] = _sighting(counted)
    return said


def _subject(report: Report) -> str | None:
    return report.subject_ref if report.kind in SIGHTED else None


def _counts(dossier: Dossier, version: Version) -> bool:
    """Whether the report stands: vouched for, and neither withdrawn nor replaced."""
    return version.authentication.vouched and not any(link.vouched for link in dossier.links)


def _sighting(counted: Sequence[Version]) -> Sighting | None:
    if any(version.report.exercise or version.report.retracts for version in counted):
        return None
    looks = {encode_sighting(look): look for look in map(_look, counted)}
    return Sighting(tuple([looks[content] for content in sorted(looks)]))


def _look(version: Version) -> Look:
    report, received_at = version.report, version.received_at
    ahead = received_at is not None and report.observed_from > received_at
    kept = Report(
        id=report.id,
        mission=report.mission,
        source=report.source,
        kind=report.kind,
        means=report.means,
        observed_from=report.observed_from,
        observed_to=report.observed_to,
        location=report.location,
        count=report.count,
        subject_ref=report.subject_ref,
        presence=report.presence,
    )
    return Look(kept, received_at if ahead else None)
