"""Movements of a small mission, so that a test states only what it is about.

Two organisers, `aid-1` and `aid-2`; the north speaks through `liaison` and `envoy`, the south
through `southern`; `hq` is the mission's. Times are hours after `NOON`.
"""

from __future__ import annotations

from msgspec.structs import replace

from streams.agreement import Agreement, MovementNotice, Source
from streams.context.heard import Heard
from streams.events import (
    MovementAcknowledged,
    MovementEnded,
    MovementEvent,
    MovementNotified,
    MovementStep,
    NamedPlaces,
)
from streams.movements.history import MovementHistory, MovementState, tell_movement
from streams.vocabulary import Acknowledgement, MovementKind, MovementOutcome, Right
from tests.unit.streams.builders import MISSION
from tests.unit.streams.context.said import METHODOLOGY, SOURCES, agreement, at, heard, nameless

MOVING = (
    *SOURCES,
    Source(id="aid-1", rights=(Right.NOTIFY,)),
    Source(id="aid-2", rights=(Right.NOTIFY,)),
    Source(id="guest", rights=(Right.REPORT,)),
    Source(id="envoy", rights=(Right.REPORT,), party="north"),
    Source(id="southern", rights=(Right.REPORT,), party="south"),
)
NOTICE = (MovementNotice(kind=MovementKind.MOVEMENT, hours=48),)
OBJECTED = MovementAcknowledged(answer=Acknowledgement.OBJECTED)
ACKNOWLEDGED = MovementAcknowledged(answer=Acknowledgement.ACKNOWLEDGED)


def moving(**changes: object) -> Agreement:
    """An agreement under which movements of one kind are notified two days before."""
    return agreement(**{"sources": MOVING, "movement_notice": NOTICE, **changes})


def notified(start: float = 0, end: float = 12, **changes: object) -> MovementNotified:
    """A convoy on the corridor, of which the north is told, and which is heard of every hour."""
    step = MovementNotified(
        kind=MovementKind.MOVEMENT,
        place=NamedPlaces(corridors=("c",)),
        begins_at=at(start),
        ends_at=at(end),
        addressed=("north",),
        check_in_every_min=60,
    )
    return replace(step, **changes)


def ended(outcome: MovementOutcome, **changes: object) -> MovementEnded:
    return replace(MovementEnded(outcome=outcome), **changes)


def moved(
    number: int, step: MovementStep | None = None, hour: float = -72, **changes: object
) -> MovementEvent:
    """A step of the first movement of `aid-1`; `number` makes the event's id."""
    event = MovementEvent(
        id=nameless(number),
        mission=MISSION,
        source="aid-1",
        issued_at=at(hour),
        organiser="aid-1",
        movement=nameless(0xAA),
        step=step or notified(),
        at=at(hour),
    )
    return replace(event, **changes)


def told(*events: MovementEvent | Heard, under: Agreement | None = None) -> MovementState:
    """What is known by these events; those that are not heard yet were, when they say."""
    received = [
        it if isinstance(it, Heard) else replace(heard(it), received_at=it.at) for it in events
    ]
    return tell_movement(under or moving(), METHODOLOGY, received)


def history(*events: MovementEvent | Heard, under: Agreement | None = None) -> MovementHistory:
    found = told(*events, under=under).history
    assert found is not None
    return found


def why(state: MovementState) -> dict[int, str]:
    """Why events had no effect, by their numbers."""
    return {int(one.ref.rpartition("-")[2], 16): one.reason.value for one in state.unheeded}
