"""The verdict table of domain.md evaluated another way: plain Python, samples instead of overlays.

Shares only the types of documents and events with what it checks; no geometry library, none of the
stages. A region is a cloud of points spread evenly over it on the ellipsoid; a zone is asked for
each point by the even-odd rule, in degrees, as RFC 7946 draws it. The share of points inside is
within `SHARE_ERROR` of the true share for the regions and zones generated here.

A verdict comes with every reason of its row of the table that holds: the table says "or" within a
row, so which of them is named first is not its business.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from streams.agreement import (
    Agreement,
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
from streams.context.facts import Notification, TruceHeld
from streams.events import Bearings, Count, Point, Report, Sector
from streams.methodology import Methodology
from streams.vocabulary import Severity, Spread, Verdict, ViolationKind
from tests.unit.streams.when.clock_oracle import rule_fits, runs, shows, zone_of

SHARE_ERROR = 0.03
DISC_POINTS, RIM_POINTS, SECTOR_POINTS = 300, 90, 4_000
BELL_REACH = math.sqrt(math.log(1e-6) / math.log(0.05))
"""All but a millionth of a normal error lies within so many times its 95 % radius."""
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
SEMI_MAJOR_M, E2 = 6_378_137.0, 6.694_379_990_14e-3

Position = tuple[float, float]


def destination(origin: Position, east_m: float, north_m: float) -> Position:
    """Where one gets by going straight on; within 10 cm up to 10 km away and latitude 60.

    By the radii of curvature and the course halfway: going east one turns towards the equator.
    """
    lon, lat = origin
    middle, turn = math.radians(lat), 0.0
    for _ in range(3):
        east = east_m * math.cos(turn) + north_m * math.sin(turn)
        north = north_m * math.cos(turn) - east_m * math.sin(turn)
        w2 = 1 - E2 * math.sin(middle) ** 2
        dlat = north * w2**1.5 / (SEMI_MAJOR_M * (1 - E2))
        dlon = east * math.sqrt(w2) / (SEMI_MAJOR_M * math.cos(middle))
        middle, turn = math.radians(lat) + dlat / 2, dlon * math.sin(middle) / 2
    return lon + math.degrees(dlon), lat + math.degrees(dlat)


@dataclass(frozen=True, slots=True)
class Cloud:
    """A region: points spread evenly over it, and points on its rim that only tell a touch."""

    within: tuple[Position, ...]
    rim: tuple[Position, ...]


def cloud(report: Report, methodology: Methodology, fineness: int = 1) -> Cloud | None:
    """The region of a report, of so many times the points; None where its extent is not known."""
    location = report.location
    if isinstance(location, Point):
        radius_m = accuracy_m(location.accuracy_m, report, methodology)
        within, rim = spiral(radius_m, fineness * DISC_POINTS), ring(radius_m)
        if location.spread is Spread.GAUSSIAN:
            # Its points are few where it ends: rings within the rim tell a touch there.
            within = bell(radius_m, fineness * DISC_POINTS)
            rim = (p for share in (1.0, 0.85, 0.7) for p in ring(share * radius_m * BELL_REACH))
        centre = (location.lon, location.lat)
        return Cloud(
            tuple(destination(centre, x, y) for x, y in within),
            tuple(destination(centre, x, y) for x, y in rim),
        )
    if isinstance(location, Bearings):
        return _sectors_cloud(location, report, methodology, fineness)
    return None


def accuracy_m(reported: float | None, report: Report, methodology: Methodology) -> float:
    if reported is None:
        known = {item.means: item.accuracy_m for item in methodology.default_accuracy}
        of_means = [known[means] for means in report.means if means in known]
        reported = max(of_means) if of_means else methodology.accuracy_otherwise_m
    return max(reported, methodology.accuracy_floor_m)


def spiral(radius_m: float, count: int) -> Iterator[Position]:
    """Points spread evenly over a disc: east, north, metres."""
    for k in range(count):
        away, angle = radius_m * math.sqrt((k + 0.5) / count), k * GOLDEN_ANGLE
        yield away * math.sin(angle), away * math.cos(angle)


def ring(radius_m: float) -> Iterator[Position]:
    """Points on a circle: east, north, metres."""
    for k in range(RIM_POINTS):
        angle = 2 * math.pi * k / RIM_POINTS
        yield radius_m * math.sin(angle), radius_m * math.cos(angle)


def bell(radius95_m: float, count: int) -> Iterator[Position]:
    """Points spread as a circular normal distribution: east, north, metres."""
    for k in range(count):
        away = radius95_m * math.sqrt(math.log(1 - (k + 0.5) / count) / math.log(0.05))
        yield away * math.sin(k * GOLDEN_ANGLE), away * math.cos(k * GOLDEN_ANGLE)


def _sectors_cloud(
    location: Bearings, report: Report, methodology: Methodology, fineness: int
) -> Cloud | None:
    widened_m = accuracy_m(location.accuracy_m, report, methodology)
    coarse = 11.25 if location.compass_points == 16 else 22.5
    reach_m = 0.0
    for sector in location.sectors:
        if sector.max_m is None:
            return None
        reach_m = max(reach_m, (sector.max_m or methodology.accuracy_floor_m) + widened_m)
    observer = (location.lon, location.lat)
    points = tuple(
        destination(observer, x, y)
        for x, y in spiral(reach_m, fineness * SECTOR_POINTS)
        if any(_away_m(sector, coarse, x, y) <= widened_m for sector in location.sectors)
    )
    return Cloud(points, ())


def _away_m(sector: Sector, coarse_deg: float, x: float, y: float) -> float:
    """How far a point lies from a sector, metres; 0 within."""
    near, far = sector.min_m, sector.max_m or 0.0
    away = math.hypot(x, y)
    half = sector.half_width_deg or coarse_deg
    if sector.bearing_deg is None or half >= 180:
        return max(near - away, away - far, 0.0)
    off = (math.degrees(math.atan2(x, y)) - sector.bearing_deg + 180) % 360 - 180
    if abs(off) <= half:
        return max(near - away, away - far, 0.0)
    # From the nearer straight side: a segment from `near` to `far` along it.
    aside = math.radians(abs(off) - half)
    along = min(max(away * math.cos(aside), near), far)
    return math.hypot(away * math.cos(aside) - along, away * math.sin(aside))


@dataclass(frozen=True, slots=True)
class Outline:
    """An agreed zone, a corridor, or a zone as one party draws it."""

    id: str
    kind: str
    valid: Validity | None
    geometry: object
    half_m: float = 0.0
    """Of a corridor: how far it reaches to each side of its route."""
    party: str | None = None
    """Whose claim it is."""
    of: int = -1
    """Of a zone and its claims: which one."""
    agreed: bool = True
    """Of a claim: whether the zone has an agreed outline as well."""


def outlines_of(agreement: Agreement) -> list[Outline]:
    """All there is to be inside of: agreed zones, then corridors, then claims."""
    zones = list(enumerate(agreement.zones))
    return [
        *(Outline(it.id, it.kind, it.valid, it.geometry, of=n) for n, it in zones if it.geometry),
        *(
            Outline(f"corridor:{it.id}", "corridor", it.valid, it.route, half_m=it.width_m / 2)
            for it in agreement.corridors
            if it.width_m is not None
        ),
        *(
            Outline(f"corridor:{it.id}", "access_area", it.valid, it.area)
            for it in agreement.corridors
            if it.area is not None
        ),
        *(
            Outline(
                it.id,
                it.kind,
                it.valid,
                claim.geometry,
                party=claim.party,
                of=n,
                agreed=it.geometry is not None,
            )
            for n, it in zones
            for claim in it.claims
        ),
    ]


def rings_of(zone: Zone | Outline) -> list[Ring]:
    """All rings alike: by the even-odd rule a hole is a ring like another."""
    if isinstance(zone.geometry, MultiPolygon):
        return [ring for polygon in zone.geometry.coordinates for ring in polygon]
    assert isinstance(zone.geometry, Polygon)
    return list(zone.geometry.coordinates)


def lines_of(outline: Outline) -> list[Ring]:
    """Its rings, or its route."""
    if isinstance(outline.geometry, LineString):
        return [outline.geometry.coordinates]
    return rings_of(outline)


def off_route_m(route: Ring, point: Position) -> float:
    """How far a point lies from a route, metres, on a plane that touches the earth there."""
    w2 = 1 - E2 * math.sin(math.radians(point[1])) ** 2
    north_m = math.radians(SEMI_MAJOR_M * (1 - E2) / w2**1.5)
    east_m = math.radians(SEMI_MAJOR_M * math.cos(math.radians(point[1])) / math.sqrt(w2))
    flat = [((x - point[0]) * east_m, (y - point[1]) * north_m) for x, y in route]
    nearest = math.inf
    for (ax, ay), (bx, by) in pairwise(flat):
        dx, dy = bx - ax, by - ay
        along = min(max(-(ax * dx + ay * dy) / (dx * dx + dy * dy), 0.0), 1.0)
        nearest = min(nearest, math.hypot(ax + along * dx, ay + along * dy))
    return nearest


def inside(rings: list[Ring], point: Position) -> bool:
    """Even-odd: whether a ray to the east crosses an odd number of edges."""
    x, y = point
    odd = False
    for ring in rings:
        ax, ay = ring[0]
        for bx, by in ring[1:]:
            if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
                odd = not odd
            ax, ay = bx, by
    return odd


def share(region: Cloud, zone: Zone | Outline) -> float | None:
    """Share of the region in the zone; None where they do not touch."""
    route = zone.geometry.coordinates if isinstance(zone.geometry, LineString) else None
    half_m = zone.half_m if isinstance(zone, Outline) else 0.0
    rings = [] if route else rings_of(zone)
    outline = route or [position for ring in rings for position in ring]
    north_deg = 1.01 * half_m / 110_000
    east_deg = 2 * north_deg  # a degree of longitude is half as long at 60 degrees
    west, east = min(p[0] for p in outline) - east_deg, max(p[0] for p in outline) + east_deg
    south, north = min(p[1] for p in outline) - north_deg, max(p[1] for p in outline) + north_deg

    def holds(point: Position) -> bool:
        if not (west <= point[0] <= east and south <= point[1] <= north):
            return False
        return off_route_m(route, point) <= half_m if route else inside(rings, point)

    count = sum(1 for point in region.within if holds(point))
    if count == 0 and not any(holds(point) for point in region.rim):
        return None
    return count / len(region.within)


class Cut(float):
    """A share of a region that is not wholly inside, though it may be rounded to 1.0."""


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict with every reason of its row that holds."""

    verdict: Verdict
    reasons: frozenset[str]
    speaks: bool = False
    """Place, time, kind, weapon and party are the term's for certain; it may be excused."""
    p_inside: float = 0.0
    """In the zone that decided."""


@dataclass(frozen=True)
class Question:
    """A report, what is known beside it, and the two documents."""

    report: Report
    context: Context
    agreement: Agreement
    methodology: Methodology
    held: tuple[TruceHeld, ...] = ()
    """Of what a truce says: when it said so."""
    drawn_by: str | None = None
    """Whose map it is asked about; None: the agreed one."""
    undrawn_alone: bool = False
    """That map is asked only where nothing is agreed."""

    @cached_property
    def outlines(self) -> list[Outline]:
        return outlines_of(self.agreement)

    def shows(self, number: int) -> bool:
        """Whether the map that it is asked about has this outline."""
        outline = self.outlines[number]
        if outline.party is not None:
            return outline.party == self.drawn_by and not (self.undrawn_alone and outline.agreed)
        if self.drawn_by is None or self.undrawn_alone:
            return True
        drawn = [it for it in self.outlines if it.of == outline.of and it.party == self.drawn_by]
        return outline.of < 0 or not drawn

    @property
    def start(self) -> datetime:
        return self.report.observed_from

    @property
    def end(self) -> datetime:
        return self.report.observed_to or self.report.observed_from


def shares_of(question: Question, fineness: int = 1) -> dict[int, float] | None:
    """Shares by the number of the zone, of zones that are touched; None: location unknown."""
    region = cloud(question.report, question.methodology, fineness)
    if region is None:
        return None
    asked = ((n, share(region, zone)) for n, zone in enumerate(question.outlines))
    return {n: p for n, p in asked if p is not None}


def told(question: Question, shares: dict[int, float] | None) -> dict[str, Told]:
    """What the table says of each term that speaks of the report's kind, precedence settled."""
    alone = {
        term.id: _by_maps(question, term, shares)
        for term in question.agreement.terms
        if question.report.kind in {*term.prohibits, *term.requires}
    }
    clauses = [term for term in question.agreement.terms if term.id in alone]
    return {term.id: _settled(term, alone) for term in clauses} | _of_truces(question, shares)


def _of_truces(question: Question, shares: dict[int, float] | None) -> dict[str, Told]:
    """What each local truce says, by all that it ever said: the gravest of it."""
    ways: dict[tuple[object, ...], list[TruceHeld]] = {}
    for one in question.context.truces:
        if question.report.kind in one.prohibits:
            places = (one.zones, one.corridors)
            said = (one.truce, places, one.prohibits, one.weapons, one.guarantors)
            ways.setdefault(said, []).append(one)
    told: dict[str, Told] = {}
    for held in ways.values():
        name = f"truce:{held[0].truce}"
        own = _by_maps(replace(question, held=tuple(held)), _worded(held[0]), shares)
        other = told.get(name, own)
        first, second = (list(Verdict).index(one.verdict) for one in (own, other))
        told[name] = max(own, other, key=lambda one: list(Verdict).index(one.verdict))
        if first == second:
            told[name] = Told(own.verdict, own.reasons | other.reasons)
    return told


def _worded(one: TruceHeld) -> Term:
    """As a clause that holds always: when it holds, every minute is asked."""
    return Term(
        id=one.truce,
        clause="",
        text="",
        prohibits=one.prohibits,
        weapons=one.weapons,
        where=Where(zones=one.zones, corridors=one.corridors),
        severity=Severity.SERIOUS,
        violation=ViolationKind.LOCAL_TRUCE_BREACH,
    )


def _settled(term: Term, alone: dict[str, Told]) -> Told:
    own = alone[term.id]
    silent = own.verdict in {Verdict.NOT_APPLICABLE, Verdict.CANNOT_DETERMINE}
    others = [alone[other] for other in term.yields_to if other in alone]
    if silent or own.reasons == {"outside"} or not others:
        return own
    if any(other.speaks for other in others):
        return Told(Verdict.NOT_APPLICABLE, frozenset({"yields"}))
    if any(
        other.verdict is not Verdict.NOT_APPLICABLE and other.reasons != {"outside"}
        for other in others
    ):
        return Told(Verdict.CANNOT_DETERMINE, frozenset({"precedence"}))
    return own


def _by_maps(question: Question, term: Term, shares: dict[int, float] | None) -> Told:
    """By the map that is asked about; where nothing is agreed, by all who draw it, if they agree.

    Of those that agree the one speaks that has the least of it inside.
    """
    places = _places(question, term)
    undrawn = any(not question.outlines[number].agreed for number in places)
    touched = any(number in (shares or {}) for number in places)
    if question.drawn_by is not None or not undrawn or not touched:
        return _of_term(question, term, shares)
    parties = {question.outlines[n].party for n in places} - {None}
    maps = [replace(question, drawn_by=it, undrawn_alone=True) for it in sorted(map(str, parties))]
    each = [_of_term(one, term, shares) for one in maps]
    if len({one.verdict for one in each}) > 1:
        return Told(Verdict.CANNOT_DETERMINE, frozenset({"claims"}))
    return min(each, key=lambda one: one.p_inside)


def _places(question: Question, term: Term) -> list[int]:
    """Every outline, on whosever map, of what a term names and of what is in force."""
    where = term.where
    named = {*where.zones, *(f"corridor:{it}" for it in where.corridors)}
    return [
        number
        for number, it in enumerate(question.outlines)
        if (it.id in named or it.kind in where.zone_kinds) and _meets(it, question)
    ]


def _of_term(question: Question, term: Term, shares: dict[int, float] | None) -> Told:
    zones = _places(question, term)
    everywhere = term.where.everywhere
    touched = [n for n in zones if n in (shares or {}) and question.shows(n)]
    most = max(((shares or {})[number] for number in touched), default=0.0)
    not_the_terms = frozenset(_not_the_terms(question, term, zones, everywhere=everywhere))
    if not_the_terms:
        return Told(Verdict.NOT_APPLICABLE, not_the_terms, p_inside=most)
    if everywhere:
        return _anywhere(question, term, shares)
    if shares is not None and not touched:
        return Told(Verdict.NO_VIOLATION, frozenset({"outside"}))
    if shares is None:
        if _number(question, term) == "fine":
            return Told(Verdict.NO_VIOLATION, frozenset({"number"}), p_inside=most)
        return Told(Verdict.CANNOT_DETERMINE, frozenset({"location", *_cannot(question, term)}))
    rows = [_in_zone(question, term, number, shares) for number in touched]
    gravest = max(list(Verdict).index(row.verdict) for row in rows)
    same = [n for n, row in enumerate(rows) if row.verdict is list(Verdict)[gravest]]
    largest = max(same, key=lambda n: (shares or {})[touched[n]])
    reasons = frozenset().union(*(rows[n].reasons for n in same))
    there = (shares or {})[touched[largest]]
    return Told(rows[largest].verdict, reasons, rows[largest].speaks, there)


def _meets(zone: Outline, question: Question) -> bool:
    valid = zone.valid
    if valid is None:
        return True
    return valid.from_ <= question.end and not (valid.to is not None and valid.to <= question.start)


def _not_the_terms(
    question: Question, term: Term, zones: list[int], *, everywhere: bool
) -> Iterator[str]:
    """Row 1: kind, weapon, bound party or date is not the term's; or the report speaks no more."""
    report, context = question.report, question.context
    if context.retracted_by or context.superseded_by or report.retracts or report.exercise:
        yield "report"
    none_there = report.count is not None and report.count.max == 0
    absent = none_there or report.presence in {"gone", "not_found"}
    if term.requires and _number(question, term) == "fine":
        yield "there"
    if not term.requires and absent:
        yield "nothing"
    if _detail(question, term) == "other":
        yield "detail"
    if _calibre(question, term) == "other":
        yield "calibre"
    told = report.weapons and "undetermined" not in report.weapons
    if term.weapons and told and not set(report.weapons) & set(term.weapons):
        yield "weapon"
    party = _party(report)
    if term.binds and party and party not in term.binds:
        yield "party"
    validities = [question.outlines[number].valid for number in zones]
    never = all(_hours(question, term, valid) == "none" for valid in validities or [None])
    if never or not (everywhere or zones) or (term.valid and _gone_by(term, question)):
        yield "date"


def _gone_by(term: Term, question: Question) -> bool:
    assert term.valid is not None
    ended = term.valid.to is not None and term.valid.to <= question.start
    return ended or question.end < term.valid.from_


def _party(report: Report) -> str | None:
    said = report.attribution
    return said.party if said is not None and said.basis != "none" else None


def _cannot(question: Question, term: Term) -> Iterator[str]:
    """Row 3, as far as no zone matters."""
    report, context = question.report, question.context
    skew = timedelta(seconds=question.methodology.clock_skew_s)
    if context.received_at is not None and question.start - context.received_at > skew:
        yield "future"
    if term.valid and not _within(term.valid.from_, term.valid.to, question):
        yield "edge"
    if _detail(question, term) == "open":
        yield "detail"
    if _calibre(question, term) == "open":
        yield "calibre"
    if _number(question, term) == "open":
        yield "number"
    if term.weapons and not set(report.weapons) & set(term.weapons):
        yield "weapon"  # where all were told, row 1 has spoken
    if term.binds and _party(report) is None:
        yield "party"
    if not term.requires and report.count is not None and report.count.min == 0:
        yield "count"  # where none is counted for certain, row 1 has spoken


def _within(start: datetime, end: datetime | None, question: Question) -> bool:
    return start <= question.start and (end is None or question.end < end)


def _anywhere(question: Question, term: Term, shares: dict[int, float] | None) -> Told:
    """A term that holds everywhere: the place is of no weight, but for what is excepted."""
    surely = _surely(question, term, None, 1.0)
    if _number(question, term) == "fine":
        return Told(Verdict.NO_VIOLATION, frozenset({"number"}), surely)
    held = excepted(question, term, None, shares)
    if held == "yes":
        return Told(Verdict.NO_VIOLATION, frozenset({"exception"}), surely)
    cannot = set(_cannot(question, term))
    if _hours(question, term, None) != "all":
        cannot.add("edge")
    if held == "perhaps":
        cannot.add("exception")
    if cannot:
        speaks = surely and cannot <= {"number", "exception"}
        return Told(Verdict.CANNOT_DETERMINE, frozenset(cannot), speaks)
    possible = set(_possible(question, term, None))
    if possible:
        return Told(Verdict.POSSIBLE_VIOLATION, frozenset(possible), surely)
    return Told(Verdict.VIOLATION, frozenset({"inside"}), speaks=True)


def _in_zone(question: Question, term: Term, number: int, shares: dict[int, float]) -> Told:
    if _hours(question, term, question.outlines[number].valid) == "none":
        return Told(Verdict.NOT_APPLICABLE, frozenset({"date"}))
    if _number(question, term) == "fine":
        surely = _surely(question, term, question.outlines[number], shares[number])
        return Told(Verdict.NO_VIOLATION, frozenset({"number"}), surely)
    return _in_zone_in_force(question, term, number, shares)


def _in_zone_in_force(
    question: Question, term: Term, number: int, shares: dict[int, float]
) -> Told:
    zone, p_inside = question.outlines[number], shares[number]
    limits = question.methodology.thresholds
    surely = _surely(question, term, zone, p_inside)
    held = excepted(question, term, number, shares)
    if held == "yes":
        return Told(Verdict.NO_VIOLATION, frozenset({"exception"}), surely)
    cannot = set(_cannot(question, term))
    if _hours(question, term, zone.valid) != "all":
        cannot.add("edge")
    if held == "perhaps":
        cannot.add("exception")
    if p_inside < limits.possible:
        cannot.add("share")
    if zone.valid and not _within(zone.valid.from_, zone.valid.to, question):
        cannot.add("edge")
    if cannot:
        speaks = surely and cannot <= {"number", "exception"}
        return Told(Verdict.CANNOT_DETERMINE, frozenset(cannot), speaks)
    possible = set(_possible(question, term, zone))
    if p_inside < limits.violation:
        possible.add("share")
    if possible:
        return Told(Verdict.POSSIBLE_VIOLATION, frozenset(possible), surely)
    return Told(Verdict.VIOLATION, frozenset({"inside"}), speaks=True)


def _surely(question: Question, term: Term, zone: Outline | None, p_inside: float) -> bool:
    """Whether place, time, kind, weapon and party are the term's for certain."""
    valid = zone.valid if zone else None
    left_open = set(_cannot(question, term)) - {"number", "count", "future"}
    left_open |= set(_possible(question, term, zone)) - {"authentication", "grading", "means"}
    all_of_it = _hours(question, term, valid) == "all" and (
        valid is None or _within(valid.from_, valid.to, question)
    )
    return all_of_it and not left_open and p_inside >= question.methodology.thresholds.violation


def _possible(question: Question, term: Term, zone: Outline | None) -> Iterator[str]:
    """Row 4, but for the share."""
    report, methodology = question.report, question.methodology
    vouched = {"tag_valid", "signature_valid", "token", "operator"}
    if question.context.authentication not in vouched:
        yield "authentication"
    minimum, said = methodology.minimum_grading, report.grading or methodology.ungraded_as
    if minimum is not None and (
        said is None
        or "ABCDEF".index(said.source) > "ABCDEF".index(minimum.source)
        or said.information > minimum.information
    ):
        yield "grading"
    if not set(report.means) & set(methodology.sufficient_means):
        yield "means"
    others = {other.id for other in question.outlines} - {zone.id if zone else ""}
    if zone and any(
        said.zone not in others and said.side == "outside" for said in report.monitor_sides
    ):
        yield "monitor"
    if term.weapons and set(report.weapons) - set(term.weapons):
        yield "weapon"
    if _calibre(question, term) == "mixed":
        yield "calibre"


def _number(question: Question, term: Term) -> str:
    """`fine` where the number breaches nothing, `open` where that is not said, else `wrong`.

    By trying: every number that the count allows, up to one that is more than any term names.
    """
    report = question.report
    if not term.requires and term.at_most is None:
        return "wrong"
    count = report.count
    if count is None:
        allowed = [1, 10**6] if term.at_least or term.at_most else [1]
    else:
        least, most = _printed_or_about(count, question.methodology.about_within)
        allowed = list(range(least, (least + 1_000 if most is None else most) + 1))
    if term.requires and (report.presence in {"gone", "not_found"}):
        allowed = [0]
    least = term.at_least or 1
    fine = {n >= least if term.requires else n <= (term.at_most or 0) for n in allowed}
    return "open" if len(fine) > 1 else "fine" if fine == {True} else "wrong"


def _printed_or_about(count: Count, within: float | None) -> tuple[int, int | None]:
    """The whole numbers that may be meant; an estimate of unknown width: any, if it is of any."""
    if count.qualifier != "about":
        return count.min, count.max
    if within is None:
        return min(count.min, 1), None
    low = math.ceil(count.min - count.min * within)
    return max(low, min(count.min, 1)), count.max and math.floor(count.max + count.max * within)


HAS_DETAIL = {"explosion": {"impact", "outgoing", "airburst"}, "round": {"incoming", "outgoing"}}


def _detail(question: Question, term: Term) -> str:
    report = question.report
    named = {str(detail.value) for detail in term.details} & HAS_DETAIL.get(
        report.kind.value, set()
    )
    if not named:
        return "same"
    said = None if report.detail is None else report.detail.value
    if said is None or said == "undetermined":
        return "open"
    return "same" if said in named else "other"


def _calibre(question: Question, term: Term) -> str:
    if term.calibres is None:
        return "same"
    least, most = term.calibres.min_mm or 0.0, term.calibres.max_mm or math.inf
    among = [least <= calibre <= most for calibre in question.report.calibres_mm]
    if not among:
        return "open"
    return "same" if all(among) else "mixed" if any(among) else "other"


def _hours(question: Question, term: Term, valid: Validity | None) -> str:
    """`all`, `some` or `none` of the report's minutes at which the term holds in such a zone.

    Every minute is asked what the clocks show and what is in force; edges lie on whole minutes.
    """
    if not term.when and term.during is None and not question.held:
        return "all"  # validities alone are asked for each by itself
    span, minute = question.end - question.start, timedelta(minutes=1)
    held = [
        _holds(question, term, valid, question.start + minute * number)
        for number in range(int(span / minute) + 1)
    ]
    return "all" if all(held) else "some" if any(held) else "none"


def _holds(question: Question, term: Term, valid: Validity | None, instant: datetime) -> bool:
    if question.held:  # what a truce says is dated like a clause, apart from its zones
        return any(it.start <= instant < it.end for it in question.held)
    for interval in (term.valid, valid):
        if interval and not (
            interval.from_ <= instant and (interval.to is None or instant < interval.to)
        ):
            return False
    if term.when and not any(_is_open(window, instant) for window in term.when):
        return False
    return term.during is None or _on_days(question, term.during, instant)


def _is_open(window: Daily | Recurring, instant: datetime) -> bool:
    if isinstance(window, Daily):
        return shows(window, instant)
    return runs(window, lambda day: rule_fits(window, day), instant)


def _on_days(question: Question, days: PhaseDays, instant: datetime) -> bool:
    begun = [it.at for it in question.context.phases if it.phase == days.phase]
    ended = [it.at for it in question.context.phases if it.phase == days.until_phase]
    if not begun or instant < min(begun) or any(at <= instant for at in ended):
        return False
    zone = zone_of(days.time_zone)
    number = (instant.astimezone(zone).date() - min(begun).astimezone(zone).date()).days
    return days.from_day <= number and (days.to_day is None or number < days.to_day)


ACTIVITY_OF = {
    "live_fire_exercise_outside_zone": "live_fire_exercise",
    "notified_demining": "demining",
    "notified_movement": "movement",
    "notified_repair": "repair",
}


def excepted(
    question: Question, term: Term, number: int | None, shares: dict[int, float] | None
) -> str:
    """`yes`, `perhaps` or `no`: whether an exception of the term holds in this zone."""
    answers = {_exempt(question, it, number, shares) for it in term.exceptions}
    return next((answer for answer in ("yes", "perhaps") if answer in answers), "no")


def _exempt(
    question: Question, it: Exemption, number: int | None, shares: dict[int, float] | None
) -> str:
    report, outlines = question.report, question.outlines
    agreed = [number for number, one in enumerate(outlines) if one.party is None]
    if it.kinds and report.kind not in it.kinds:
        return "no"
    activity = ACTIVITY_OF[it.name.value]
    said = {"no"}
    for word in question.context.notifications:
        if word.activity.value == activity:
            places = {*word.zones, *(f"corridor:{it}" for it in word.corridors)}
            own = number is not None and outlines[number].id in places
            there = {n for n in agreed if outlines[n].id in places}
            place = "yes" if own else _within_zones(there, shares)
            party = _party(report)
            who = "perhaps" if party is None else "yes" if party == word.by else "no"
            said.add(_least(place, who, _notified(question, word, it.notice_hours)))
    if activity != "live_fire_exercise":
        return _most(said)
    if report.assessed_as is not None and report.assessed_as.value == activity:
        said.add("yes")
    outside = it.outside or Where()
    named = {*outside.zones, *(f"corridor:{one}" for one in outside.corridors)}
    drawn = [*agreed, *(n for n, one in enumerate(outlines) if not one.agreed)]
    inside = _within_zones({n for n in drawn if outlines[n].id in named}, shares)
    return _least(_most(said), {"yes": "no", "no": "yes"}.get(inside, inside))


def _within_zones(places: set[int], shares: dict[int, float] | None) -> str:
    if shares is None:
        return "perhaps"
    found = [share for number, share in shares.items() if number in places]
    whole = any(share >= 1.0 and not isinstance(share, Cut) for share in found)
    return "no" if not found else "yes" if whole else "perhaps"


def _notified(question: Question, word: Notification, notice_hours: float) -> str:
    opens = max(word.start, word.notified_at + timedelta(hours=notice_hours))
    minute = timedelta(minutes=1)
    held = {
        opens <= question.start + minute * n < word.end
        for n in range(int((question.end - question.start) / minute) + 1)
    }
    return "perhaps" if len(held) > 1 else "yes" if held == {True} else "no"


ORDER = ("no", "perhaps", "yes")


def _least(*answers: str) -> str:
    return min(answers, key=ORDER.index)


def _most(answers: set[str]) -> str:
    return max(answers, key=ORDER.index)
