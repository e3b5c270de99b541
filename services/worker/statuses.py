"""Statuses: one batch of corridor statuses in one transaction.

    what is known → versions → rows → the corridors they speak of, folded again

Place on the data's way: beside `reports`. A status is not judged, it is a word; what it is worth is
the fold's business. Every version under one id is kept and counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from services.store.engine import Connection
from services.store.known import statuses_taken_in
from services.store.rows import BatchRows, CorridorEventKind, CorridorEventRow, KeyKind
from services.store.shown import show
from services.store.write import copy_batch
from services.worker import make_rows
from services.worker.documents import AskRegister
from services.worker.incoming import Incoming, Refused, sift
from services.worker.refold import CorridorChange, refold
from services.worker.rejections import write_rejections
from services.worker.vouch import vouch
from services.worker.words import WordKind, take_in_words
from services.worker.written import Written
from streams.assess import unknown_mission
from streams.corridors.events import StatusEvent, encode_event
from streams.decode import Reason, Refusal
from streams.events import CorridorStatus
from streams.inforce import Register
from streams.keys import Key

Statuses = Sequence[Incoming[CorridorStatus]]


def write_statuses(
    conn: Connection,
    ask_register: AskRegister,
    incoming: Statuses,
    refused: Sequence[Refused],
) -> Written:
    """Store a batch and fold its corridors."""
    register = ask_register(conn)()
    accepted, unknown = sift(vouch(register, incoming), partial(_refusal, register))
    all_refused = [*refused, *unknown]
    rows = BatchRows()
    changes: dict[CorridorChange, datetime] = {}
    for item, number in take_in_words(conn, accepted, _KIND, rows):
        rows.corridor_events.append(_event_row(item, number))
        changes[CorridorChange(item.event.mission, item.event.corridor)] = item.received_at
    write_rejections(conn, all_refused, rows)
    copy_batch(conn, rows)
    show(conn, refold(conn, register, changes))
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


def _taken_in(conn: Connection, statuses: Statuses) -> set[tuple[Key, int]]:
    asked = [(item.event.mission, item.event.corridor, item.key) for item in statuses]
    return statuses_taken_in(conn, asked)


_KIND: Final[WordKind[CorridorStatus]] = WordKind(
    KeyKind.CORRIDOR_STATUS, _taken_in, make_rows.status_submission
)


def _event_row(item: Incoming[CorridorStatus], number: int) -> CorridorEventRow:
    event = StatusEvent(
        status=item.event,
        received_at=item.received_at,
        vouched=item.authentication.vouched,
        content_hash=item.content_hash.hex(),
        public_key=item.public_key if item.authentication.vouched else None,
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
