"""Authority: which context events have an effect, and why the others have none.

    heard → one content an id → who is entitled → withdrawn? → heeded │ unheeded, with the reason

Place on the data's way: the fold's first step. Rights come from the agreement alone and hold while
it says so. What has no effect is stored and shown; nothing is dropped without a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from streams.agreement import Agreement
from streams.context.heard import Heard, first_receipts
from streams.context.repeats import each_time
from streams.events import (
    ContextEvent,
    DeclarationEvent,
    ExchangeEvent,
    MeasureEvent,
    MovementAcknowledged,
    MovementEnded,
    MovementEvent,
    MovementNotified,
    NotificationEvent,
    PartyClaim,
    TruceEvent,
    TruceProposed,
)
from streams.rights import Held, Lost, Rights
from streams.vocabulary import MeasureStatus, Right, Word


class NoEffect(Word):
    """Why a context event has no effect; the words are stable: they are stored and shown."""

    EXERCISE = "exercise"
    NOT_VOUCHED = "not_vouched"
    UNKNOWN_SOURCE = "unknown_source"
    SOURCE_NOT_IN_FORCE = "source_not_in_force"
    SOURCE_REVOKED = "source_revoked"
    UNKNOWN_KEY = "unknown_key"
    KEY_NOT_VALID = "key_not_valid"
    KEY_REVOKED = "key_revoked"
    FROM_FUTURE = "from_future"
    VERSIONS_CONTRADICT = "versions_contradict"
    WITHOUT_RIGHT = "without_right"
    PARTY_CANNOT = "party_cannot"
    RETRACTED = "retracted"
    SUPERSEDED = "superseded"
    RETRACTION = "retraction"
    CLAIM = "claim"
    UNKNOWN_PLACE = "unknown_place"
    UNKNOWN_PHASE = "unknown_phase"
    NOT_BY_DECLARATION = "not_by_declaration"
    UNKNOWN_MEASURE = "unknown_measure"
    ANOTHERS_MEASURE = "anothers_measure"
    UNKNOWN_EXCHANGE = "unknown_exchange"
    ANOTHERS_EXCHANGE = "anothers_exchange"
    UNKNOWN_MOVEMENT = "unknown_movement"
    """There is none, or it is not the speaker's to speak of: which of them nobody is told."""
    TRUCE_NOT_IN_FORCE = "truce_not_in_force"
    TRUCE_IS_OVER = "truce_is_over"


class Unheeded(Struct, frozen=True, gc=False):
    """A context event without effect."""

    ref: str
    """``source/id``."""
    reason: NoEffect


class Heeded(NamedTuple):
    """What counts, and what does not."""

    events: list[Heard]
    """Each id once; sorted."""
    unheeded: list[Unheeded]


class Authority:
    """Who may say what, by one agreement version and the clock skew that the mission allows."""

    def __init__(self, agreement: Agreement, skew: timedelta) -> None:
        self._agreement = agreement
        self._skew = skew
        self._rights = Rights(agreement.sources)
        self._parties = {it.id: it.party for it in each_time(agreement.measures)}
        self._sides = {exchange.id: exchange.sides for exchange in agreement.exchanges}

    def heed(self, heard: Iterable[Heard]) -> Heeded:
        """Choose what counts; a function of the set of what was heard."""
        entitled: list[tuple[Heard, Held]] = []
        unheeded: list[Unheeded] = []
        for versions in self._by_id(heard):
            item, held = versions[0], self._held(versions)
            reason = self._why_not_heard(versions, held)
            if reason is None:
                entitled.append((item, held))
            else:
                unheeded.append(Unheeded(item.ref, reason))
        withdrawn = _withdrawn([item for item, _ in entitled])
        events: list[Heard] = []
        for item, held in entitled:
            reason = withdrawn.get(item.ref) or self._why_without_effect(item.event, held)
            if reason is None:
                events.append(item)
            else:
                unheeded.append(Unheeded(item.ref, reason))
        return Heeded(events, unheeded)

    def _by_id(self, heard: Iterable[Heard]) -> list[list[Heard]]:
        """The versions of each id; where one is vouched for, those that nobody vouches for go.

        So do those signed with a key that does not hold: who found it contradicts nobody.
        """
        ids: defaultdict[str, list[Heard]] = defaultdict(list)
        for item in first_receipts(heard):
            if item.event.mission == self._agreement.mission:
                ids[item.ref].append(item)
        return [self._counted(ids[ref]) for ref in sorted(ids)]

    def _counted(self, versions: list[Heard]) -> list[Heard]:
        vouched = [it for it in versions if it.vouched]
        sound = [it for it in vouched if self._held((it,)).lost not in _KEY_LOST]
        return sound or vouched or versions

    def _held(self, versions: Sequence[Heard]) -> Held:
        """What the source might do when it said so."""
        event, key = versions[0].event, versions[0].public_key
        return self._rights.held(event.source, event.issued_at, _receipts(versions), key)

    def _why_not_heard(self, versions: Sequence[Heard], held: Held) -> NoEffect | None:
        """Why nobody with a say has said it; None: somebody has."""
        item = versions[0]
        if any(version.event != item.event for version in versions):
            # Which of them was meant nobody can tell, and it must not be who came last.
            return NoEffect.VERSIONS_CONTRADICT if item.vouched else NoEffect.NOT_VOUCHED
        if not item.vouched:
            return NoEffect.NOT_VOUCHED
        if item.event.exercise:
            return NoEffect.EXERCISE
        if held.lost is not None:
            return _LOST[held.lost]
        return self._why_future(item.event, _receipts(versions))

    def _why_future(self, event: ContextEvent, received: Sequence[datetime]) -> NoEffect | None:
        """What is said of the past cannot lie after it was heard."""
        if not received:
            return None
        latest = min(received) + self._skew
        claimed = [event.issued_at]
        if isinstance(event, NotificationEvent):
            claimed.append(event.notified_at)
        if isinstance(event, MeasureEvent | ExchangeEvent | MovementEvent):
            claimed.append(event.at)
        return NoEffect.FROM_FUTURE if max(claimed) > latest else None

    def _why_without_effect(self, event: ContextEvent, held: Held) -> NoEffect | None:
        """Why what an entitled source says has no effect."""
        if event.retracts is not None:
            return NoEffect.RETRACTION
        if isinstance(event, MeasureEvent):
            return self._why_not_of_measure(event, held)
        if isinstance(event, ExchangeEvent):
            return self._why_not_of_exchange(event, held)
        if isinstance(event, MovementEvent):
            return _why_not_of_movement(event, held)
        if isinstance(event, NotificationEvent):
            return _why_not_notified(event, held)
        if isinstance(event, DeclarationEvent) and isinstance(event.declares, PartyClaim):
            return NoEffect.CLAIM
        if not held.may(Right.DECLARE):
            return NoEffect.WITHOUT_RIGHT
        proposes = isinstance(event, TruceEvent) and isinstance(event.step, TruceProposed)
        # A party can offer a truce; that one holds, or is over, binds others than itself.
        return _unless(held.party is None or proposes, NoEffect.PARTY_CANNOT)

    def _why_not_of_measure(self, event: MeasureEvent, held: Held) -> NoEffect | None:
        party = self._parties.get(event.measure)
        if party is None:
            return NoEffect.UNKNOWN_MEASURE
        if event.status is MeasureStatus.CLAIMED:
            return _unless(held.party == party, NoEffect.ANOTHERS_MEASURE)
        if not held.may(Right.VERIFY):
            return NoEffect.WITHOUT_RIGHT
        return _unless(held.party is None, NoEffect.PARTY_CANNOT)

    def _why_not_of_exchange(self, event: ExchangeEvent, held: Held) -> NoEffect | None:
        """A side counts for itself, whatever its rights; for the mission who may verify."""
        sides = self._sides.get(event.exchange)
        if sides is None:
            return NoEffect.UNKNOWN_EXCHANGE
        if held.party is not None:
            return _unless(held.party in sides, NoEffect.ANOTHERS_EXCHANGE)
        return _unless(held.may(Right.VERIFY), NoEffect.WITHOUT_RIGHT)


def _why_not_notified(event: NotificationEvent, held: Held) -> NoEffect | None:
    """What one party notifies of another excuses nobody; the mission may write down whose it is."""
    if not held.may(Right.NOTIFY):
        return NoEffect.WITHOUT_RIGHT
    return _unless(held.party in {None, event.party}, NoEffect.PARTY_CANNOT)


def _why_not_of_movement(event: MovementEvent, held: Held) -> NoEffect | None:
    """Its organiser tells of it, a party answers, and the mission may say how it ended.

    Whether the party was addressed, who reads the whole movement knows (`streams.movements`).
    """
    step = event.step
    if isinstance(step, MovementAcknowledged):
        return _unless(held.party is not None, NoEffect.UNKNOWN_MOVEMENT)
    if event.source == event.organiser:
        notifies = not isinstance(step, MovementNotified) or held.may(Right.NOTIFY)
        return _unless(notifies, NoEffect.WITHOUT_RIGHT)
    for_mission = held.party is None and held.may(Right.VERIFY)
    return _unless(isinstance(step, MovementEnded) and for_mission, NoEffect.UNKNOWN_MOVEMENT)


def _unless(holds: bool, reason: NoEffect) -> NoEffect | None:
    return None if holds else reason


_LOST = {
    Lost.UNKNOWN: NoEffect.UNKNOWN_SOURCE,
    Lost.NOT_IN_FORCE: NoEffect.SOURCE_NOT_IN_FORCE,
    Lost.REVOKED: NoEffect.SOURCE_REVOKED,
    Lost.KEY_UNKNOWN: NoEffect.UNKNOWN_KEY,
    Lost.KEY_NOT_VALID: NoEffect.KEY_NOT_VALID,
    Lost.KEY_REVOKED: NoEffect.KEY_REVOKED,
}


_KEY_LOST = frozenset({Lost.KEY_UNKNOWN, Lost.KEY_NOT_VALID, Lost.KEY_REVOKED})


def _receipts(versions: Sequence[Heard]) -> list[datetime]:
    return [version.received_at for version in versions if version.received_at]


def _withdrawn(entitled: Sequence[Heard]) -> dict[str, NoEffect]:
    """What the source itself has taken back or replaced, by ``source/id``."""
    withdrawn: dict[str, NoEffect] = {}
    for item in entitled:
        event = item.event
        if event.supersedes is not None:
            withdrawn.setdefault(f"{event.source}/{event.supersedes}", NoEffect.SUPERSEDED)
        if event.retracts is not None:
            withdrawn[f"{event.source}/{event.retracts}"] = NoEffect.RETRACTED
    return withdrawn
