"""Standing: how a movement stands at an instant, by what is known of it.

Place on the data's way: history → **how it stands** → rows, due instants. That a check-in is
overdue needs no event: it is computed when it is read. An acknowledgement is of what was notified
then: notified anew, the movement is acknowledged anew; an objection stands until it is taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from msgspec import Struct

from streams.movements.history import MovementHistory, MovementWord, Notice
from streams.movements.outline import notice_at
from streams.vocabulary import Acknowledgement, MovementOutcome, MovementReason, Word

T = TypeVar("T")

_SIGNS: Final = frozenset({"departed", "waypoint_passed", "checked_in"})
"""By which it is heard of while it is on its way."""


class MovementPhase(Word):
    """How far a movement has come."""

    NOTIFIED = "notified"
    """Not every party that was addressed has acknowledged it."""
    ACKNOWLEDGED = "acknowledged"
    """By all of them: they know of it, which is no promise."""
    OBJECTED = "objected"
    """By one of them at least."""
    UNDER_WAY = "under_way"
    ENDED = "ended"


class PartyAnswer(Struct, frozen=True, gc=False):
    """What a party that was addressed says; None: nothing of what was notified last."""

    party: str
    answer: Acknowledgement | None
    at: datetime | None


class MovementNow(Struct, frozen=True, gc=False):
    """A movement at one instant."""

    phase: MovementPhase
    notice: Notice
    """The one that counts."""
    answers: tuple[PartyAnswer, ...]
    departed_at: datetime | None
    last_heard_at: datetime | None
    waypoint: int | None
    """The farthest that it has passed."""
    overdue_since: datetime | None
    """A check-in was due then and has not come; None: none is missing."""
    ended_at: datetime | None
    outcome: MovementOutcome | None
    """None: it has not ended, or those who say how it did differ."""
    outcomes: tuple[MovementOutcome, ...]
    """All that the latest words say."""
    delay_min: int | None
    reason: MovementReason | None


def movement_at(movement: MovementHistory, now: datetime) -> MovementNow | None:
    """The movement as it stands at `now`, by what is known; None: it was not notified by then."""
    notice = notice_at(movement.notices, now)
    if notice is None:
        return None
    words = [word for word in movement.words if word.at <= now]
    signs = [word for word in words if word.step in _SIGNS]
    departed = [word.at for word in signs if word.step == "departed"]
    ends = _latest([word for word in words if word.outcome is not None])
    outcomes = tuple(sorted({word.outcome for word in ends if word.outcome is not None}))
    answers = tuple(_answer(party, notice, words) for party in notice.addressed)
    heard = max((word.at for word in signs), default=None)
    return MovementNow(
        phase=_phase(answers, departed=bool(departed), ended=bool(ends)),
        notice=notice,
        answers=answers,
        departed_at=min(departed, default=None),
        last_heard_at=heard,
        waypoint=max((it.waypoint for it in signs if it.waypoint is not None), default=None),
        overdue_since=None if ends or not departed else _overdue(notice, heard, now),
        ended_at=min((word.at for word in ends), default=None),
        outcome=outcomes[0] if len(outcomes) == 1 else None,
        outcomes=outcomes,
        delay_min=_same([word.delay_min for word in ends]),
        reason=_same([word.reason for word in ends]),
    )


def check_ins_due(movement: MovementHistory) -> list[datetime]:
    """The instants at which a check-in may begin, or cease, to be overdue; sorted."""
    every = {one.check_in_every_min for one in movement.notices} - {None}
    signs = [word.at for word in movement.words if word.step in _SIGNS]
    due = {at + timedelta(minutes=minutes) for at in signs for minutes in every if minutes}
    changes = {word.at for word in movement.words} | {one.at for one in movement.notices}
    return sorted(due | changes)


def _phase(answers: Sequence[PartyAnswer], *, departed: bool, ended: bool) -> MovementPhase:
    said = [one.answer for one in answers]
    if ended:
        return MovementPhase.ENDED
    if departed:
        return MovementPhase.UNDER_WAY
    if Acknowledgement.OBJECTED in said:
        return MovementPhase.OBJECTED
    return MovementPhase.NOTIFIED if None in said else MovementPhase.ACKNOWLEDGED


def _answer(party: str, notice: Notice, words: Sequence[MovementWord]) -> PartyAnswer:
    """Of each source its latest word counts, between sources and at one instant the graver."""
    said = _latest([word for word in words if word.answer is not None and word.party == party])
    objections = [word for word in said if word.answer is Acknowledgement.OBJECTED]
    if objections:
        at = min(word.at for word in objections)
        return PartyAnswer(party, Acknowledgement.OBJECTED, at)
    of_this = [word.at for word in said if word.at >= notice.at]
    if not of_this:
        return PartyAnswer(party, None, None)
    return PartyAnswer(party, Acknowledgement.ACKNOWLEDGED, min(of_this))


def _latest(words: Sequence[MovementWord]) -> list[MovementWord]:
    """Of each source its latest word, or words where it said several things at once."""
    latest: dict[str, tuple[datetime, datetime]] = {}
    for word in words:
        when = (word.at, word.issued_at)
        latest[word.source] = max(latest.get(word.source, when), when)
    return [word for word in words if latest[word.source] == (word.at, word.issued_at)]


def _overdue(notice: Notice, heard: datetime | None, now: datetime) -> datetime | None:
    if notice.check_in_every_min is None or heard is None:
        return None
    due = heard + timedelta(minutes=notice.check_in_every_min)
    return due if due <= now else None


def _same(values: Sequence[T | None]) -> T | None:
    """What all say who say something; None: nobody does, or they differ."""
    said = {value for value in values if value is not None}
    return next(iter(said)) if len(said) == 1 else None
