"""Standing: how measures, truces, phases and exchanges stand then, and what was said in vain.

    generations → the version in force then → each at the instant → rows

Place on the data's way: store → **rows** → `truceline measures`, `truces`, `phases`, `exchanges`,
`unheeded`. What only time changes (overdue, lapsed) is found here, when it is asked: no row says
it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from services.drafts import versions
from services.store.contexts import Generation, known_states
from services.store.engine import Connection
from services.store.movements import known_unheeded
from streams.context.exchanges import (
    Discrepancy,
    ExchangeHistory,
    ExchangePhase,
    exchange_at,
)
from streams.context.fold import MissionState
from streams.context.measures import MeasureState, measure_at
from streams.context.truces import TruceState, truce_at
from streams.vocabulary import ExchangeCategory, ExchangeStep, Purpose


class Asked(NamedTuple):
    """About which missions, at which instant, by what was known when."""

    mission: str | None
    at: datetime
    known_at: datetime


class MeasureRow(Struct, frozen=True):
    """A measure."""

    mission: str
    measure: str
    name: str
    clause: str
    party: str
    state: MeasureState
    overdue: bool
    due: datetime | None
    amount: int | None
    claimed: int | None
    verified: int | None
    unit: str | None
    evidence: str | None
    draft: bool
    """The version that says so is not signed by all parties, by what is known."""


class TruceRow(Struct, frozen=True):
    """A local truce."""

    mission: str
    truce: str
    purpose: Purpose
    state: TruceState
    holds: bool
    since: datetime
    ends_at: datetime | None
    zones: tuple[str, ...]
    corridors: tuple[str, ...]
    guarantors: tuple[str, ...]
    text: str | None
    draft: bool
    """The version that says so is not signed by all parties, by what is known."""


class PhaseRow(Struct, frozen=True):
    """A phase."""

    mission: str
    phase: str
    name: str
    begun: bool
    at_begin: datetime | None
    """When it began or will begin, by what is known."""
    waits_for: tuple[str, ...]
    """Measures that gate it and are not verified."""
    draft: bool
    """The version that says so is not signed by all parties, by what is known."""


class ExchangeRow(Struct, frozen=True):
    """One step of one side's list in an exchange, by all who count."""

    mission: str
    exchange: int
    name: str
    clause: str
    phase: ExchangePhase
    """Where the instant lies, seen from the window."""
    begins_at: datetime | None
    """None: on days of a phase that has not begun; so `ends_at`."""
    ends_at: datetime | None
    points: tuple[str, ...]
    truce: str
    truce_holds: bool
    handed_over_by: str
    received_by: str
    category: ExchangeCategory
    step: ExchangeStep
    agreed: int | None
    giver_says: tuple[int, ...]
    """Empty: nothing. Several: its words differ."""
    receiver_says: tuple[int, ...]
    mission_says: tuple[int, ...]
    discrepancies: tuple[Discrepancy, ...]
    draft: bool
    """The version that says so is not signed by all parties, by what is known."""


class UnheededRow(Struct, frozen=True):
    """A context event without effect."""

    mission: str
    event: str
    """``source/id``."""
    reason: str
    draft: bool
    """The version that says so is not signed by all parties, by what is known."""


def measures(conn: Connection, asked: Asked) -> list[MeasureRow]:
    """Every measure; the first due comes first, those without deadline last."""
    rows = [
        MeasureRow(
            mission,
            one.id,
            one.name,
            one.clause,
            one.party,
            now.state,
            now.overdue,
            one.due,
            one.amount,
            now.claimed,
            now.verified,
            one.unit,
            one.evidence,
            draft,
        )
        for mission, state, draft in _states(conn, asked)
        for one in state.measures
        for now in [measure_at(one, asked.at)]
    ]
    return sorted(rows, key=lambda row: (row.due is None, row.due or asked.at, row.mission))


def truces(conn: Connection, asked: Asked) -> list[TruceRow]:
    """Every truce of which anything was said by then."""
    return [
        TruceRow(
            mission,
            one.id,
            one.purpose,
            now.state,
            now.holds,
            now.since,
            now.ends_at,
            one.zones,
            one.corridors,
            one.guarantors,
            one.text,
            draft,
        )
        for mission, state, draft in _states(conn, asked)
        for one in state.truces
        if (now := truce_at(one, asked.at)) is not None
    ]


def phases(conn: Connection, asked: Asked) -> list[PhaseRow]:
    """Every phase, begun or not."""
    return [
        PhaseRow(
            mission,
            one.id,
            one.name,
            one.at is not None and one.at <= asked.at,
            one.at,
            _unverified(state, one.gated_by, asked.at),
            draft,
        )
        for mission, state, draft in _states(conn, asked)
        for one in state.phases
    ]


def exchanges(
    conn: Connection, asked: Asked, sees: Callable[[ExchangeHistory], bool] = lambda _: True
) -> list[ExchangeRow]:
    """Every step of every exchange that the asker sees."""
    return [
        row
        for read in _states(conn, asked)
        for one in read.state.exchanges
        if sees(one)
        for row in _rows_of(read, one, asked.at)
    ]


def _rows_of(read: _Read, one: ExchangeHistory, at: datetime) -> Iterator[ExchangeRow]:
    now, holds = exchange_at(one, at), _holds(read.state, one.truce, at)
    for tally in now.tallies:
        yield ExchangeRow(
            mission=read.mission,
            exchange=one.id,
            name=one.name,
            clause=one.clause,
            phase=now.phase,
            begins_at=one.begins_at,
            ends_at=one.ends_at,
            points=one.points,
            truce=one.truce,
            truce_holds=holds,
            handed_over_by=tally.handed_over_by,
            received_by=tally.received_by,
            category=tally.category,
            step=tally.step,
            agreed=tally.agreed,
            giver_says=tally.giver_says,
            receiver_says=tally.receiver_says,
            mission_says=tally.mission_says,
            discrepancies=tally.discrepancies,
            draft=read.draft,
        )


def _holds(state: MissionState, truce: str, at: datetime) -> bool:
    found = (truce_at(one, at) for one in state.truces if one.id == truce)
    return any(now is not None and now.holds for now in found)


def unheeded(conn: Connection, asked: Asked) -> list[UnheededRow]:
    """Every context event without effect; of movements those that the connection's scope shows."""
    return [
        *(
            UnheededRow(mission, one.ref, one.reason.value, draft)
            for mission, state, draft in _states(conn, asked)
            for one in state.unheeded
        ),
        *unheeded_of_movements(conn, asked),
    ]


def unheeded_of_movements(conn: Connection, asked: Asked) -> list[UnheededRow]:
    """Every event about a movement without effect that the connection's scope shows."""
    drafts = {one.address: one.draft for one in versions_in_force(conn, asked)}
    return [
        UnheededRow(one.mission, one.event, one.reason, drafts[one.agreement])
        for one in known_unheeded(conn, asked.mission, asked.known_at)
        if one.reason is not None and one.agreement in drafts
    ]


def _unverified(state: MissionState, gates: tuple[str, ...], at: datetime) -> tuple[str, ...]:
    verified = {
        one.id for one in state.measures if measure_at(one, at).state is MeasureState.VERIFIED
    }
    return tuple(gate for gate in gates if gate not in verified)


class _Read(NamedTuple):
    """A mission's context as the version in force reads it, and whether that one is a draft."""

    mission: str
    state: MissionState
    draft: bool


class InForce(NamedTuple):
    """The agreement version that is in force at an instant, and whether it is a draft."""

    mission: str
    address: bytes
    draft: bool


def versions_in_force(conn: Connection, asked: Asked) -> Iterator[InForce]:
    """Of each agreement the version in force at the instant; outside of all, the newest."""
    loaded = versions(conn, asked.mission, asked.known_at)
    by_id: defaultdict[tuple[str, str], list[bytes]] = defaultdict(list)
    for address, (agreement, _) in loaded.items():
        by_id[agreement.mission, agreement.id].append(address)
    for mission, name in sorted(by_id):
        known = sorted(by_id[mission, name], key=lambda it: -loaded[it].agreement.version)
        in_force = [it for it in known if loaded[it].agreement.valid.touches(asked.at, asked.at)]
        address = (in_force or known)[0]
        yield InForce(mission, address, bool(loaded[address].missing))


def _states(conn: Connection, asked: Asked) -> Iterator[_Read]:
    """Each mission's context as the agreement version reads it that is in force at the instant."""
    read: dict[bytes, Generation] = {
        one.agreement: one for one in known_states(conn, asked.mission, asked.known_at)
    }
    for mission, address, draft in versions_in_force(conn, asked):
        if address in read:
            yield _Read(mission, read[address].state, draft)
