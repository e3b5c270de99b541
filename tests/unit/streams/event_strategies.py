"""Hypothesis strategies for sound events: everything that decode takes, field by field."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeVar

from hypothesis import strategies as st

from streams.events import (
    Area,
    Attribution,
    Bearings,
    CorridorStatus,
    Count,
    Downtime,
    EventRef,
    Flight,
    Grading,
    MonitorSide,
    NamedPlace,
    OnRoute,
    Point,
    Report,
    Sector,
    Track,
)
from streams.vocabulary import (
    DETAILS_OF,
    AttributionBasis,
    Availability,
    Detail,
    Kind,
    Means,
    Presence,
    Qualifier,
    Side,
    SourceGrade,
    Spread,
    Weapon,
)

_FIRST = string.ascii_letters + string.digits
ids = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=12)
slugs = st.builds("".join, st.tuples(st.sampled_from(_FIRST), st.text(_FIRST + "._-", max_size=8)))
lons, lats = st.floats(-180, 180), st.floats(-90, 90)
metres = st.floats(0, 1_000_000)
bearings = st.floats(0, 360)
_offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001 (Hypothesis adds the offset)
    datetime(2199, 12, 30),  # noqa: DTZ001 (likewise)
    timezones=_offsets | st.just(UTC),
)
texts = st.text(st.characters(codec="utf-8"), max_size=20)
T = TypeVar("T")


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


def tuples_of(
    strategy: st.SearchStrategy[T], most: int = 3, least: int = 0
) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


@st.composite
def counts(draw: st.DrawFn) -> Count:
    least = draw(st.integers(0, 1_000_000_000))
    return Count(
        min=least,
        max=draw(maybe(st.integers(least, 1_000_000_000))),
        qualifier=draw(st.sampled_from(Qualifier)),
    )


@st.composite
def sectors(draw: st.DrawFn) -> Sector:
    near = draw(metres)
    return Sector(
        bearing_deg=draw(maybe(bearings)),
        half_width_deg=draw(maybe(st.floats(0, 180, exclude_min=True))),
        min_m=near,
        max_m=draw(maybe(st.floats(near, 1_000_000))),
    )


@st.composite
def areas(draw: st.DrawFn) -> Area:
    """A triangle or a box with a hole, of any size from micrometres to a continent."""
    lon, lat = draw(st.floats(-170, 170)), draw(st.floats(-80, 80))
    size = 10.0 ** draw(st.floats(-9, 1))
    corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0))
    outer = tuple((lon + size * x, lat + size * y) for x, y in corners)
    hole = tuple((lon + size * (x + 1) / 3, lat + size * (y + 1) / 3) for x, y in corners)
    if draw(st.booleans()):
        return Area(coordinates=(outer, hole[::-1]))
    return Area(coordinates=((*outer[:3], outer[0]),))


points = st.builds(
    Point, lon=lons, lat=lats, accuracy_m=maybe(metres), spread=st.sampled_from(Spread)
)
observers = st.builds(
    Bearings,
    lon=lons,
    lat=lats,
    accuracy_m=maybe(metres),
    sectors=tuples_of(sectors(), least=1),
    compass_points=st.sampled_from([None, 8, 16]),
)
tracks = st.builds(
    Track,
    points=tuples_of(st.tuples(lons, lats), least=2, most=4),
    accuracy_m=maybe(metres),
)
places = st.builds(
    NamedPlace,
    name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
    offset_m=maybe(metres),
    bearing_deg=maybe(bearings),
    compass_points=st.sampled_from([None, 8, 16]),
)
stretches = st.builds(
    OnRoute,
    corridor=slugs,
    from_km=st.floats(0, 10_000),
    to_km=st.none(),
    accuracy_m=maybe(metres),
)
locations = points | observers | areas() | tracks | places | stretches


@st.composite
def _intervals(draw: st.DrawFn) -> tuple[datetime, datetime]:
    first, last = sorted((draw(instants), draw(instants)))
    return first, last


@st.composite
def _reports(draw: st.DrawFn) -> Report:
    kind = draw(st.sampled_from(Kind))
    details: list[Detail] = sorted(DETAILS_OF.get(kind, ()))
    start, end = draw(_intervals())
    own, *others = draw(st.lists(ids, min_size=3, max_size=3, unique=True))
    return draw(
        st.builds(
            Report,
            id=st.just(own),
            mission=slugs,
            source=slugs,
            kind=st.just(kind),
            detail=st.sampled_from([None, *details]),
            means=tuples_of(st.sampled_from(Means), least=1),
            observed_from=st.just(start),
            observed_to=st.sampled_from([None, end]),
            location=maybe(locations),
            count=maybe(counts()),
            weapons=tuples_of(st.sampled_from(Weapon)),
            calibres_mm=tuples_of(st.floats(0, 1000, exclude_min=True)),
            flights=tuples_of(st.builds(Flight, from_deg=maybe(bearings), to_deg=maybe(bearings))),
            monitor_sides=tuples_of(st.builds(MonitorSide, zone=slugs, side=st.sampled_from(Side))),
            subject_ref=maybe(ids),
            presence=maybe(st.sampled_from(Presence)),
            declared_number=maybe(st.integers(0, 1_000_000)),
            origin=maybe(ids),
            derived_from=tuples_of(ids),
            supersedes=st.sampled_from([None, others[0]]),
            retracts=st.sampled_from([None, others[1]]),
            exercise=st.booleans(),
            grading=maybe(
                st.builds(
                    Grading,
                    source=st.sampled_from(SourceGrade),
                    information=st.integers(1, 6),
                )
            ),
            attribution=maybe(
                st.builds(Attribution, party=slugs, basis=st.sampled_from(AttributionBasis))
            ),
            evidence=tuples_of(st.binary(min_size=32, max_size=32).map(bytes.hex)),
            downtime=tuples_of(_intervals().map(lambda ends: Downtime(start=ends[0], end=ends[1]))),
            range_m=maybe(st.floats(0, 1_000_000)),
            remark=maybe(texts),
        )
    )


@st.composite
def _statuses(draw: st.DrawFn) -> CorridorStatus:
    first, last = draw(_intervals().filter(lambda ends: ends[0] < ends[1]))
    return draw(
        st.builds(
            CorridorStatus,
            id=ids,
            mission=slugs,
            source=slugs,
            corridor=slugs,
            segment=maybe(slugs),
            status=st.sampled_from(Availability),
            issued_at=instants,
            observed_at=maybe(instants),
            effective_from=st.just(first),
            effective_to=st.sampled_from([None, last]),
            settles=tuples_of(st.builds(EventRef, source=slugs, id=ids)),
            exercise=st.booleans(),
            remark=maybe(texts),
        )
    )


reports = _reports()
statuses = _statuses()
