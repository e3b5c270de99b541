"""Movements: how each stands then, by what was known when, and how they ended.

    stored movements → as the version in force then reads them → each at the instant → rows

Place on the data's way: store → **rows** → `truceline corridor movements`, GET /v1/movements. Of
which movements, the connection's scope decides (`services.store.scope`): the gateway's asker counts
and is shown those that PostgreSQL lets by, and no figure holds another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from services.standing import Asked, versions_in_force
from services.store.engine import Connection
from services.store.movements import known_movements
from streams.events import PeopleCount, VehicleCount
from streams.movements.history import MovementHistory, MovementWord
from streams.movements.outcomes import Ended, Period, Tally, tally
from streams.movements.standing import (
    MovementNow,
    MovementPhase,
    PartyAnswer,
    movement_at,
)
from streams.vocabulary import MovementKind, MovementOutcome, MovementReason


class AfterMovement(NamedTuple):
    """A movement's place in the order in which they are listed."""

    begins_at: datetime
    organiser: str
    movement: str
    mission: str


class MovementTold(Struct, frozen=True, kw_only=True):
    """A movement."""

    mission: str
    organiser: str
    movement: str
    kind: MovementKind
    phase: MovementPhase
    begins_at: datetime
    ends_at: datetime
    zones: tuple[str, ...]
    corridors: tuple[str, ...]
    answers: tuple[PartyAnswer, ...]
    """Of each party that was addressed."""
    notified_at: datetime
    notice_hours: float
    """How long beforehand it was notified; below zero: afterwards."""
    notice_due_hours: float | None
    """How long is agreed; None: nothing is."""
    late_notice: bool | None
    people: tuple[PeopleCount, ...]
    vehicles: tuple[VehicleCount, ...]
    tonnes: int | None
    departed_at: datetime | None
    last_heard_at: datetime | None
    waypoint: int | None
    waypoints: int
    check_in_overdue_since: datetime | None
    ended_at: datetime | None
    outcome: MovementOutcome | None
    """None: it has not ended, or those who say how it did differ."""
    outcomes: tuple[MovementOutcome, ...]
    delay_min: int | None
    reason: MovementReason | None
    draft: bool
    """The version that says so is not signed by all parties, by what is known."""

    @property
    def after(self) -> AfterMovement:
        """Its place; ask with this for the page that follows."""
        return AfterMovement(self.begins_at, self.organiser, self.movement, self.mission)


class MovementDetail(Struct, frozen=True, kw_only=True):
    """A movement with every word that counts."""

    movement: MovementTold
    words: tuple[MovementWord, ...]


class OutcomeRow(Struct, frozen=True, kw_only=True):
    """How the movements of one party, period and kind ended."""

    mission: str
    party: str
    period: str
    kind: MovementKind
    notified: int
    """All that began in the period: what the shares below are of."""
    ended: int
    outcomes: dict[MovementOutcome, int]
    """Of those that ended, how many ended so."""
    differing: int
    """Of which those who say how they ended differ."""
    not_ended: int
    """Of which nobody has said how they ended."""
    facilitated_share: float | None
    """Of those that ended, and of which nobody differs; None: there are none."""
    delayed: int
    """With minutes of delay counted."""
    delay_min: int
    """The sum of these minutes."""
    late_notice: int
    notice_known: int
    """Of a kind of which a notice is agreed: what `late_notice` is of."""
    acknowledged: int
    """By this party."""
    objected: int


def movements(conn: Connection, asked: Asked) -> list[MovementTold]:
    """Every movement that was notified by then; the first to begin comes first."""
    rows = [_told(read, now) for read, now in _read(conn, asked)]
    return sorted(rows, key=lambda row: row.after)


def movement(conn: Connection, asked: Asked, movement_id: str) -> list[MovementDetail]:
    """The movements of this id, which may be several organisers'."""
    return [
        MovementDetail(
            movement=_told(read, now),
            words=tuple(word for word in read.history.words if word.at <= asked.at),
        )
        for read, now in _read(conn, asked)
        if read.history.movement == movement_id
    ]


def outcomes(
    conn: Connection,
    asked: Asked,
    period: Period,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[OutcomeRow]:
    """How movements ended, by party, period and kind, among those that the asker sees.

    Of those whose window begins in [since, until): each counts in one period.
    """
    counted: defaultdict[str, list[Ended]] = defaultdict(list)
    for read, now in _read(conn, asked):
        begins_at = now.notice.begins_at
        if (since and begins_at < since) or (until and until <= begins_at):
            continue
        counted[read.mission] += [Ended.of(now, party) for party in now.notice.addressed]
    return [
        _outcome_row(mission, one)
        for mission in sorted(counted)
        for one in tally(counted[mission], period)
    ]


class _Read(NamedTuple):
    mission: str
    history: MovementHistory
    draft: bool


def _read(conn: Connection, asked: Asked) -> Iterator[tuple[_Read, MovementNow]]:
    """Each movement as the agreement version reads it that is in force at the instant."""
    stored = known_movements(conn, asked.mission, asked.known_at)
    in_force = {one.address: one for one in versions_in_force(conn, asked)}
    for one in stored:
        by = in_force.get(one.agreement)
        history = one.history if by is not None else None
        if by is None or history is None:
            continue
        now = movement_at(history, asked.at)
        if now is not None:
            yield _Read(one.mission, history, by.draft), now


def _told(read: _Read, now: MovementNow) -> MovementTold:
    notice = now.notice
    return MovementTold(
        mission=read.mission,
        organiser=read.history.organiser,
        movement=read.history.movement,
        kind=notice.kind,
        phase=now.phase,
        begins_at=notice.begins_at,
        ends_at=notice.ends_at,
        zones=notice.zones,
        corridors=notice.corridors,
        answers=now.answers,
        notified_at=notice.at,
        notice_hours=round(notice.given.total_seconds() / 3600, 2),
        notice_due_hours=notice.due_hours,
        late_notice=notice.is_late,
        people=notice.people,
        vehicles=notice.vehicles,
        tonnes=notice.tonnes,
        departed_at=now.departed_at,
        last_heard_at=now.last_heard_at,
        waypoint=now.waypoint,
        waypoints=notice.waypoints,
        check_in_overdue_since=now.overdue_since,
        ended_at=now.ended_at,
        outcome=now.outcome,
        outcomes=now.outcomes,
        delay_min=now.delay_min,
        reason=now.reason,
        draft=read.draft,
    )


def _outcome_row(mission: str, one: Tally) -> OutcomeRow:
    return OutcomeRow(
        mission=mission,
        party=one.party,
        period=one.period,
        kind=one.kind,
        notified=one.notified,
        ended=one.ended,
        outcomes=one.outcomes,
        differing=one.differing,
        not_ended=one.not_ended,
        facilitated_share=one.facilitated_share,
        delayed=one.delayed,
        delay_min=one.delay_min,
        late_notice=one.late_notice,
        notice_known=one.notice_known,
        acknowledged=one.acknowledged,
        objected=one.objected,
    )
