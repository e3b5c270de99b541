"""Ask for corridors: their state now, or one's availability over time.

Place on the data's way: GET /v1/corridors, /v1/corridors/{id}/availability, /v1/corridors/ways.
What is known, with what waits laid over it (`services.timeline`); by whose word is told to those
who work with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from msgspec import Struct, to_builtins

from services.disputes import Disputes
from services.drafts import Drafts
from services.gateway.disclosure import sees_whole
from services.gateway.problems import Code, ProblemError
from services.gateway.represent import Shape
from services.store.documents import agreements, loaded_agreements
from services.store.engine import Connection
from services.store.generations import NOTHING_KNOWN, StoredInterval
from services.store.instants import SINCE_EVER
from services.store.queries.corridors import CorridorName, corridors, is_known
from services.timeline import TimelineAsked, states_now, timeline
from services.tokens.token import Token
from services.ways import Network, UnknownCrossingError, WaysAsked, ways_now
from streams.agreement import Agreement, Corridor
from streams.corridors.divided import PartState
from streams.corridors.parts import ALL, Part, why_no_part
from streams.corridors.ways import Way

NOTE: Final = "unknown is not open; permission is not safety"


class PartTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of some parts of a corridor; what is absent stands for all of it."""

    segment: str | None = None
    """A segment or crossing point."""
    direction: str | None = None
    traveller: str | None = None
    state: str
    cause: str
    not_valid_after: datetime | None = None
    cause_events: tuple[str, ...] = ()
    """As of the whole."""


class IntervalTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A corridor's state over an interval, its beginning included and its end not."""

    mission: str
    corridor: str
    state: str
    cause: str
    draft: bool
    """A version that not all parties have signed is in force then."""
    window_disputed: bool = False
    """Announcements of a window of that time differ (of a state at an instant: of the 24 hours from
    then on). What they have in common counts."""
    starts_at: datetime | None = None
    """Absent: since ever."""
    ends_at: datetime | None = None
    """Absent: until further notice."""
    not_valid_after: datetime | None = None
    """Nobody may rely on it after that."""
    at: datetime | None = None
    """Of a state now: when it was asked for."""
    known_at: datetime | None = None
    """Of a timeline: by what was known then."""
    name: str | None = None
    route: dict[str, Any] | None = None
    area: dict[str, Any] | None = None
    """Of an access area, which has no route."""
    cause_events: tuple[str, ...] = ()
    """`source/id` of the events it goes back to; only to who sees the whole of them."""
    parts: tuple[PartTold, ...] = ()
    """Every part once, where they are not all alike; `state` is the most cautious of them."""


_FIELDS = IntervalTold.__struct_fields__
STATES: Final = Shape(
    [name for name in _FIELDS if name != "known_at"], lambda told: told.route or told.area
)
INTERVALS: Final = Shape(
    [name for name in _FIELDS if name not in ("at", "name", "route", "area")], lambda _: None
)


class LegTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A corridor from one crossing point to the next, with what is known of it."""

    corridor: str
    start: str
    end: str
    direction: str
    segments: tuple[str, ...] = ()
    """What it passes, where the route is divided."""
    length_km: float
    state: str
    cause: str
    not_valid_after: datetime | None = None
    cause_events: tuple[str, ...] = ()
    """As of a corridor."""
    window_disputed: bool = False
    """As of a corridor."""


class WayTold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A way from one crossing point to another."""

    known_open: bool
    """False: it is no way now; its legs say what is in the way."""
    length_km: float
    legs: tuple[LegTold, ...]
    at: datetime
    """When it was asked for."""
    draft: bool
    """The version that is in force then is not signed by all parties."""
    not_valid_after: datetime | None = None
    """Nobody may rely on it after that; absent where it is not known to be open."""


WAYS: Final = Shape(WayTold.__struct_fields__, lambda _: None)


class AvailabilityAsked(NamedTuple):
    """What is asked for of one corridor."""

    corridor: str
    at: datetime | None
    since: datetime | None
    until: datetime | None
    known_at: datetime | None
    limit: int
    part: Part = ALL


class Timeline(NamedTuple):
    """Some intervals, and from when the others are to be asked for."""

    told: Sequence[IntervalTold]
    next: datetime | None


def ask_corridors(conn: Connection, token: Token, now: datetime) -> list[IntervalTold]:
    """Every corridor that the token's agreements name, with its state now."""
    known = loaded_agreements(conn, token.mission)
    loaded = [it.document for it in known]
    drawn, drafts = last_drawn(loaded), Drafts.among(conn, known, token.mission)
    disputes = Disputes(loaded)
    ids = sorted({name.corridor_id for name in corridors(conn, token.mission)} | drawn.keys())
    names = [CorridorName(token.mission, id_) for id_ in ids]
    return [
        _told(
            token,
            id_,
            interval,
            at=now,
            draft=drafts.cover(now, now),
            window_disputed=disputes.soon(id_, now),
            **_of(drawn.get(id_)),
        )
        for id_, interval in zip(ids, states_now(conn, names, now), strict=True)
    ]


def ask_availability(
    conn: Connection, token: Token, now: datetime, asked: AvailabilityAsked
) -> Timeline:
    """The intervals of one corridor.

    Raises:
        ProblemError: the token's agreements name no such corridor.
    """
    name = CorridorName(token.mission, asked.corridor)
    loaded = loaded_agreements(conn, token.mission)
    require_corridor(conn, name, asked.part, [it.document for it in loaded])
    since, until = (asked.at, asked.at) if asked.at else (asked.since, asked.until)
    of = TimelineAsked(name, asked.known_at, asked.part, since, until)
    known = timeline(conn, of, now)
    found = known or [NOTHING_KNOWN]
    shown, known_at = found[: asked.limit], min(asked.known_at or now, now)
    more = shown[-1].ends_at if len(found) > asked.limit else None
    then = [it for it in loaded if it.loaded_at <= known_at]
    drafts = Drafts.among(conn, then, token.mission, known_at)
    disputes = Disputes([it.document for it in then])
    return Timeline(
        [
            _told(
                token,
                asked.corridor,
                one,
                known_at=known_at,
                draft=drafts.cover(one.starts_at, one.ends_at),
                window_disputed=disputes.soon(asked.corridor, asked.at)
                if asked.at
                else disputes.cover(asked.corridor, one.starts_at, one.ends_at),
            )
            for one in shown
        ],
        more,
    )


def ask_ways(conn: Connection, token: Token, now: datetime, asked: WaysAsked) -> list[WayTold]:
    """The ways that are known open, then those that are not, with what is in the way.

    Raises:
        ProblemError: no corridor of the token's agreements has one of the crossing points.
    """
    loaded = agreements(conn, token.mission)
    drawn, disputes = list(last_drawn(loaded).values()), Disputes(loaded)
    try:
        found = ways_now(conn, Network(token.mission, drawn), asked, now)
    except UnknownCrossingError as error:
        raise ProblemError(Code.BAD_PARAMETER, f"{error}.") from error
    draft = Drafts.of(conn, token.mission).cover(now, now)
    ways = (*found.open, *found.not_open)
    return [_way_told(token, way, disputes, now, draft=draft) for way in ways]


def _way_told(token: Token, way: Way, disputes: Disputes, now: datetime, *, draft: bool) -> WayTold:
    return WayTold(
        draft=draft,
        known_open=way.is_open,
        length_km=round(way.length_km, 3),
        legs=tuple(
            LegTold(
                corridor=leg.corridor,
                start=leg.start,
                end=leg.end,
                direction=leg.direction,
                segments=tuple(segment for segment in leg.segments if segment is not None),
                length_km=round(leg.length_km, 3),
                state=state.state,
                cause=state.cause,
                not_valid_after=state.not_valid_after,
                cause_events=tuple(_own(token, state.cause_events)),
                window_disputed=disputes.soon(leg.corridor, now),
            )
            for leg, state in way.legs
        ),
        at=now,
        not_valid_after=way.not_valid_after,
    )


def require_corridor(
    conn: Connection, name: CorridorName, part: Part, loaded: Iterable[Agreement] | None = None
) -> None:
    """Pass by where there is this corridor for the asker, and this part of it.

    Args:
        conn: in the asker's scope.
        name: of the corridor.
        part: of it.
        loaded: every version that he sees, where they have been read already.

    Raises:
        ProblemError: the agreements that he sees name no such corridor, and nothing is known of
            one; or as it was drawn last, it has no such part.
    """
    seen = agreements(conn, name.mission) if loaded is None else loaded
    drawn = last_drawn(seen).get(name.corridor_id)
    if drawn is None and not is_known(conn, name):
        raise ProblemError(Code.CORRIDOR_UNKNOWN)
    if drawn is not None and (why := why_no_part(drawn, part)):
        raise ProblemError(Code.BAD_PARAMETER, f"{why}.")


def last_drawn(loaded: Iterable[Agreement]) -> dict[str, Corridor]:
    """Every corridor by its id, as the last of these versions draws it."""
    return {corridor.id: corridor for agreement in loaded for corridor in agreement.corridors}


def _of(corridor: Corridor | None) -> dict[str, Any]:
    if corridor is None:
        return {}
    drawn = {"route": corridor.route, "area": corridor.area}
    return {
        "name": corridor.name,
        **{what: to_builtins(it) for what, it in drawn.items() if it is not None},
    }


def _told(token: Token, id_: str, interval: StoredInterval, **more: Any) -> IntervalTold:  # noqa: ANN401 (what else is told)
    starts_at = interval.starts_at
    return IntervalTold(
        mission=token.mission,
        corridor=id_,
        state=str(interval.state),
        cause=interval.cause,
        starts_at=None if starts_at == SINCE_EVER else starts_at,
        ends_at=interval.ends_at,
        not_valid_after=interval.not_valid_after,
        cause_events=tuple(_own(token, interval.cause_events)),
        parts=tuple(_part_told(token, part) for part in interval.parts),
        **more,
    )


def _part_told(token: Token, part: PartState) -> PartTold:
    return PartTold(
        segment=part.segment,
        direction=part.direction,
        traveller=part.traveller,
        state=part.state,
        cause=part.cause,
        not_valid_after=part.not_valid_after,
        cause_events=tuple(_own(token, part.causes)),
    )


def _own(token: Token, events: Iterable[str]) -> Iterable[str]:
    """The events that the token's holder sees whole; a source's name holds no slash."""
    return (e for e in events if sees_whole(token, token.mission, e.partition("/")[0]))
