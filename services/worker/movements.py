"""Movements: those that a batch speaks of, folded again under every agreement version.

    events of each movement → history, readers, unheeded → rows where any of it changed

Place on the data's way: beside `contexts`, in the same transaction. One movement is folded at a
time: what is said of it touches no report and no other movement.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain

from services.store.engine import Connection
from services.store.movements import (
    StoredMovement,
    heard_of,
    known_movements,
    known_unheeded,
    newest_movements,
)
from services.store.rows import MovementRow, UnheededMovementRow
from services.store.write import copy_rows
from streams.agreement import Agreement
from streams.context.heard import Heard
from streams.inforce import Register
from streams.methodology import Methodology
from streams.movements.history import MovementState, encode_history, tell_movement

SaidOf = Mapping[str, Collection[str]]
"""Mission → the movements that something new was said of, as ``organiser/movement``."""


def refold_movements(
    conn: Connection, register: Register, said_of: SaidOf, known_at: Mapping[str, datetime]
) -> None:
    """Fold these movements again; rows for those that differ from what they were.

    Args:
        conn: a transaction that has the contexts alone.
        register: the documents loaded.
        said_of: the movements.
        known_at: when what is new of a mission became known.
    """
    for mission in sorted(said_of):
        if not said_of[mission]:
            continue
        heard = heard_of(conn, mission, said_of[mission])
        for agreement, methodology in register.agreements(mission):
            address = bytes.fromhex(register.addresses.of(agreement))
            _refold(conn, (agreement, methodology), address, heard, known_at[mission])


def _refold(
    conn: Connection,
    by: tuple[Agreement, Methodology],
    address: bytes,
    heard: Mapping[str, Sequence[Heard]],
    known_at: datetime,
) -> None:
    mission = by[0].mission
    states = {movement: tell_movement(*by, events) for movement, events in heard.items()}
    number = newest_movements(conn, [(address, mission)]).get(address, 0) + 1
    before = known_movements(conn, mission, agreements=[address], movements=heard.keys())
    known = {one.movement: one for one in before}
    changed = [
        MovementRow(
            mission,
            address,
            number,
            movement,
            known_at,
            list(state.readers),
            bytes.fromhex(state.events_digest),
            _body(state),
        )
        for movement, state in states.items()
        if _differs(known.get(movement), state)
    ]
    copy_rows(conn, "movement_generations", changed)
    _write_unheeded(conn, (mission, address), (states, heard), known_at)


def _write_unheeded(
    conn: Connection,
    of: tuple[str, bytes],
    told: tuple[Mapping[str, MovementState], Mapping[str, Sequence[Heard]]],
    known_at: datetime,
) -> None:
    """A row for each event whose reason is another than it was; none: it has an effect now."""
    mission, address = of
    states, heard = told
    now = {one.ref: one.reason.value for state in states.values() for one in state.unheeded}
    refs = {item.ref for item in chain.from_iterable(heard.values())}
    stored = known_unheeded(conn, mission, agreement=address, events=refs)
    before = {one.event: (one.generation, one.reason) for one in stored}
    rows: list[UnheededMovementRow] = []
    for ref in sorted(refs):
        generation, reason = before.get(ref, (0, None))
        if now.get(ref) != reason:
            source = ref.partition("/")[0]
            rows.append(
                UnheededMovementRow(
                    mission, address, generation + 1, source, ref, known_at, now.get(ref)
                )
            )
    copy_rows(conn, "unheeded_movements", rows)


def _body(state: MovementState) -> bytes | None:
    return None if state.history is None else encode_history(state.history)


def _differs(before: StoredMovement | None, state: MovementState) -> bool:
    """Of a movement that nobody notified there is nothing to tell, until there was."""
    if before is None:
        return state.history is not None
    return (before.readers, before.body) != (list(state.readers), _body(state))
