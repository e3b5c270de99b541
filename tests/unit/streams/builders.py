"""Small agreements, methodologies and reports, so that a test states only what it is about.

Everything happens near (38, 48), on 2026-03-02, between the parties `north` and `south`. The zone
`z` is a square of 0.1° around that point; a term `t` prohibits explosions in it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from streams.agreement import (
    Agreement,
    Corridor,
    Derived,
    LineString,
    MultiPolygon,
    Party,
    Polygon,
    Ring,
    Term,
    Validity,
    Where,
    Zone,
)
from streams.assess import Judged, assess
from streams.assessment import Assessment, Context
from streams.decode import Refusal
from streams.events import Attribution, CorridorStatus, Grading, Point, Report
from streams.inforce import Register
from streams.methodology import CorridorRules, Methodology, Thresholds
from streams.vocabulary import (
    AgreedAxis,
    AttributionBasis,
    Authentication,
    Availability,
    Kind,
    Means,
    Severity,
    SourceGrade,
    Spread,
    ViolationKind,
    ZoneKind,
)

MISSION, SOURCE = "mission", "patrol-1"
LON, LAT = 38.0, 48.0
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALWAYS = Validity(from_=datetime(2020, 1, 1, tzinfo=UTC))
OPERATOR = Context(Authentication.OPERATOR)
HALF_DEG = 0.05
FAR_LON = 39.0
"""Well outside of `z`, on its parallel."""


S = TypeVar("S", bound=msgspec.Struct)


def _made(made: type[S], changes: dict[str, object], **fields: object) -> S:
    merged: dict[str, Any] = fields | changes
    return made(**merged)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def ring(lon: float = LON, lat: float = LAT, half: float = HALF_DEG) -> Ring:
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def square(lon: float = LON, lat: float = LAT, half: float = HALF_DEG) -> Polygon:
    return Polygon(coordinates=(ring(lon, lat, half),))


def zone(
    zone_id: str = "z", geometry: Polygon | MultiPolygon | Derived | None = None, **changes: object
) -> Zone:
    return _made(
        Zone,
        changes,
        id=zone_id,
        kind=ZoneKind.DISENGAGEMENT_AREA,
        name=f"Area {zone_id}",
        geometry=geometry or square(),
    )


def term(term_id: str = "t", zones: tuple[str, ...] = ("z",), **changes: object) -> Term:
    return _made(
        Term,
        changes,
        id=term_id,
        clause=f"Article {term_id}",
        text="No fire there.",
        prohibits=(Kind.EXPLOSION,),
        where=Where(zones=zones),
        severity=Severity.SERIOUS,
        violation=ViolationKind.FIRE_INTO_ZONE,
    )


def corridor(corridor_id: str = "c", **changes: object) -> Corridor:
    return _made(
        Corridor,
        changes,
        id=corridor_id,
        name=f"Road {corridor_id}",
        route=LineString(coordinates=((LON - 0.2, LAT), (LON + 0.2, LAT))),
        width_m=2_000.0,
        axis=AgreedAxis.AGREED_IN_DETAIL,
    )


def access_area(corridor_id: str = "mills", **changes: object) -> Corridor:
    """An area around the reference point, to which there is access or not."""
    return _made(
        Corridor,
        changes,
        id=corridor_id,
        name="Grain mills",
        area=square(half=0.02),
        axis=AgreedAxis.AGREED_IN_DETAIL,
        windows=(ALWAYS,),
    )


def agreement(**changes: object) -> Agreement:
    return _made(
        Agreement,
        changes,
        format="truceline.agreement.v1",
        id="truce",
        version=1,
        mission=MISSION,
        title="A truce",
        valid=ALWAYS,
        parties=(Party(id="north", name="North"), Party(id="south", name="South")),
        zones=(zone(),),
        terms=(term(),),
    )


def methodology(**changes: object) -> Methodology:
    return _made(
        Methodology,
        changes,
        format="truceline.methodology.v1",
        id="method",
        version=1,
        mission=MISSION,
        title="How we judge",
        valid=ALWAYS,
        thresholds=Thresholds(violation=0.9, possible=0.5),
        minimum_grading=grading("C3"),
        ungraded_as=grading("B2"),
        sufficient_means=tuple(m for m in Means if m is not Means.THIRD_PARTY),
        accuracy_otherwise_m=100.0,
        clock_skew_s=60.0,
        corridor=CorridorRules(stale_after_s=3_600.0),
    )


def grading(code: str) -> Grading:
    return Grading(source=SourceGrade(code[0]), information=int(code[1]))


def attribution(
    party: str, basis: AttributionBasis = AttributionBasis.HIGHLY_PROBABLE
) -> Attribution:
    return Attribution(party=party, basis=basis)


def point(lon: float = LON, lat: float = LAT, accuracy_m: float | None = 100.0) -> Point:
    return Point(lon=lon, lat=lat, accuracy_m=accuracy_m)


def bell(lon: float = LON, lat: float = LAT, accuracy_m: float | None = 100.0) -> Point:
    return Point(lon=lon, lat=lat, accuracy_m=accuracy_m, spread=Spread.GAUSSIAN)


def report(report_id: str = "r-1", **changes: object) -> Report:
    return _made(
        Report,
        changes,
        id=report_id,
        mission=MISSION,
        source=SOURCE,
        kind=Kind.EXPLOSION,
        means=(Means.SAW,),
        observed_from=NOON,
        location=point(),
    )


def status(status_id: str = "s-1", **changes: object) -> CorridorStatus:
    return _made(
        CorridorStatus,
        changes,
        id=status_id,
        mission=MISSION,
        source="operator",
        corridor="c",
        status=Availability.OPEN,
        issued_at=NOON,
        effective_from=NOON,
    )


def line(event: Report | CorridorStatus) -> bytes:
    return msgspec.json.encode(event)


def register(
    agreement_: Agreement | None = None, methodology_: Methodology | None = None
) -> Register:
    return Register((agreement_ or agreement(),), (methodology_ or methodology(),))


def judged(
    report_: Report | None = None,
    agreement_: Agreement | None = None,
    methodology_: Methodology | None = None,
    context: Context = OPERATOR,
) -> Judged:
    """Judge one report through every stage; it must be judged, not refused."""
    result = assess(register(agreement_, methodology_), (report_ or report(),), (context,))[0]
    assert not isinstance(result, Refusal)
    return result


def assessment(
    report_: Report | None = None,
    agreement_: Agreement | None = None,
    methodology_: Methodology | None = None,
    context: Context = OPERATOR,
) -> Assessment:
    return judged(report_, agreement_, methodology_, context).assessment
