"""Statuses: one batch of corridor statuses in one transaction.

    what is known → versions → rows → the corridors they speak of, folded again

Place on the data's way: beside `reports`. A status is not judged, it is a word; what it is worth is
the fold's business. Every version under one id is kept and counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from services.store.engine import Connection
from services.store.known import claim_placeholders, fill_placeholders, lock_keys, versions_of
from services.store.rows import BatchRows, CorridorEventKind, CorridorEventRow, KeyKind
from services.store.write import copy_batch
from services.worker import make_rows
from services.worker.casebook import as_good
from services.worker.incoming import Incoming, Refused, sift
from services.worker.refold import CorridorChange, refold
from services.worker.rejections import write_rejections
from streams.assess import unknown_mission
from streams.corridors.events import StatusEvent, encode_event
from streams.decode import Reason, Refusal
from streams.events import CorridorStatus
from streams.inforce import Register
from streams.keys import Key
from streams.vocabulary import Authentication

Statuses = Sequence[Incoming[CorridorStatus]]
Known = tuple[bytes, Authentication]


def write_statuses(
    conn: Connection, register: Register, incoming: Statuses, refused: Sequence[Refused]
) -> list[Refused]:
    """Store a batch and fold its corridors; returns every refused event of it."""
    accepted, unknown = sift(incoming, partial(_refusal, register))
    all_refused = [*refused, *unknown]
    rows = BatchRows()
    changes = _take_in(conn, accepted, rows)
    write_rejections(conn, all_refused, rows)
    copy_batch(conn, rows)
    refold(conn, register, changes)
    return all_refused


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
    for item in accepted:
        versions = known[item.key]
        if any(c == item.content_hash and as_good(a, item.authentication) for c, a in versions):
            continue
        versions.append((item.content_hash, item.authentication))
        rows.submissions.append(make_rows.status_submission(item, len(versions)))
        rows.corridor_events.append(_event_row(item, len(versions)))
        changes[CorridorChange(item.event.mission, item.event.corridor)] = item.received_at
    return changes


def _open(conn: Connection, accepted: Statuses) -> defaultdict[Key, list[Known]]:
    """The versions known of each key, locked until the commit (see `reports._open_files`)."""
    known: defaultdict[Key, list[Known]] = defaultdict(list)
    ordered = sorted({item.key for item in accepted})
    if not ordered:
        return known
    claim_placeholders(conn, ordered, KeyKind.CORRIDOR_STATUS)
    lock_keys(conn, ordered)
    for key, stored in versions_of(conn, ordered).items():
        known[key] = [(v.content_hash, Authentication(v.authentication)) for v in stored]
    arrived = {item.key: item for item in reversed(accepted) if item.key not in known}
    fill_placeholders(
        conn, [make_rows.key_row(item, KeyKind.CORRIDOR_STATUS) for item in arrived.values()]
    )
    return known


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
