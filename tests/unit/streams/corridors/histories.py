"""Generated corridor histories: late, future-dated, contradicting, repeated, forged events.

All times are whole minutes after `START`, so that a simulator that looks once a minute sees
everything that happens.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from hypothesis import strategies as st

from streams.agreement import (
    Agreement,
    Corridor,
    Crossing,
    LineString,
    Party,
    Polygon,
    Segment,
    SigningKey,
    Source,
    Term,
    Validity,
    Where,
)
from streams.corridors.events import CorridorEvent, Effect, RouteEvent, StatusEvent
from streams.events import CorridorStatus, EventRef
from streams.methodology import CorridorRules, Methodology, Thresholds
from streams.vocabulary import (
    AgreedAxis,
    Availability,
    Direction,
    Hazard,
    Kind,
    Right,
    Severity,
    Traveller,
    ViolationKind,
)
from tests.unit.streams.corridors.agreed_times import START, Times, agreed_times, minute, validity

STALE = 60
SKEW = 5
END = 340
"""The agreement's last minute, like all the numbers here in minutes after `START`."""

OPEN, CLOSE, SETTLE, REPORT = Right.OPEN, Right.CLOSE, Right.SETTLE, Right.REPORT
SOURCES = (
    Source(id="observer", rights=(OPEN, CLOSE, SETTLE)),
    Source(id="second", rights=(OPEN,)),
    Source(id="closer", rights=(CLOSE, SETTLE)),
    Source(id="liaison_a", rights=(CLOSE,), party="a"),
    Source(id="liaison_b", rights=(OPEN, CLOSE, SETTLE), party="b", corridors=("east",)),
    Source(id="patrol", rights=(REPORT,)),
    Source(id="elsewhere", rights=(OPEN, CLOSE, SETTLE), corridors=("west",)),
    Source(id="former", rights=(OPEN, SETTLE), valid=validity(0, 150)),
    Source(id="dismissed", rights=(OPEN, CLOSE, SETTLE), revoked_at=minute(110)),
    Source(
        id="signing",
        rights=(OPEN, CLOSE, SETTLE),
        keys=(
            SigningKey(id="k", public_key="lost", revoked_at=minute(110)),
            SigningKey(id="old", public_key="old", valid=validity(0, 130)),
            SigningKey(id="new", public_key="new", valid=validity(90, None)),
        ),
    ),
    Source(id="demoted", rights=(OPEN, SETTLE), valid=validity(0, 100)),
    Source(id="demoted", rights=(CLOSE,), valid=validity(60, None)),
)


def corridor(
    axis: AgreedAxis = AgreedAxis.AGREED_IN_DETAIL,
    windows: tuple[tuple[float, float | None], ...] = ((30, 150), (180, 300), (280, 330)),
    valid: Validity | None = None,
    *,
    divided: bool = False,
) -> Corridor:
    """A road; divided into two segments with a crossing point, for two kinds of travellers."""
    return Corridor(
        id="east",
        name="Eastern road",
        route=LineString(coordinates=((37.8, 48.0), (38.0, 48.1))),
        width_m=200,
        axis=axis,
        windows=tuple(validity(*window) for window in windows),
        valid=valid,
        segments=(Segment(id="km1", to_km=5), Segment(id="km3")) if divided else (),
        crossings=(Crossing(id="bridge", at_km=6),) if divided else (),
        travellers=(Traveller.LIGHT_VEHICLE, Traveller.HEAVY_TRUCK) if divided else (),
    )


def as_area(road: Corridor) -> Corridor:
    """An access area in the road's place: to all of it there is access, or not."""
    ring = ((37.8, 48.0), (38.0, 48.0), (38.0, 48.1), (37.8, 48.0))
    area = Polygon(coordinates=(ring,))
    return msgspec.structs.replace(road, route=None, width_m=None, area=area)


def timed(road: Corridor, times: Times) -> Corridor:
    """The same corridor, agreed for other times."""
    return msgspec.structs.replace(
        road,
        windows=times.windows,
        announced=times.announced,
        hours=times.hours,
        valid=times.valid,
    )


def agreement(*corridors: Corridor, end: float | None = END) -> Agreement:
    return Agreement(
        format="truceline.agreement.v1",
        id="test",
        version=1,
        mission="smm",
        title="Test agreement",
        valid=validity(0, end),
        parties=(Party(id="a", name="A"), Party(id="b", name="B")),
        terms=(
            Term(
                id="t",
                clause="1",
                text="No fire on the road.",
                prohibits=(Kind.EXPLOSION,),
                where=Where(corridors=("east",)),
                severity=Severity.GRAVE,
                violation=ViolationKind.CORRIDOR_BREACH,
            ),
        ),
        corridors=corridors,
        sources=SOURCES,
    )


METHODOLOGY = Methodology(
    format="truceline.methodology.v1",
    id="test",
    version=1,
    mission="smm",
    title="Test methodology",
    valid=validity(0, None),
    thresholds=Thresholds(violation=0.9, possible=0.2),
    accuracy_otherwise_m=1000,
    clock_skew_s=SKEW * 60,
    corridor=CorridorRules(stale_after_s=STALE * 60),
)


def arrived(
    status: CorridorStatus,
    received: float | None = None,
    *,
    vouched: bool = True,
    public_key: str | None = None,
) -> StatusEvent:
    """The status as received; with no minute given, as it was issued."""
    return StatusEvent(
        status=status,
        received_at=status.issued_at if received is None else minute(received),
        vouched=vouched,
        content_hash=hashlib.sha256(msgspec.json.encode(status)).hexdigest(),
        public_key=public_key,
    )


@dataclass(frozen=True, slots=True)
class History:
    """A corridor and everything that ever arrived about it."""

    corridor: Corridor
    agreement: Agreement
    events: tuple[CorridorEvent, ...]


_MINUTES = st.integers(0, END)
_IDS = st.sampled_from("123")
_SPEAKERS = st.sampled_from(
    ["observer"] * 6
    + ["second"] * 4
    + ["closer", "liaison_a", "liaison_b", "patrol", "elsewhere", "former", "former", "stranger"]
    + ["dismissed", "dismissed", "demoted", "demoted", "signing", "signing"]
)
_KEYS = st.sampled_from([None] + ["lost", "old", "new"] * 3 + ["nobody's"])
_SAID = st.sampled_from([Availability.OPEN] * 4 + list(Availability))
_ON_ROUNDS = st.sampled_from(
    [Availability.OPEN] * 8 + [Availability.IMPEDED] * 3 + list(Availability)
)
_REFS = st.builds(
    EventRef,
    source=st.sampled_from(["patrol", "sensor", "sensor", "observer", "closer", "liaison_a"]),
    id=_IDS,
)
_SEGMENTS = st.sampled_from([None] * 6 + ["km1", "km2", "km3", "bridge"])
_LIGHT, _HEAVY = (Traveller.LIGHT_VEHICLE,), (Traveller.HEAVY_TRUCK,)
_TOUCHED = st.sampled_from([(), ("km1",), ("bridge", "km3"), ("km1", "km3"), ("km2",)])
_ROADS = st.sampled_from(["east"] * 15 + ["west"])
_HAZARDS = st.sampled_from([None, None, None, *Hazard])
_NEVER_A_KEY = st.sampled_from([None] * 19 + ["new"])
_RARELY = st.sampled_from([False] * 11 + [True])
_OFTEN = st.sampled_from([True] * 8 + [False])


@st.composite
def statuses(draw: st.DrawFn) -> StatusEvent:
    issued = draw(_MINUTES)
    seen_before = draw(st.sampled_from([0, 0, 0, 1, 10, 40, -3, -20, None]))
    starts = issued + draw(st.sampled_from([0, 0, 0, -5, -30, 20, 60]))
    lasts = draw(st.sampled_from([None, None, None, 0, 10, 45, 90]))
    status = CorridorStatus(
        id=draw(_IDS),
        mission="smm",
        source=draw(_SPEAKERS),
        corridor=draw(_ROADS),
        segment=draw(_SEGMENTS),
        direction=draw(st.sampled_from([None] * 6 + list(Direction))),
        travellers=draw(st.sampled_from([(), (), (), (), _LIGHT, _HEAVY, _LIGHT + _HEAVY])),
        max_load_t=draw(st.sampled_from([None] * 8 + [10.0, 44.0, 0.0])),
        hazard=draw(_HAZARDS),
        status=draw(_SAID),
        issued_at=minute(issued),
        observed_at=None if seen_before is None else minute(issued - seen_before),
        effective_from=minute(starts),
        effective_to=None if lasts is None else minute(starts + lasts),
        settles=tuple(draw(st.lists(_REFS, max_size=3))),
        exercise=draw(_RARELY),
    )
    late = draw(st.sampled_from([0, 0, 1, 30, 120, -3, -SKEW, -SKEW - 1, -60]))
    key = draw(_KEYS if status.source == "signing" else _NEVER_A_KEY)
    return arrived(status, issued + late, vouched=draw(_OFTEN), public_key=key)


@st.composite
def reports(draw: st.DrawFn) -> RouteEvent:
    seen = draw(_MINUTES)
    until = seen + draw(st.sampled_from([0, 0, 5, 30]))
    return RouteEvent(
        source=draw(st.sampled_from(["patrol", "sensor"])),
        id=draw(_IDS),
        effect=draw(st.sampled_from(list(Effect))),
        observed_from=minute(seen),
        observed_to=minute(until),
        received_at=minute(until + draw(st.sampled_from([0, 1, 30, -2, -SKEW - 1, -40]))),
        segments=draw(_TOUCHED),
        hazard=draw(_HAZARDS),
    )


@st.composite
def rounds(draw: st.DrawFn, opened: int) -> list[StatusEvent]:
    """An observer who looks at the road every so often from a minute on and says what it is."""
    every, source = (
        draw(st.sampled_from([10, 25, 50])),
        draw(st.sampled_from(["observer", "second", "dismissed", "demoted"])),
    )
    return [
        arrived(_said(f"r{at}", source, draw(_ON_ROUNDS), at))
        for at in range(opened, min(opened + 120, END), every)
    ]


@st.composite
def _response(draw: st.DrawFn, events: list[CorridorEvent]) -> StatusEvent:
    """Somebody settles an event by name, perhaps too early."""
    event = draw(st.sampled_from(events))
    named = event.status if isinstance(event, StatusEvent) else event
    happened = (event.received_at - START) // timedelta(minutes=1)
    at = happened + draw(st.sampled_from([0, 1, 5, 20, 40, -10]))
    source = draw(st.sampled_from(["observer", "observer", "closer", "liaison_b", "second"]))
    said = draw(st.sampled_from([Availability.OPEN, Availability.OPEN, Availability.UNKNOWN]))
    settled = (EventRef(source=named.source, id=named.id),)
    return arrived(_said(f"a{named.id}", source, said, at, settled))


def _said(
    own_id: str, source: str, said: Availability, at: int, settles: tuple[EventRef, ...] = ()
) -> CorridorStatus:
    return CorridorStatus(
        id=own_id,
        mission="smm",
        source=source,
        corridor="east",
        status=said,
        issued_at=minute(at),
        observed_at=minute(at),
        effective_from=minute(at),
        settles=settles,
    )


@st.composite
def _redelivered(draw: st.DrawFn, events: list[CorridorEvent]) -> CorridorEvent:
    event = draw(st.sampled_from(events))
    later = event.received_at + timedelta(minutes=draw(st.sampled_from([0, 7, 90])))
    again: CorridorEvent = msgspec.structs.replace(event, received_at=later)
    if isinstance(again, StatusEvent) and draw(_RARELY):
        return msgspec.structs.replace(again, vouched=not again.vouched)
    return again


@st.composite
def histories(draw: st.DrawFn) -> History:
    events: list[CorridorEvent] = []
    divided = draw(st.booleans())
    for opened in draw(st.lists(st.integers(20, 300), min_size=1, max_size=3)):
        events += draw(rounds(opened))
    fewest = draw(st.sampled_from([0, 0, 0, 2, 8]))  # of a busy road little is ever open
    more = draw(st.sampled_from([0, 1, 4]))
    events += draw(st.lists(statuses(), min_size=fewest, max_size=fewest + more))
    events += draw(st.lists(reports(), max_size=draw(st.sampled_from([0, 0, 1, 3]))))
    events += draw(st.lists(_response(events), max_size=4))
    events += draw(st.lists(_redelivered(events), max_size=3))
    axis = draw(st.sampled_from([AgreedAxis.AGREED_IN_DETAIL] * 12 + list(AgreedAxis)))
    road = corridor(axis, divided=divided)
    if not divided and draw(st.booleans()):
        road = as_area(road)
    road = timed(road, draw(agreed_times()))
    return History(road, agreement(road), tuple(events))
