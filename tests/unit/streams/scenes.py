"""Scenes for the oracle: random agreements and reports that crowd around every edge there is."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from random import Random

from msgspec.structs import replace

from streams.agreement import (
    Agreement,
    Calibres,
    Claim,
    Corridor,
    Daily,
    Exemption,
    LineString,
    MultiPolygon,
    PhaseDays,
    Polygon,
    Recurring,
    Ring,
    Term,
    Validity,
    Where,
    Zone,
)
from streams.assessment import Context
from streams.context.facts import MissionContext, Notification, PhaseBegan, TruceHeld
from streams.events import (
    Attribution,
    Bearings,
    Count,
    Location,
    MonitorSide,
    Point,
    Report,
    Sector,
)
from streams.methodology import DefaultAccuracy, Methodology, Thresholds
from streams.vocabulary import (
    DETAILS_OF,
    Activity,
    AttributionBasis,
    Authentication,
    Detail,
    ExceptionName,
    Kind,
    Means,
    Presence,
    Purpose,
    Qualifier,
    Side,
    Spread,
    Weapon,
    Weekday,
    ZoneKind,
)
from tests.unit.streams.builders import (
    NOON,
    agreement,
    corridor,
    grading,
    hours,
    methodology,
    report,
    term,
    zone,
)
from tests.unit.streams.judge_oracle import lines_of, outlines_of, rings_of

KINDS = (Kind.EXPLOSION, Kind.SHOT)
WEAPONS = (Weapon.MORTAR, Weapon.MLRS, Weapon.TANK, Weapon.UNDETERMINED)
ZONE_KINDS = (ZoneKind.SECURITY_ZONE, ZoneKind.STORAGE_SITE)
KM_DEG = 1 / 111.2
SOME_COUNTS = (
    Count(min=6, max=9),
    Count(min=4, max=4, qualifier=Qualifier.ABOUT),
    Count(min=10, max=12, qualifier=Qualifier.ABOUT),
)


def star(rng: Random, lon: float, lat: float, km: float, *, deepest: float) -> Ring:
    """A ring around a point: convex-like at `deepest` 1, the more jagged the less."""
    count = rng.randrange(7, 12)
    corners = []
    for k in range(count):
        angle = 2 * math.pi * (k + rng.uniform(-0.2, 0.2)) / count
        away = km * KM_DEG * rng.uniform(deepest, 1.0)
        stretch = 1 / math.cos(math.radians(lat))
        corners.append((lon + away * stretch * math.sin(-angle), lat + away * math.cos(angle)))
    return (*corners, corners[0])


def polygon(rng: Random, lon: float, lat: float) -> tuple[Ring, ...]:
    km = rng.uniform(2.0, 7.0)
    outer = star(rng, lon, lat, km, deepest=rng.choice([0.4, 0.95]))
    if rng.random() < 0.6:
        return (outer,)
    return outer, star(rng, lon, lat, 0.2 * km, deepest=0.5)[::-1]


def geometry(rng: Random, lon: float, lat: float) -> Polygon | MultiPolygon:
    if rng.random() < 0.75:
        return Polygon(coordinates=polygon(rng, lon, lat))
    parts = (polygon(rng, lon, lat), polygon(rng, lon + 0.25, lat))
    return MultiPolygon(coordinates=parts)


def validity(rng: Random) -> Validity | None:
    if rng.random() < 0.6:
        return None
    start = NOON + hours(rng.randrange(-4, 3))
    return Validity(from_=start, to=rng.choice([None, start + hours(rng.randrange(1, 6))]))


def some(rng: Random, words: tuple[Weapon, ...], chance: float) -> tuple[Weapon, ...]:
    return tuple(word for word in words if rng.random() < chance)


def random_zone(rng: Random, number: int, lon: float, lat: float) -> Zone:
    where = lon + rng.uniform(-0.1, 0.1), lat + rng.uniform(-0.07, 0.07)
    return zone(
        f"z{number}",
        geometry(rng, *where),
        kind=rng.choice(ZONE_KINDS),
        valid=validity(rng),
    )


def random_windows(rng: Random) -> tuple[Daily | Recurring, ...]:
    """Around noon in UTC, by clocks of other places."""
    return tuple(
        random_recurring(rng) if rng.random() < 0.4 else random_daily(rng)
        for _ in range(rng.choice([1, 2]))
    )


CLOCKS = ("UTC", "Europe/Kyiv", "Asia/Kathmandu", "America/St_Johns")


def random_daily(rng: Random) -> Daily:
    return Daily(
        time_zone=rng.choice(CLOCKS),
        from_=f"{rng.randrange(24):02}:{rng.choice(['00', '30', '45'])}",
        to=f"{rng.randrange(24):02}:15",
        weekdays=rng.choice([(), (), (Weekday.MONDAY,), (Weekday.SUNDAY, Weekday.MONDAY)]),
    )


RULES_OF_DAYS = (
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;COUNT=4",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;BYDAY=SU,MO",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU",
    "FREQ=MONTHLY;BYMONTHDAY=2",
    "FREQ=MONTHLY;BYMONTHDAY=-1,1",
)


def random_recurring(rng: Random) -> Recurring:
    """From some day before noon's, at some hour, for hours or days."""
    begun = NOON.replace(tzinfo=None) - timedelta(days=rng.randrange(9))
    begun = begun.replace(hour=rng.randrange(24), minute=rng.choice([0, 20]))
    return Recurring(
        time_zone=rng.choice(CLOCKS),
        start=begun.isoformat(timespec="minutes"),
        rule=rng.choice(RULES_OF_DAYS),
        minutes=rng.choice([90, 600, 1_440, 2_000]),
    )


def random_days(rng: Random) -> PhaseDays:
    start = rng.choice([0, 0, 1])
    return PhaseDays(
        phase=rng.choice(["one", "two"]),
        time_zone=rng.choice(["UTC", "Europe/Kyiv"]),
        from_day=start,
        to_day=rng.choice([None, start + 1, start + 2]),
        until_phase=rng.choice([None, None, "three"]),
    )


def random_roads(rng: Random, agreed: Agreement, chance: float) -> tuple[str, ...]:
    return tuple(road.id for road in agreed.corridors if rng.random() < chance)


def random_place(rng: Random, agreed: Agreement) -> Where:
    """A zone or a corridor."""
    roads = random_roads(rng, agreed, 0.3)
    return Where(corridors=roads) if roads else Where(zones=(rng.choice(agreed.zones).id,))


def random_exemption(rng: Random, agreed: Agreement) -> Exemption:
    name = rng.choice([*ExceptionName])
    exercise = name is ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE
    return Exemption(
        name=name,
        notice_hours=rng.choice([0.0, 2.0, 24.0]),
        kinds=rng.choice([(), KINDS[:1]]),
        outside=random_place(rng, agreed) if exercise else None,
    )


def random_full_where(rng: Random, plain: Where, agreed: Agreement) -> Where:
    """The same with corridors, corridors alone, or everywhere."""
    if rng.random() < 0.2:
        return Where(everywhere=True)
    roads = random_roads(rng, agreed, 0.3)
    kinds = plain.zone_kinds + (ZoneKind.CORRIDOR,) * (
        rng.random() < 0.1 and bool(agreed.corridors)
    )
    if roads and rng.random() < 0.4:
        return Where(corridors=roads)
    return replace(plain, corridors=roads, zone_kinds=kinds)


def random_full_term(rng: Random, number: int, agreed: Agreement) -> Term:
    """A term that may ask for anything that a term can ask for."""
    plain = random_term(rng, number, agreed.zones)
    requires = rng.random() < 0.15
    bound = rng.choice([None, 1, 5]) if rng.random() < 0.3 else None
    return replace(
        plain,
        prohibits=() if requires else plain.prohibits,
        requires=plain.prohibits if requires else (),
        where=random_full_where(rng, plain.where, agreed),
        details=rng.choice([(), (), (), (Detail.IMPACT,), (Detail.INCOMING,)]),
        calibres=rng.choice(
            [None] * 4 + [Calibres(min_mm=100.0), Calibres(min_mm=82.0, max_mm=120.0)]
        ),
        at_most=None if requires else bound,
        at_least=bound if requires else None,
        when=random_windows(rng) if rng.random() < 0.3 else (),
        during=random_days(rng) if rng.random() < 0.15 else None,
        exceptions=tuple(random_exemption(rng, agreed) for _ in range(rng.choice([0, 0, 1, 2, 3]))),
        yields_to=tuple(f"t{n}" for n in range(number) if rng.random() < 0.2),
    )


def with_full_terms(rng: Random, agreed: Agreement) -> Agreement:
    """The same zones under other terms, in any order."""
    terms = [random_full_term(rng, n, agreed) for n in range(rng.randrange(3, 7))]
    rng.shuffle(terms)
    return replace(agreed, terms=tuple(terms))


def said_otherwise(rng: Random, there: Report, agreed: Agreement) -> Report:
    """Another report from the same place by the same means."""
    other = random_report(rng, agreed)
    said = replace(other, location=there.location, means=there.means)
    details = [None, *sorted(DETAILS_OF.get(said.kind, ()))]
    return replace(
        said,
        detail=rng.choice(details),
        calibres_mm=tuple(c for c in (60.0, 82.0, 100.0, 120.0, 152.0) if rng.random() < 0.3),
        assessed_as=rng.choice([None, None, *Activity]),
        count=rng.choice([said.count, Count(min=1, max=5), Count(min=5), *SOME_COUNTS]),
    )


def random_full_context(rng: Random, said: Report, agreed: Agreement) -> Context:
    known = MissionContext.of(
        [random_notification(rng, agreed) for _ in range(rng.choice([0, 1, 3, 8]))],
        [
            PhaseBegan(phase=phase, at=NOON + hours(rng.choice([-30, -13, -1, 0, 0.5, 4])))
            for phase in ("one", "two", "three")
            if rng.random() < 0.6
        ],
        [one for name in ("bridge", "line") for one in random_truce(rng, name, agreed)],
    ).touching(said.observed_from, said.observed_to or said.observed_from)
    return replace(
        random_context(rng, said),
        notifications=known.notifications,
        phases=known.phases,
        truces=known.truces,
    )


def random_truce(rng: Random, name: str, agreed: Agreement) -> list[TruceHeld]:
    """A truce that held once, twice or never, perhaps on other terms the second time."""
    start = NOON + hours(rng.choice([-3, -1, -0.5, 0, 0.5]))
    end = start + hours(rng.choice([0.5, 1, 1, 5]))
    first = random_stretch(rng, name, agreed, start, end)
    again = end + hours(rng.choice([0, 0, 0.5, 1]))
    second = rng.choice([first, first, random_stretch(rng, name, agreed, start, end)])
    second = replace(second, start=again, end=again + hours(1), event="hq/again")
    return rng.choice([[], [first], [first], [first, second]])


def random_stretch(
    rng: Random, name: str, agreed: Agreement, start: datetime, end: datetime
) -> TruceHeld:
    zones = tuple(sorted(z.id for z in agreed.zones if rng.random() < 0.4))
    return TruceHeld(
        truce=name,
        purpose=Purpose.REPAIRS,
        zones=zones or (agreed.zones[0].id,),
        corridors=random_roads(rng, agreed, 0.3),
        start=start,
        end=end,
        prohibits=rng.choice([KINDS, KINDS[:1], KINDS[1:]]),
        weapons=some(rng, WEAPONS[:3], 0.5) if rng.random() < 0.3 else (),
        guarantors=rng.choice([(), ("osce",)]),
        event="hq/first",
    )


def random_notification(rng: Random, agreed: Agreement) -> Notification:
    start = NOON + hours(rng.randrange(-4, 2))
    return Notification(
        activity=rng.choice([*Activity]),
        zones=tuple(sorted(z.id for z in agreed.zones if rng.random() < 0.8)),
        corridors=random_roads(rng, agreed, 0.5),
        start=start,
        end=start + hours(rng.choice([0.5, 1, 6, 6])),
        notified_at=NOON - hours(rng.choice([0, 2, 48])),
        by=rng.choice(["north", "south"]),
    )


def random_term(rng: Random, number: int, zones: tuple[Zone, ...]) -> Term:
    named = tuple(z.id for z in zones if rng.random() < 0.4)
    drawn = {z.kind for z in zones}
    kinds = tuple(kind for kind in ZONE_KINDS if kind in drawn and rng.random() < 0.3)
    if not named and not kinds:
        named = (rng.choice(zones).id,)
    return term(
        f"t{number}",
        prohibits=rng.choice([KINDS, KINDS[:1], KINDS[1:]]),
        where=Where(zones=named, zone_kinds=kinds),
        weapons=some(rng, WEAPONS[:3], 0.5) if rng.random() < 0.4 else (),
        binds=rng.choice([(), (), ("north",), ("south",)]),
        valid=validity(rng),
    )


def random_agreement(rng: Random) -> Agreement:
    lon, lat = rng.uniform(-170, 170), rng.uniform(-58, 58)
    zones = tuple(random_zone(rng, n, lon, lat) for n in range(rng.randrange(2, 6)))
    return agreement(
        zones=zones, terms=tuple(random_term(rng, n, zones) for n in range(rng.randrange(3, 6)))
    )


def disputed(rng: Random, agreed: Agreement) -> Agreement:
    """The same with roads through it, and with zones that parties draw otherwise."""
    zones = tuple(random_claims(rng, one) for one in agreed.zones)
    roads = tuple(random_road(rng, n, agreed) for n in range(rng.choice([0, 1, 2])))
    return replace(agreed, zones=zones, corridors=roads)


def random_claims(rng: Random, agreed: Zone) -> Zone:
    if rng.random() < 0.6:
        return agreed
    lon, lat = rings_of(agreed)[0][0]
    claims = tuple(
        Claim(party=party, geometry=geometry(rng, lon + rng.gauss(0, 0.03), lat))
        for party in ("north", "south")
        if rng.random() < 0.7
    )
    undrawn = len(claims) == 2 and rng.random() < 0.6
    return replace(agreed, claims=claims, geometry=None if undrawn else agreed.geometry)


def random_road(rng: Random, number: int, agreed: Agreement) -> Corridor:
    lon, lat = rings_of(rng.choice(agreed.zones))[0][0]
    steps = [
        (lon + rng.gauss(0, 0.08), lat + rng.gauss(0, 0.05)) for _ in range(rng.choice([2, 3]))
    ]
    return corridor(
        f"c{number}",
        route=LineString(coordinates=tuple(steps)),
        width_m=rng.choice([200.0, 1_500.0, 6_000.0]),
        valid=validity(rng),
    )


def random_methodology(rng: Random) -> Methodology:
    t1 = rng.choice([0.6, 0.9, 1.0])
    return methodology(
        thresholds=Thresholds(violation=t1, possible=rng.choice([0.2, 0.5, t1])),
        minimum_grading=rng.choice([None, grading("C3"), grading("B2")]),
        ungraded_as=rng.choice([None, grading("B2"), grading("D1")]),
        sufficient_means=rng.choice([tuple(Means), (Means.SAW, Means.CAMERA)]),
        default_accuracy=(DefaultAccuracy(means=Means.HEARD, accuracy_m=1_000.0),),
        accuracy_otherwise_m=300.0,
        accuracy_floor_m=20.0,
        about_within=rng.choice([None, 0.25, 0.5]),
        clock_skew_s=60.0,
    )


def near_an_edge(rng: Random, agreed: Agreement) -> tuple[float, float]:
    """A position within a kilometre or two of some zone's outline, or anywhere about."""
    lines = [line for outline in outlines_of(agreed) for line in lines_of(outline)]
    ring = rng.choice(lines)
    at = rng.randrange(len(ring) - 1)
    (ax, ay), (bx, by) = ring[at], ring[at + 1]
    along, spread = rng.random(), rng.choice([0.3, 1.0, 4.0]) * KM_DEG
    return (
        ax + along * (bx - ax) + rng.gauss(0, spread),
        ay + along * (by - ay) + rng.gauss(0, spread),
    )


def location(rng: Random, agreed: Agreement) -> Location | None:
    lon, lat = near_an_edge(rng, agreed)
    accuracy = rng.choice([None, 10.0, 200.0, 1_500.0])
    chance = rng.random()
    if chance < 0.7:
        spread = rng.choice([Spread.UNIFORM, Spread.GAUSSIAN])
        return Point(lon=lon, lat=lat, accuracy_m=accuracy, spread=spread)
    if chance < 0.95:
        return Bearings(
            lon=lon,
            lat=lat,
            accuracy_m=accuracy,
            sectors=tuple(sector(rng) for _ in range(rng.choice([1, 1, 2]))),
            compass_points=rng.choice([None, 8, 16]),
        )
    return None


def sector(rng: Random) -> Sector:
    near = rng.choice([0.0, 500.0, 1_500.0])
    return Sector(
        bearing_deg=rng.choice([None, rng.uniform(0, 360), rng.uniform(0, 360)]),
        half_width_deg=rng.choice([None, None, 60.0]),
        min_m=near,
        max_m=rng.choice([near + 1_000.0, near + 1_000.0, near + 3_000.0, None]),
    )


def interval(rng: Random) -> tuple[datetime, datetime | None]:
    start = NOON + hours(rng.choice([-1, 0, 0, 0.5, 1]))
    return start, rng.choice([None, None, start + hours(rng.choice([0, 0.5, 2]))])


def random_report(rng: Random, agreed: Agreement) -> Report:
    start, end = interval(rng)
    known = [zone.id for zone in agreed.zones]
    named = known + ["unheard-of"] * (rng.random() < 0.1)
    sides = [MonitorSide(zone=name, side=rng.choice([*Side])) for name in named]
    party = Attribution(party=rng.choice(["north", "south"]), basis=rng.choice([*AttributionBasis]))
    return report(
        kind=rng.choice(KINDS),
        location=location(rng, agreed),
        means=rng.choice([(Means.SAW,), (Means.CAMERA, Means.HEARD), (Means.HEARD,)]),
        observed_from=start,
        observed_to=end,
        weapons=some(rng, WEAPONS, 0.5),
        grading=rng.choice([None, grading("A1"), grading("A1"), grading("C3"), grading("F6")]),
        attribution=rng.choice([None, party, party]),
        monitor_sides=tuple(side for side in sides if rng.random() < 0.4),
        presence=rng.choice([None] * 20 + [*Presence]),
        count=rng.choice([None, Count(min=1, max=1)] * 8 + [Count(min=0), Count(min=0, max=0)]),
        exercise=rng.random() < 0.03,
        retracts="r-0" if rng.random() < 0.02 else None,
    )


def random_context(rng: Random, said: Report) -> Context:
    ahead = rng.choice([0.0] * 16 + [59.0, 60.0, 61.0, 7_200.0])
    return Context(
        rng.choice([Authentication.OPERATOR, *[Authentication.TAG_VALID] * 12, *Authentication]),
        received_at=said.observed_from - timedelta(seconds=ahead) if ahead else None,
        superseded_by="r-2" if rng.random() < 0.02 else None,
        retracted_by="r-3" if rng.random() < 0.02 else None,
    )
