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
from itertools import chain
from operator import itemgetter
from typing import Final, NamedTuple

from msgspec import Struct

from services.standing import Asked, versions_in_force
from services.store.engine import Connection
from services.store.movements import StoredMovement, known_movements
from streams.events import PeopleCount, VehicleCount
from streams.movements.history import MovementHistory, MovementWord
from streams.movements.outcomes import Ended, Period, Tally, tally
from streams.movements.outline import NoticeOutline, notice_at
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


class Wanted(NamedTuple):
    """Which movements of a list."""

    kind: MovementKind | None = None
    since: datetime | None = None
    """Whose window ends after this."""
    until: datetime | None = None
    """And begins before this."""
    after: AfterMovement | None = None
    """And whose place is after this one."""

    def holds(self, place: AfterMovement, notice: NoticeOutline) -> bool:
        """Whether it is one of them."""
        return (
            self.kind in {None, notice.kind}
            and (self.since is None or self.since < notice.ends_at)
            and (self.until is None or notice.begins_at < self.until)
            and (self.after is None or place > self.after)
        )


EVERY_ONE: Final = Wanted()


def movements(conn: Connection, asked: Asked, wanted: Wanted = EVERY_ONE) -> Iterator[MovementTold]:
    """The movements that were notified by then; the first to begin comes first.

    What nobody takes is not told: a page costs no more than its own movements and the places of
    the others.
    """
    listed: list[tuple[AfterMovement, StoredMovement, bool]] = []
    for stored, draft in _stored(conn, asked):
        outline = stored.outline
        notice = notice_at(outline.notices, asked.at) if outline else None
        if outline is None or notice is None:
            continue
        place = AfterMovement(notice.begins_at, outline.organiser, outline.movement, stored.mission)
        if wanted.holds(place, notice):
            listed.append((place, stored, draft))
    listed.sort(key=itemgetter(0))
    return (
        _told(read, now)
        for _, stored, draft in listed
        for read, now in _as_it_stands(stored, asked.at, draft=draft)
    )


def movement(conn: Connection, asked: Asked, movement_id: str) -> list[MovementDetail]:
    """The movements of this id, which may be several organisers'."""
    return [
        MovementDetail(
            movement=_told(read, now),
            words=tuple(word for word in read.history.words if word.at <= asked.at),
        )
        for stored, draft in _stored(conn, asked, movement_id)
        for read, now in _as_it_stands(stored, asked.at, draft=draft)
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
    told = (_as_it_stands(stored, asked.at, draft=draft) for stored, draft in _stored(conn, asked))
    for read, now in chain.from_iterable(told):
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


def _stored(
    conn: Connection, asked: Asked, movement_id: str | None = None
) -> Iterator[tuple[StoredMovement, bool]]:
    """Each movement by the agreement version that is in force at the instant; is that a draft?"""
    drafts = {one.address: one.draft for one in versions_in_force(conn, asked)}
    known = known_movements(
        conn, asked.mission, asked.known_at, agreements=drafts.keys(), movement_id=movement_id
    )
    return ((one, drafts[one.agreement]) for one in known)


def _as_it_stands(
    stored: StoredMovement, at: datetime, *, draft: bool
) -> Iterator[tuple[_Read, MovementNow]]:
    """Nothing of one that was not notified by then."""
    history = stored.history
    now = movement_at(history, at) if history else None
    if history is not None and now is not None:
        yield _Read(stored.mission, history, draft), now


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
