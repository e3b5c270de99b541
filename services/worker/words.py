"""Words: events that are not judged but count as they were said, every version of them.

    what is known → which versions are new → submissions; the caller makes of each what it means

Place on the data's way: what corridor statuses and context events have in common. Every version
under one id is kept and counts; what the gateway has stored already counts as it is stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from services.store.engine import Connection
from services.store.known import (
    StoredVersion,
    claim_placeholders,
    fill_placeholders,
    lock_keys,
    versions_of,
)
from services.store.rows import BatchRows, KeyKind, SubmissionRow
from services.worker import make_rows
from services.worker.casebook import as_good
from services.worker.incoming import Incoming
from services.worker.stored import as_stored
from streams.events import ContextEvent, CorridorStatus
from streams.keys import Key
from streams.vocabulary import Authentication

W = TypeVar("W", CorridorStatus, ContextEvent)


@dataclass(frozen=True, slots=True)
class WordKind(Generic[W]):
    """What differs between kinds of words."""

    key_kind: KeyKind
    taken_in: Callable[[Connection, Sequence[Incoming[W]]], set[tuple[Key, int]]]
    """(key, version) of those that a worker has taken in already."""
    submission: Callable[[Incoming[W], int], SubmissionRow]


class NewWord(NamedTuple, Generic[W]):
    """A version that counts from now on, with its number."""

    item: Incoming[W]
    number: int


@dataclass(slots=True)
class _Known(Generic[W]):
    """What is stored of one event."""

    versions: list[tuple[bytes, Authentication]] = field(default_factory=list)
    """(content hash, who vouches for it), in the order in which they became known."""
    waiting: list[StoredVersion] = field(default_factory=list)
    """What the gateway has stored and has no effect yet; looked up where a record hints."""

    def knows(self, item: Incoming[W]) -> bool:
        """Whether the event says nothing new: same bytes, no better vouched for."""
        return any(
            content == item.content_hash and as_good(authentication, item.authentication)
            for content, authentication in self.versions
        )

    def stored_as(self, item: Incoming[W]) -> StoredVersion | None:
        """The stored version that these very bytes are, where it still waits."""
        same = [version for version in self.waiting if version.content_hash == item.content_hash]
        return same[0] if same and item.hinted else None


def take_in_words(
    conn: Connection, accepted: Sequence[Incoming[W]], kind: WordKind[W], rows: BatchRows
) -> list[NewWord[W]]:
    """What is new of a batch, in the order of the log; its submissions go into `rows`."""
    known = _open(conn, accepted, kind)
    new: list[NewWord[W]] = []
    for arrived in accepted:
        file, item = known[arrived.key], arrived
        if version := file.stored_as(arrived):
            # Its bytes are stored already, with who vouches for them; its effect is not.
            file.waiting.remove(version)
            item, number = as_stored(arrived, version), version.revision
        elif file.knows(arrived):
            continue
        else:
            file.versions.append((item.content_hash, item.authentication))
            number = len(file.versions)
            rows.submissions.append(kind.submission(item, number))
        new.append(NewWord(item, number))
    return new


def _open(
    conn: Connection, accepted: Sequence[Incoming[W]], kind: WordKind[W]
) -> Mapping[Key, _Known[W]]:
    """The versions known of each key, locked until the commit (see `reports.open_files`)."""
    known: defaultdict[Key, _Known[W]] = defaultdict(_Known)
    ordered = sorted({item.key for item in accepted})
    if not ordered:
        return known
    claim_placeholders(conn, ordered, kind.key_kind)
    lock_keys(conn, ordered)
    stored = versions_of(conn, ordered)
    for key, versions in stored.items():
        known[key].versions = [(v.content_hash, Authentication(v.authentication)) for v in versions]
    _note_waiting(conn, accepted, kind, stored, known)
    arrived = {item.key: item for item in reversed(accepted) if item.key not in known}
    fill_placeholders(conn, [make_rows.key_row(item, kind.key_kind) for item in arrived.values()])
    return known


def _note_waiting(
    conn: Connection,
    accepted: Sequence[Incoming[W]],
    kind: WordKind[W],
    stored: Mapping[Key, Sequence[StoredVersion]],
    known: Mapping[Key, _Known[W]],
) -> None:
    """Note which stored versions have no effect yet; asks nothing where nothing is hinted."""
    hinted = [item for item in accepted if item.hinted and item.key in stored]
    if not hinted:
        return
    done = kind.taken_in(conn, hinted)
    for key in {item.key for item in hinted}:
        known[key].waiting = [v for v in stored[key] if (key, v.revision) not in done]
