"""Context events: one batch of declarations, notifications and words in one transaction.

    what is known → versions → rows → the context, folded again → the reports it touches, judged
    again → the corridors they touch; and → the movements spoken of, folded again

Place on the data's way: beside `statuses`. Nobody judges reports meanwhile (`contexts`), so that
each is judged with what this batch brings, or was before and is judged again here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from services.store.contexts import context_taken_in
from services.store.engine import Connection
from services.store.rows import AvailabilityRow, BatchRows, ContextEventRow, KeyKind
from services.store.shown import show
from services.store.write import copy_batch
from services.worker import make_rows
from services.worker.contexts import add_alone, refold_contexts
from services.worker.documents import AskRegister
from services.worker.incoming import Incoming, Refused, sift
from services.worker.movements import refold_movements
from services.worker.reassess import Cause, reassess
from services.worker.rejections import write_rejections
from services.worker.vouch import vouch
from services.worker.withheld import empty_withheld
from services.worker.words import WordKind, take_in_words
from services.worker.written import Written
from streams.agreed_names import named_by, names_of, why_unknown
from streams.assess import unknown_mission
from streams.context.heard import Heard, encode_heard
from streams.decode import Refusal
from streams.events import ContextEvent, MovementEvent
from streams.inforce import Register
from streams.keys import Key
from streams.movements.history import ref_of

ContextEvents = Sequence[Incoming[ContextEvent]]


def write_context_events(
    conn: Connection,
    ask_register: AskRegister,
    incoming: ContextEvents,
    refused: Sequence[Refused],
) -> Written:
    """Store a batch, fold the contexts it changes, and judge again what they touch."""
    register = ask_register(conn)()
    accepted, unknown = sift(vouch(register, incoming), partial(_refusal, register))
    all_refused = [*refused, *unknown]
    rows = BatchRows()
    add_alone(conn)
    added: dict[str, datetime] = {}
    known_at: dict[str, datetime] = {}
    said_of: defaultdict[str, set[str]] = defaultdict(set)
    causes: dict[str, Key] = {}
    for item, number in take_in_words(conn, accepted, _KIND, rows):
        mission, event = item.event.mission, item.event
        rows.context_events.append(_event_row(item, number))
        known_at[mission] = max(item.received_at, known_at.get(mission, item.received_at))
        if isinstance(event, MovementEvent):
            said_of[mission].add(ref_of(event))
        else:
            added[mission] = max(item.received_at, added.get(mission, item.received_at))
            causes[mission] = item.key
    write_rejections(conn, all_refused, rows)
    copy_batch(conn, rows)
    empty_withheld(conn, all_refused)
    refold_movements(conn, register, said_of, known_at)
    violated: list[Key] = []
    folded: list[AvailabilityRow] = []
    for mission, spans in refold_contexts(conn, register, added).items():
        cause = Cause(causes[mission], added[mission])
        again = reassess(conn, register, mission, spans, cause)
        violated += again.violated
        folded += again.folded
    show(conn, folded)
    return Written(all_refused, violated)


def _refusal(register: Register, event: ContextEvent) -> Refusal | None:
    if not register.knows(event.mission):
        return unknown_mission(event.mission)
    named = named_by(event)
    if named is None:
        return None
    agreed = (names_of(agreement) for agreement, _ in register.agreements(event.mission))
    return why_unknown(named, agreed)


def _taken_in(conn: Connection, events: ContextEvents) -> set[tuple[Key, int]]:
    return context_taken_in(conn, [item.key for item in events])


_KIND: Final[WordKind[ContextEvent]] = WordKind(
    KeyKind.CONTEXT, _taken_in, make_rows.context_submission
)


def _event_row(item: Incoming[ContextEvent], number: int) -> ContextEventRow:
    event = item.event
    vouched = item.authentication.vouched
    heard = Heard(
        event,
        vouched,
        item.content_hash.hex(),
        item.received_at,
        item.public_key if vouched else None,
    )
    kind = event.__struct_config__.tag
    return ContextEventRow(
        event.mission,
        item.key,
        number,
        item.received_at,
        str(kind),
        encode_heard(heard),
        ref_of(event) if isinstance(event, MovementEvent) else None,
    )
