"""Casebook: a batch of reports, event by event, as dossiers to read.

Place on the data's way: between the store's keys and the pure stages. Most reports are plain: new,
sent once, spoken of by nobody; they become a dossier of one version. The others (another version,
retracted, superseded) are taken one after another in the order of the log, each step a reading of
its own; so the rows are the same however the log was cut into batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct

from services.worker.incoming import Incoming, Refused, refuse
from streams.assessment import Assessment
from streams.decode import Reason, Refusal
from streams.dossier import Dossier, Link, Version, links_of
from streams.events import Report
from streams.keys import EventKind, Key, event_key
from streams.vocabulary import Authentication, Relation

Reports = Sequence[Incoming[Report]]

VERSIONS_LIMIT = 64
"""Of one report, of those vouched for and of the others each. With every version all of them are
read again: without a limit a few thousand under one id, which anybody can send, take longer than
the watchdog waits, and come again. Beyond it the order of arrival decides which are kept."""


class Step(Struct, frozen=True, gc=False):
    """One reading to make: of which dossier, under which revision, caused by which event."""

    key: Key
    revision: int
    dossier: Dossier
    cause: Key | None
    """The other event that caused it; None: a version of the report itself."""
    received_at: datetime


class NewLink(Struct, frozen=True, gc=False):
    """A link that a version brings with it."""

    target: Key
    by: Incoming[Report]
    by_version: int
    relation: Relation


@dataclass(slots=True)
class CaseFile:
    """What is known of one key, while a batch is taken in."""

    versions: list[tuple[bytes, Version]] = field(default_factory=list)
    """(content hash, version), in the order in which they became known."""
    pending: list[tuple[bytes, Authentication]] = field(default_factory=list)
    """What the gateway has stored and no worker has taken in: it counts once its record comes."""
    links: list[Link] = field(default_factory=list)
    revision: int = 0
    """Of the latest assessment; 0: none yet."""
    assessment: Assessment | None = None
    """The latest one, as stored or as read in this batch."""

    def knows(self, item: Incoming[Report]) -> bool:
        """Whether the event says nothing new: same bytes, no better vouched for."""
        return any(
            content == item.content_hash and as_good(authentication, item.authentication)
            for content, authentication in self._stored
        )

    def is_full(self, item: Incoming[Report]) -> bool:
        """Whether there are as many versions as are read, as well vouched for as this one."""
        vouched = item.authentication.vouched
        alike = sum(authentication.vouched is vouched for _, authentication in self._stored)
        return alike >= VERSIONS_LIMIT

    def add(self, item: Incoming[Report]) -> int:
        """Add the event as a version; its number."""
        if item.stored:
            self.pending.remove((item.content_hash, item.authentication))
        number = item.stored or len(self._stored) + 1
        self.versions.append((item.content_hash, version_of(item)))
        return number

    @property
    def _stored(self) -> list[tuple[bytes, Authentication]]:
        taken_in = [(content, version.authentication) for content, version in self.versions]
        return taken_in + self.pending

    @property
    def dossier(self) -> Dossier:
        """What is known now, as a value."""
        return Dossier(tuple([version for _, version in self.versions]), tuple(self.links))


@dataclass(slots=True)
class TakenIn:
    """What a batch brings: versions to store, links to store, readings to make."""

    versions: list[tuple[Incoming[Report], int]] = field(default_factory=list)
    """With the version's number, from 1; without those that the gateway has stored."""
    links: list[NewLink] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


TOO_MANY_VERSIONS = Refusal(
    Reason.TOO_MANY_VERSIONS,
    f"{VERSIONS_LIMIT} differing versions of this report are kept; send what is new as a report "
    "with an id of its own that supersedes it",
)


def as_good(known: Authentication, offered: Authentication) -> bool:
    """Whether nothing is gained by hearing the same from `offered`."""
    return known.vouched or not offered.vouched


def version_of(item: Incoming[Report]) -> Version:
    """An incoming report as a version in a dossier."""
    return Version(item.event, item.authentication, item.received_at)


def target_key(item: Incoming[Report], target_id: str) -> Key:
    """The key of a report that this one speaks of: same mission, same source."""
    return event_key(EventKind.REPORT, item.event.mission, item.event.source, target_id)


def split(
    reports: Reports, known: Collection[Key]
) -> tuple[list[Incoming[Report]], list[Incoming[Report]]]:
    """Plain reports, and those that must be taken one after another.

    Args:
        reports: the batch without what is known to the byte, in the order of the log.
        known: keys that the store has: it has the report, or somebody has spoken of it.
    """
    speaking = [item for item in reports if item.event.supersedes or item.event.retracts]
    special = {*known, *(item.key for item in speaking)}
    for item in speaking:
        special.update(target_key(item, target) for _, target in links_of(item.event))
    special.update(_repeated([item.key for item in reports]))
    if not special:
        return list(reports), []
    return (
        [item for item in reports if item.key not in special],
        [item for item in reports if item.key in special],
    )


def _repeated(keys: Sequence[Key]) -> set[Key]:
    """The keys that stand more than once in the batch."""
    if len(set(keys)) == len(keys):
        return set()
    return {key for key, times in Counter(keys).items() if times > 1}


def take_in_plain(plain: Iterable[Incoming[Report]], taken: TakenIn) -> None:
    """New reports that nobody speaks of: one version, one reading."""
    for item in plain:
        if not item.stored:
            taken.versions.append((item, 1))
        dossier = Dossier((version_of(item),))
        taken.steps.append(Step(item.key, 1, dossier, None, item.received_at))


def take_in(special: Reports, files: Mapping[Key, CaseFile], taken: TakenIn) -> None:
    """Take the others one after another; `files` holds every key of theirs and is brought on."""
    for item in special:
        file = files[item.key]
        if not item.stored:
            if file.knows(item):
                continue
            if file.is_full(item):
                taken.refused.append(refuse(item, TOO_MANY_VERSIONS))
                continue
        number = file.add(item)
        if not item.stored:
            taken.versions.append((item, number))
        _read_again(item.key, file, None, item, taken)
        for relation, target_id in links_of(item.event):
            target = target_key(item, target_id)
            taken.links.append(NewLink(target, item, number, relation))
            vouched = item.authentication.vouched
            spoken_of = files[target]
            spoken_of.links.append(Link(relation, item.event.id, vouched))
            if vouched and spoken_of.versions:
                _read_again(target, spoken_of, item.key, item, taken)


def _read_again(
    key: Key, file: CaseFile, cause: Key | None, item: Incoming[Report], taken: TakenIn
) -> None:
    file.revision += 1
    taken.steps.append(Step(key, file.revision, file.dossier, cause, item.received_at))
