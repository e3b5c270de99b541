"""The bench's load: an agreement of N zones and tagged point reports, from a seed.

Zones are those of `wavy_zones`. Reports are about 400 bytes: a point with 10 to 250 m of accuracy,
as a phone or a sensor gives it, with grading, count and weapon.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from streams.agreement import Agreement, Party, Polygon, Term, Validity, Where, Zone
from streams.events import Count, Grading, Point, Report
from streams.methodology import CorridorRules, Methodology, Thresholds
from streams.vocabulary import (
    Kind,
    Means,
    Severity,
    SourceGrade,
    ViolationKind,
    Weapon,
    ZoneKind,
)
from tests.bench.wavy_zones import HEIGHT_DEG, SOUTH, WEST, WIDTH_DEG, Ring, make_rings

MISSION = "bench"
START = datetime(2026, 1, 1, tzinfo=UTC)
SOURCES = 200
FIRE = (Kind.EXPLOSION, Kind.ROUND, Kind.SHOT, Kind.BURST)
"""The kinds drawn; each is the business of at least one term."""


def make_agreement(zones: int) -> Agreement:
    """An agreement with so many zones and five terms."""
    return Agreement(
        format="truceline.agreement.v1",
        id="bench",
        version=1,
        mission=MISSION,
        title="A grid of zones",
        valid=Validity(from_=START - timedelta(days=365)),
        parties=(Party(id="a", name="A"), Party(id="b", name="B")),
        zones=tuple(_zone(number, ring) for number, ring in enumerate(make_rings(zones))),
        terms=tuple(_terms()),
    )


def _zone(number: int, ring: Ring) -> Zone:
    kind = ZoneKind.SECURITY_ZONE if number % 2 else ZoneKind.WITHDRAWAL_AREA
    geometry = Polygon(coordinates=(ring,))
    return Zone(id=f"zone-{number}", kind=kind, name=f"Zone {number}", geometry=geometry)


def _terms() -> Iterator[Term]:
    both = Where(zone_kinds=(ZoneKind.SECURITY_ZONE, ZoneKind.WITHDRAWAL_AREA))
    withdrawal = Where(zone_kinds=(ZoneKind.WITHDRAWAL_AREA,))
    heavy = (Weapon.ARTILLERY, Weapon.MLRS, Weapon.TANK)
    rows: tuple[tuple[str, tuple[Kind, ...], tuple[Weapon, ...], Where, ViolationKind], ...] = (
        ("fire", FIRE, (), both, ViolationKind.FIRE_INTO_ZONE),
        ("heavy", FIRE, heavy, withdrawal, ViolationKind.WEAPON_INSIDE_WITHDRAWAL_LINE),
        ("presence", (Kind.TROOP_PRESENCE,), (), both, ViolationKind.ZONE_PRESENCE),
        ("weapons", (Kind.WEAPON_PRESENCE,), heavy, withdrawal, ViolationKind.ZONE_PRESENCE),
        ("monitors", (Kind.MONITOR_RESTRICTION,), (), both, ViolationKind.MONITOR_RESTRICTION),
    )
    for name, prohibits, weapons, where, violation in rows:
        yield Term(
            id=name,
            clause=f"Clause {name}",
            text="As the name says.",
            prohibits=prohibits,
            weapons=weapons,
            where=where,
            severity=Severity.SERIOUS,
            violation=violation,
        )


def make_methodology() -> Methodology:
    """A methodology that lets every verdict occur."""
    return Methodology(
        format="truceline.methodology.v1",
        id="bench",
        version=1,
        mission=MISSION,
        title="Bench",
        valid=Validity(from_=START - timedelta(days=365)),
        thresholds=Thresholds(violation=0.9, possible=0.5),
        minimum_grading=Grading(source=SourceGrade.C, information=3),
        accuracy_otherwise_m=100.0,
        clock_skew_s=120.0,
        corridor=CorridorRules(stale_after_s=14_400.0),
    )


def make_reports(count: int, seed: int = 1) -> Iterator[Report]:
    """So many reports, the same ones for the same seed."""
    draw = random.Random(seed)
    for number in range(count):
        at = START + timedelta(seconds=number * 0.05)
        low = draw.randint(1, 30)
        yield Report(
            id=_uuid7(at, draw),
            mission=MISSION,
            source=f"sensor-{draw.randrange(SOURCES):03}",
            kind=draw.choice(FIRE),
            means=(draw.choice((Means.HEARD, Means.SAW, Means.ACOUSTIC)),),
            observed_from=at,
            location=Point(
                lon=round(WEST + draw.random() * WIDTH_DEG, 5),
                lat=round(SOUTH + draw.random() * HEIGHT_DEG, 5),
                accuracy_m=float(draw.randint(10, 250)),
            ),
            count=Count(min=low, max=low),
            weapons=(draw.choice((Weapon.MORTAR, Weapon.ARTILLERY, Weapon.SMALL_ARMS)),),
            grading=Grading(source=SourceGrade.B, information=draw.choice((1, 2, 2, 2, 4))),
            remark="heard from the observation post north of the village",
        )


def encode(report: Report) -> bytes:
    """The bytes that go over the wire."""
    return msgspec.json.encode(report)


def _uuid7(at: datetime, draw: random.Random) -> str:
    """A UUIDv7 (RFC 9562) of that time, from a seeded source."""
    milliseconds = int(at.timestamp() * 1000)
    tail = draw.getrandbits(74)
    value = (
        (milliseconds << 80) | (7 << 76) | ((tail >> 62) << 64) | (2 << 62) | (tail & (2**62 - 1))
    )
    return str(UUID(int=value))
