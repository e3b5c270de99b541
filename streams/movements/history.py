"""History: the set of one movement's events → what was notified and said of it, and who may see it.

Place on the data's way: heard events, agreement, methodology → **MovementState** → store, commands.
A function of the *set* of events: any order, repetition and split gives the same. Whoever is told
of a movement once goes on being told: the parties that any version of its notification addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from streams.agreed_names import named_by, names_of
from streams.agreement import Agreement
from streams.context.authority import Authority, NoEffect, Unheeded
from streams.context.heard import Heard, events_digest
from streams.events import (
    MovementAcknowledged,
    MovementEnded,
    MovementEvent,
    MovementNotified,
    PeopleCount,
    VehicleCount,
    WaypointPassed,
)
from streams.methodology import Methodology
from streams.vocabulary import (
    Acknowledgement,
    MovementKind,
    MovementOutcome,
    MovementReason,
)


class Notice(Struct, frozen=True, omit_defaults=True, gc=False):
    """What was notified; the last one counts."""

    at: datetime
    """UTC, when the parties were told, as the organiser says."""
    issued_at: datetime
    id: str
    kind: MovementKind
    zones: tuple[str, ...]
    corridors: tuple[str, ...]
    begins_at: datetime
    """UTC; it takes place in [begins_at, ends_at)."""
    ends_at: datetime
    addressed: tuple[str, ...]
    people: tuple[PeopleCount, ...] = ()
    vehicles: tuple[VehicleCount, ...] = ()
    tonnes: int | None = None
    waypoints: int = 0
    check_in_every_min: int | None = None
    received_at: datetime | None = None
    """When it reached us first."""
    due_hours: float | None = None
    """How long beforehand one of this kind is to be notified; None: nothing is agreed."""

    @property
    def given(self) -> timedelta:
        """How long beforehand it was notified: what reached us late was not known before."""
        return self.begins_at - max(self.at, self.received_at or self.at)

    @property
    def is_late(self) -> bool | None:
        """Whether that was too late; None: no notice is agreed."""
        if self.due_hours is None:
            return None
        return self.given < timedelta(hours=self.due_hours)


class MovementWord(Struct, frozen=True, omit_defaults=True, gc=False):
    """What was said of a movement since; `step` is the event's own word."""

    at: datetime
    issued_at: datetime
    source: str
    id: str
    step: str
    party: str | None = None
    """Whom the source speaks for; None: itself, or the mission."""
    answer: Acknowledgement | None = None
    waypoint: int | None = None
    outcome: MovementOutcome | None = None
    delay_min: int | None = None
    reason: MovementReason | None = None


class MovementHistory(Struct, frozen=True, omit_defaults=True, gc=False):
    """A movement with all that counts of what was said of it, in a fixed order."""

    organiser: str
    movement: str
    notices: tuple[Notice, ...]
    """At least one."""
    words: tuple[MovementWord, ...] = ()

    @property
    def ref(self) -> str:
        """How it is named: ``organiser/movement``."""
        return f"{self.organiser}/{self.movement}"


class MovementState(Struct, frozen=True, omit_defaults=True):
    """All that is known of one movement, under one agreement version."""

    readers: tuple[str, ...]
    """Sources that may see it beside the mission: the organiser's, those of parties addressed."""
    unheeded: tuple[Unheeded, ...]
    """What was said of it without effect, each with its reason; sorted."""
    events_digest: str
    """SHA-256 (hex) of the set of events."""
    history: MovementHistory | None = None
    """None: nobody with a say has notified it."""


encode_history = msgspec.json.Encoder(order="deterministic").encode
_DECODER = msgspec.json.Decoder(MovementHistory)


def decode_history(raw: bytes) -> MovementHistory:
    """What `encode_history` wrote; raises msgspec.ValidationError for anything else."""
    return _DECODER.decode(raw)


def ref_of(event: MovementEvent) -> str:
    """Which movement an event is about: ``organiser/movement``; a slug has no slash."""
    return f"{event.organiser}/{event.movement}"


def tell_movement(
    agreement: Agreement, methodology: Methodology, heard: Iterable[Heard]
) -> MovementState:
    """Read the events of one movement; of another mission's none has an effect."""
    known = list(heard)
    skew = timedelta(seconds=methodology.clock_skew_s)
    heeded = Authority(agreement, skew).heed(known)
    notices, nowhere = _notices(agreement, heeded.events)
    words, strangers = _words(agreement, heeded.events, notices)
    unheeded = {*heeded.unheeded, *nowhere, *strangers}
    return MovementState(
        readers=_readers(agreement, known),
        unheeded=tuple(sorted(unheeded, key=lambda one: (one.ref, one.reason))),
        events_digest=events_digest(known).hex(),
        history=_history(heeded.events, notices, words),
    )


def _history(
    events: Sequence[Heard], notices: Sequence[Notice], words: Sequence[MovementWord]
) -> MovementHistory | None:
    if not notices:
        return None
    event = events[0].event
    assert isinstance(event, MovementEvent)
    return MovementHistory(event.organiser, event.movement, tuple(notices), tuple(words))


def _notices(agreement: Agreement, events: Sequence[Heard]) -> tuple[list[Notice], list[Unheeded]]:
    due = {one.kind: one.hours for one in agreement.movement_notice}
    agreed = names_of(agreement)
    made: list[Notice] = []
    nowhere: list[Unheeded] = []
    for item in events:
        event = item.event
        if isinstance(event, MovementEvent) and isinstance(event.step, MovementNotified):
            named = named_by(event)
            if named is None or not named.names <= agreed:
                nowhere.append(Unheeded(item.ref, NoEffect.UNKNOWN_PLACE))
            else:
                made.append(_notice(event, event.step, item, due.get(event.step.kind)))
    return sorted(made, key=lambda one: (one.at, one.issued_at, one.id)), nowhere


def _notice(
    event: MovementEvent, step: MovementNotified, item: Heard, due_hours: float | None
) -> Notice:
    return Notice(
        at=event.at.astimezone(UTC),
        issued_at=event.issued_at.astimezone(UTC),
        id=event.id,
        kind=step.kind,
        zones=tuple(sorted(set(step.place.zones))),
        corridors=tuple(sorted(set(step.place.corridors))),
        begins_at=step.begins_at.astimezone(UTC),
        ends_at=step.ends_at.astimezone(UTC),
        addressed=tuple(sorted(set(step.addressed))),
        people=tuple(sorted(step.people, key=lambda one: (one.category, one.count))),
        vehicles=tuple(sorted(step.vehicles, key=lambda one: (one.vehicle, one.count))),
        tonnes=step.tonnes,
        waypoints=step.waypoints,
        check_in_every_min=step.check_in_every_min,
        received_at=item.received_at and item.received_at.astimezone(UTC),
        due_hours=due_hours,
    )


def _words(
    agreement: Agreement, events: Sequence[Heard], notices: Sequence[Notice]
) -> tuple[list[MovementWord], list[Unheeded]]:
    parties = {source.id: source.party for source in agreement.sources}
    addressed = {party for notice in notices for party in notice.addressed}
    words: list[MovementWord] = []
    strangers: list[Unheeded] = []
    for item in events:
        event = item.event
        assert isinstance(event, MovementEvent)
        if isinstance(event.step, MovementNotified):
            continue
        party = parties[event.source]
        answers = isinstance(event.step, MovementAcknowledged)
        if not notices or (answers and party not in addressed):
            strangers.append(Unheeded(item.ref, NoEffect.UNKNOWN_MOVEMENT))
        else:
            words.append(_word(event, party))
    return sorted(words, key=lambda one: (one.at, one.issued_at, one.source, one.id)), strangers


def _word(event: MovementEvent, party: str | None) -> MovementWord:
    step = event.step
    ended = step if isinstance(step, MovementEnded) else None
    return MovementWord(
        at=event.at.astimezone(UTC),
        issued_at=event.issued_at.astimezone(UTC),
        source=event.source,
        id=event.id,
        step=str(step.__struct_config__.tag),
        party=party,
        answer=step.answer if isinstance(step, MovementAcknowledged) else None,
        waypoint=step.waypoint if isinstance(step, WaypointPassed) else None,
        outcome=None if ended is None else ended.outcome,
        delay_min=None if ended is None else ended.delay_min,
        reason=None if ended is None else ended.reason,
    )


def _readers(agreement: Agreement, heard: Sequence[Heard]) -> tuple[str, ...]:
    """The organiser's source, and every source of a party that it has told of the movement.

    By all that the organiser has vouched for, withdrawn or not: who has been told knows. So that
    it only grows with what is heard, and the newest row is seen by all who saw an older one.
    """
    told: set[str] = set()
    readers: set[str] = set()
    for item in heard:
        event = item.event
        if isinstance(event, MovementEvent) and item.vouched and event.source == event.organiser:
            readers.add(event.organiser)
            if isinstance(event.step, MovementNotified):
                told |= set(event.step.addressed)
    readers |= {source.id for source in agreement.sources if source.party in told}
    return tuple(sorted(readers))
