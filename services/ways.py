"""Ways: which way is known open from A to B now, and why the others are not.

Place on the data's way: agreements, corridors as known now, what waits → **ways** →
`truceline corridor way`, GET /v1/corridors/ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from services.errors import NotFoundError
from services.store.engine import Connection
from services.store.generations import StoredInterval
from services.store.queries.corridors import CorridorName
from services.timeline import most_cautious, narrowed, states_now
from streams.agreement import Corridor
from streams.corridors.parts import Part
from streams.corridors.ways import Leg, State, Ways, crossings_of, legs_of, ways
from streams.vocabulary import Availability, Traveller

NO_WAY: Final = "no way is known to be open"


class UnknownCrossingError(NotFoundError):
    """No corridor has this crossing point."""


class WaysAsked(NamedTuple):
    """From which crossing point to which other, for whom; None: for everybody."""

    start: str
    end: str
    traveller: Traveller | None = None


class Network(NamedTuple):
    """A mission's corridors, as they were drawn last."""

    mission: str
    corridors: Sequence[Corridor]


def ways_now(conn: Connection, network: Network, asked: WaysAsked, now: datetime) -> Ways:
    """The ways between two crossing points of these corridors.

    Raises:
        UnknownCrossingError: one of them is no crossing point.
    """
    start, end, traveller = asked
    mission, corridors = network
    known = crossings_of(corridors)
    for one in (start, end):
        if one not in known:
            there = ", ".join(known) or "none"
            raise UnknownCrossingError(f"no crossing point is called {one!r}; there is {there}")
    may = [it for it in corridors if not it.travellers or traveller in {None, *it.travellers}]
    found = states_now(conn, [CorridorName(mission, it.id) for it in may], now)
    intervals = {it.id: state for it, state in zip(may, found, strict=True)}
    return ways(
        legs_of(may), start, end, lambda leg: _state(intervals[leg.corridor], leg, traveller)
    )


def _state(interval: StoredInterval, leg: Leg, traveller: Traveller | None) -> State:
    """The most cautious state of what the leg passes."""
    parts = [
        narrowed(interval, Part(segment, leg.direction, traveller)) for segment in leg.segments
    ]
    return most_cautious(
        [
            State(Availability(it.state), it.cause, it.cause_events, it.not_valid_after)
            for it in parts
        ]
    )
