"""Contexts: what is known beside reports, for judging them, and written anew when it changes.

    declared → events of the mission → fold, by each agreement version → generation → who is touched

Place on the data's way: a batch of reports reads what is known here at its beginning; whoever adds
to it has it alone. So a report is judged either with a declaration, or before it and then once
more because of it: late context ends in the rows of timely context.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from services.store.contexts import (
    ask_newest_generations,
    heard_by,
    newest_generations,
    state_of,
)
from services.store.engine import Connection
from services.store.rows import ContextGenerationRow
from services.store.write import copy_rows
from streams.assess import NOTHING_DECLARED, Known
from streams.context.facts import NOTHING_KNOWN, MissionContext
from streams.context.fold import MissionState, encode_state, fold
from streams.context.touching import Span, Touching, changed_spans
from streams.inforce import Register

CONTEXT_LOCK = 0x7472_7563_6374_7874
"""Advisory lock: shared by the transactions that judge, held alone by the one that adds."""

AddedBy = Mapping[str, datetime]
"""Mission → when what was added to its context became known."""


class Contexts:
    """Keeps what is known until there is a newer generation; of one lane."""

    def __init__(self) -> None:
        self._register: Register | None = None
        self._agreements: list[tuple[bytes, str]] = []
        self._generations: dict[bytes, int] = {}
        self._known: Known = NOTHING_DECLARED

    def known(self, conn: Connection, register: Register) -> Known:
        """What is known now, to a transaction that holds contexts as they are."""
        return self.ask(conn)(register)

    def ask(self, conn: Connection) -> Callable[[Register], Known]:
        """Ask likewise; answered for the register that turns out to be in force.

        Only where that has other agreements than the one before is there something left to ask.
        """
        asked = self._agreements
        newest_asked = ask_newest_generations(conn, asked)

        def known(register: Register) -> Known:
            if register is not self._register:
                self._agreements = _named(register)
                self._register = register
            is_asked = self._agreements == asked
            newest = newest_asked() if is_asked else newest_generations(conn, self._agreements)
            if newest != self._generations:
                self._known = _load(conn, self._agreements, newest)
                self._generations = newest
            return self._known

        return known


def _named(register: Register) -> list[tuple[bytes, str]]:
    """The agreements of a register: digest and mission."""
    return [
        (bytes.fromhex(register.addresses.of(agreement)), mission)
        for mission in register.missions
        for agreement, _ in register.agreements(mission)
    ]


def hold_contexts(conn: Connection) -> None:
    """Let nothing be added to any context until this transaction ends."""
    conn.execute("SELECT pg_advisory_xact_lock_shared(%s)", [CONTEXT_LOCK])


def add_alone(conn: Connection) -> None:
    """Wait until nobody judges by what is known now, and keep it so until the commit."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", [CONTEXT_LOCK])


def refold_contexts(conn: Connection, register: Register, added: AddedBy) -> dict[str, list[Span]]:
    """Fold the contexts of these missions again; when each differs from what it was.

    Args:
        conn: a transaction that has the contexts alone.
        register: the documents loaded.
        added: the missions, with when what is new became known.
    """
    changed: dict[str, list[Span]] = {}
    for mission in sorted(added):
        spans = _refold_one(conn, register, mission, added[mission])
        if spans:
            changed[mission] = spans
    return changed


def _refold_one(
    conn: Connection, register: Register, mission: str, known_at: datetime
) -> list[Span]:
    heard = heard_by(conn, mission)
    spans: list[Span] = []
    for agreement, methodology in register.agreements(mission):
        digest = bytes.fromhex(register.addresses.of(agreement))
        state = fold(agreement, methodology, heard)
        number = newest_generations(conn, [(digest, mission)]).get(digest, 0)
        before = state_of(conn, mission, digest, number) if number else None
        if state == before or (before is None and _says_nothing(state)):
            continue
        row = ContextGenerationRow(
            mission,
            digest,
            number + 1,
            known_at,
            bytes.fromhex(state.events_digest),
            encode_state(state),
        )
        copy_rows(conn, "context_generations", [row])
        spans += changed_spans(before.context if before else NOTHING_KNOWN, state.context)
    return spans


def _says_nothing(state: MissionState) -> bool:
    """Nobody has said anything, and the agreement has no phases, measures or exchanges."""
    parts = (state.phases, state.measures, state.truces, state.exchanges, state.unheeded)
    return not any(parts) and state.context == NOTHING_KNOWN


def _load(
    conn: Connection, agreements: list[tuple[bytes, str]], newest: Mapping[bytes, int]
) -> Known:
    """Of each agreement version what touches a report at all."""
    contexts: dict[str, MissionContext] = {
        digest.hex(): state_of(conn, mission, digest, newest[digest]).context
        for digest, mission in agreements
        if digest in newest
    }
    return {
        agreement: Touching(context)
        for agreement, context in contexts.items()
        if context != NOTHING_KNOWN
    }
