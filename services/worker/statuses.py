"""Statuses: one batch of corridor statuses in one transaction.

    what is known → versions → rows → the corridors they speak of, folded again

Place on the data's way: beside `reports`. A status is not judged, it is a word; what it is worth is
the fold's business. Every version under one id is kept and counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from services.store.engine import Connection
from services.store.known import (
    StoredVersion,
    claim_placeholders,
    fill_placeholders,
    lock_keys,
    statuses_taken_in,
    versions_of,
)
from services.store.rows import BatchRows, CorridorEventKind, CorridorEventRow, KeyKind
from services.store.write import copy_batch
from services.worker import make_rows
from services.worker.casebook import as_good
from services.worker.documents import AskRegister
from services.worker.incoming import Incoming, Refused, sift
from services.worker.refold import CorridorChange, refold
from services.worker.rejections import write_rejections
from services.worker.stored import as_stored
from services.worker.written import Written
from streams.assess import unknown_mission
from streams.corridors.events import StatusEvent, encode_event
from streams.decode import Reason, Refusal
from streams.events import CorridorStatus
from streams.inforce import Register
from streams.keys import Key
from streams.vocabulary import Authentication

Statuses = Sequence[Incoming[CorridorStatus]]


@dataclass(slots=True)
class Known:
    """What is stored of one status."""

    versions: list[tuple[bytes, Authentication]] = field(default_factory=list)
    """(content hash, who vouches for it), in the order in which they became known."""
    waiting: list[StoredVersion] = field(default_factory=list)
    """What the gateway has stored and bears on no corridor yet; looked up where a record hints."""

    def knows(self, item: Incoming[CorridorStatus]) -> bool:
        """Whether the event says nothing new: same bytes, no better vouched for."""
        return any(
            content == item.content_hash and as_good(authentication, item.authentication)
            for content, authentication in self.versions
        )

    def stored_as(self, item: Incoming[CorridorStatus]) -> StoredVersion | None:
        """The stored version that these very bytes are, where it still waits."""
        same = [version for version in self.waiting if version.content_hash == item.content_hash]
        return same[0] if same and item.hinted else None


def write_statuses(
    conn: Connection,
    ask_register: AskRegister,
    incoming: Statuses,
    refused: Sequence[Refused],
) -> Written:
    """Store a batch and fold its corridors."""
    register = ask_register(conn)()
    accepted, unknown = sift(incoming, partial(_refusal, register))
    all_refused = [*refused, *unknown]
    rows = BatchRows()
    changes = _take_in(conn, accepted, rows)
    write_rejections(conn, all_refused, rows)
    copy_batch(conn, rows)
    refold(conn, register, changes)
    return Written(all_refused)


def _refusal(register: Register, status: CorridorStatus) -> Refusal | None:
    if not register.knows(status.mission):
        return unknown_mission(status.mission)
    if status.corridor not in register.corridors(status.mission):
        return Refusal(
            Reason.UNKNOWN_CORRIDOR,
            f"no agreement of mission {status.mission!r} names corridor {status.corridor!r}",
        )
    return None


def _take_in(
    conn: Connection, accepted: Statuses, rows: BatchRows
) -> dict[CorridorChange, datetime]:
    """Rows for every version that is new, in the order of the log; which corridors they bear on."""
    known = _open(conn, accepted)
    changes: dict[CorridorChange, datetime] = {}
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
            rows.submissions.append(make_rows.status_submission(item, number))
        rows.corridor_events.append(_event_row(item, number))
        changes[CorridorChange(item.event.mission, item.event.corridor)] = item.received_at
    return changes


def _open(conn: Connection, accepted: Statuses) -> defaultdict[Key, Known]:
    """The versions known of each key, locked until the commit (see `reports._open_files`)."""
    known: defaultdict[Key, Known] = defaultdict(Known)
    ordered = sorted({item.key for item in accepted})
    if not ordered:
        return known
    claim_placeholders(conn, ordered, KeyKind.CORRIDOR_STATUS)
    lock_keys(conn, ordered)
    stored = versions_of(conn, ordered)
    for key, versions in stored.items():
        known[key].versions = [(v.content_hash, Authentication(v.authentication)) for v in versions]
    _note_waiting(conn, accepted, stored, known)
    arrived = {item.key: item for item in reversed(accepted) if item.key not in known}
    fill_placeholders(
        conn, [make_rows.key_row(item, KeyKind.CORRIDOR_STATUS) for item in arrived.values()]
    )
    return known


def _note_waiting(
    conn: Connection,
    accepted: Statuses,
    stored: Mapping[Key, Sequence[StoredVersion]],
    known: Mapping[Key, Known],
) -> None:
    """Note which stored versions bear on no corridor yet; asks nothing where nothing is hinted."""
    hinted = [item for item in accepted if item.hinted and item.key in stored]
    if not hinted:
        return
    asked = [(item.event.mission, item.event.corridor, item.key) for item in hinted]
    done = statuses_taken_in(conn, asked)
    for key in {item.key for item in hinted}:
        known[key].waiting = [v for v in stored[key] if (key, v.revision) not in done]


def _event_row(item: Incoming[CorridorStatus], number: int) -> CorridorEventRow:
    event = StatusEvent(
        status=item.event,
        received_at=item.received_at,
        vouched=item.authentication.vouched,
        content_hash=item.content_hash.hex(),
    )
    return CorridorEventRow(
        item.event.mission,
        item.event.corridor,
        item.key,
        number,
        item.received_at,
        CorridorEventKind.STATUS,
        encode_event(event),
    )
