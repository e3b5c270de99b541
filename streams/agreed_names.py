"""Agreed names: what an event about an exchange or a movement may name, for one agreement has it.

    event → the names that it takes → does one agreement have them all? → taken in │ refused

Place on the data's way: the gateway asks before it stores, a worker before it takes in, the history
of a movement under each agreement version. What a sender wrote in place of a name freely could be
a person's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, Protocol

from msgspec import Struct

from streams.decode import Reason, Refusal
from streams.events import Event, ExchangeEvent, MovementEvent, MovementNotified

Name = tuple[str, str]
"""What it is the name of, and the name."""


class Named(Struct, frozen=True, gc=False, array_like=True):
    """The names that an event takes from one agreement."""

    names: frozenset[Name]
    if_unknown: Reason
    """Why it is refused where no agreement has them all."""


class HasId(Protocol):
    """A source, zone, corridor or party."""

    @property
    def id(self) -> str:
        """Its name."""


class HasNames(Protocol):
    """An agreement, or as much of one as may be named."""

    @property
    def sources(self) -> Sequence[HasId]:
        """Who may speak."""

    @property
    def zones(self) -> Sequence[HasId]:
        """Where something holds."""

    @property
    def corridors(self) -> Sequence[HasId]:
        """On what one travels."""

    @property
    def parties(self) -> Sequence[HasId]:
        """Who is bound."""


def named_by(event: Event) -> Named | None:
    """The names that it takes from an agreement; None: an event that may name what it likes."""
    if isinstance(event, ExchangeEvent):
        return Named(frozenset({("source", event.source)}), Reason.UNKNOWN_SOURCE)
    if isinstance(event, MovementEvent):
        return Named(_named_by_step(event), Reason.UNKNOWN_NAME)
    return None


def names_of(agreement: HasNames) -> frozenset[Name]:
    """All that may be named, each with what it is the name of."""
    return frozenset(
        (
            *(("source", one.id) for one in agreement.sources),
            *(("zone", one.id) for one in agreement.zones),
            *(("corridor", one.id) for one in agreement.corridors),
            *(("party", one.id) for one in agreement.parties),
        )
    )


def why_unknown(named: Named, agreed: Iterable[AbstractSet[Name]]) -> Refusal | None:
    """Why an event is refused whose names no agreement has; None: one has them all.

    Args:
        named: what it names.
        agreed: the names of each agreement of its mission (`names_of`).
    """
    if any(named.names <= names for names in agreed):
        return None
    return UNKNOWN_SOURCE if named.if_unknown is Reason.UNKNOWN_SOURCE else UNKNOWN_NAME


UNKNOWN_SOURCE: Final = Refusal(
    Reason.UNKNOWN_SOURCE,
    "no agreement of the mission has this source, and a count in an exchange is taken from none "
    "but those; add it to the agreement's sources, then submit again",
)
UNKNOWN_NAME: Final = Refusal(
    Reason.UNKNOWN_NAME,
    "no agreement of the mission has all that this movement names: its source, organiser, zones, "
    "corridors and parties; name them as one agreement does, then submit again",
)


def _named_by_step(event: MovementEvent) -> frozenset[Name]:
    own = (("source", event.source), ("source", event.organiser))
    if not isinstance(event.step, MovementNotified):
        return frozenset(own)
    return frozenset(
        (
            *own,
            *(("zone", one) for one in event.step.place.zones),
            *(("corridor", one) for one in event.step.place.corridors),
            *(("party", one) for one in event.step.addressed),
        )
    )
