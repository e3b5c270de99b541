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
from dataclasses import dataclass
from datetime import datetime, timedelta

from streams.agreement import Agreement, MultiPolygon, Polygon, Ring, Term, Zone
from streams.assessment import Context
from streams.events import Bearings, Point, Report, Sector
from streams.methodology import Methodology
from streams.vocabulary import Spread, Verdict

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


def cloud(report: Report, methodology: Methodology) -> Cloud | None:
    """The region of a report; None where its extent is not known."""
    location = report.location
    if isinstance(location, Point):
        radius_m = accuracy_m(location.accuracy_m, report, methodology)
        within, rim = spiral(radius_m, DISC_POINTS), ring(radius_m)
        if location.spread is Spread.GAUSSIAN:
            # Its points are few where it ends: rings within the rim tell a touch there.
            within = bell(radius_m, DISC_POINTS)
            rim = (p for share in (1.0, 0.85, 0.7) for p in ring(share * radius_m * BELL_REACH))
        centre = (location.lon, location.lat)
        return Cloud(
            tuple(destination(centre, x, y) for x, y in within),
            tuple(destination(centre, x, y) for x, y in rim),
        )
    if isinstance(location, Bearings):
        return _sectors_cloud(location, report, methodology)
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


def _sectors_cloud(location: Bearings, report: Report, methodology: Methodology) -> Cloud | None:
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
        for x, y in spiral(reach_m, SECTOR_POINTS)
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


def rings_of(zone: Zone) -> list[Ring]:
    """All rings alike: by the even-odd rule a hole is a ring like another."""
    if isinstance(zone.geometry, MultiPolygon):
        return [ring for polygon in zone.geometry.coordinates for ring in polygon]
    assert isinstance(zone.geometry, Polygon)
    return list(zone.geometry.coordinates)


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


def share(region: Cloud, zone: Zone) -> float | None:
    """Share of the region in the zone; None where they do not touch."""
    rings = rings_of(zone)
    outline = [position for ring in rings for position in ring]
    west, east = min(p[0] for p in outline), max(p[0] for p in outline)
    south, north = min(p[1] for p in outline), max(p[1] for p in outline)

    def holds(point: Position) -> bool:
        in_box = west <= point[0] <= east and south <= point[1] <= north
        return in_box and inside(rings, point)

    count = sum(1 for point in region.within if holds(point))
    if count == 0 and not any(holds(point) for point in region.rim):
        return None
    return count / len(region.within)


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict with every reason of its row that holds."""

    verdict: Verdict
    reasons: frozenset[str]


@dataclass(frozen=True, slots=True)
class Question:
    """A report, what is known beside it, and the two documents."""

    report: Report
    context: Context
    agreement: Agreement
    methodology: Methodology

    @property
    def start(self) -> datetime:
        return self.report.observed_from

    @property
    def end(self) -> datetime:
        return self.report.observed_to or self.report.observed_from


def shares_of(question: Question) -> dict[int, float] | None:
    """Shares by the number of the zone, of zones that are touched; None: location unknown."""
    region = cloud(question.report, question.methodology)
    if region is None:
        return None
    asked = ((n, share(region, zone)) for n, zone in enumerate(question.agreement.zones))
    return {n: p for n, p in asked if p is not None}


def told(question: Question, shares: dict[int, float] | None) -> dict[str, Told]:
    """What the table says of each term that speaks of the report's kind."""
    return {
        term.id: _of_term(question, term, shares)
        for term in question.agreement.terms
        if question.report.kind in term.prohibits
    }


def _of_term(question: Question, term: Term, shares: dict[int, float] | None) -> Told:
    zones = [
        number
        for number, zone in enumerate(question.agreement.zones)
        if (zone.id in term.where.zones or zone.kind in term.where.zone_kinds)
        and _meets(zone, question)
    ]
    not_the_terms = frozenset(_not_the_terms(question, term, in_force=bool(zones)))
    if not_the_terms:
        return Told(Verdict.NOT_APPLICABLE, not_the_terms)
    if shares is None:
        return Told(Verdict.CANNOT_DETERMINE, frozenset({"location", *_cannot(question, term)}))
    touched = [number for number in zones if number in shares]
    if not touched:
        return Told(Verdict.NO_VIOLATION, frozenset({"outside"}))
    rows = [_in_zone(question, term, number, shares[number]) for number in touched]
    gravest = max(list(Verdict).index(row.verdict) for row in rows)
    same = [row for row in rows if row.verdict is list(Verdict)[gravest]]
    return Told(same[0].verdict, frozenset().union(*(row.reasons for row in same)))


def _meets(zone: Zone, question: Question) -> bool:
    valid = zone.valid
    if valid is None:
        return True
    return valid.from_ <= question.end and not (valid.to is not None and valid.to <= question.start)


def _not_the_terms(question: Question, term: Term, *, in_force: bool) -> Iterator[str]:
    """Row 1: kind, weapon, bound party or date is not the term's; or the report speaks no more."""
    report, context = question.report, question.context
    if context.retracted_by or context.superseded_by or report.retracts or report.exercise:
        yield "report"
    none_there = report.count is not None and report.count.max == 0
    if none_there or report.presence in {"gone", "not_found"}:
        yield "nothing"
    named = {weapon for weapon in report.weapons if weapon != "undetermined"}
    if term.weapons and named and not named & set(term.weapons):
        yield "weapon"
    party = _party(report)
    if term.binds and party and party not in term.binds:
        yield "party"
    if not in_force or (term.valid and _gone_by(term, question)):
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
    if term.weapons and not any(weapon != "undetermined" for weapon in report.weapons):
        yield "weapon"
    if term.binds and _party(report) is None:
        yield "party"
    if report.count is not None and report.count.min == 0:
        yield "count"  # where none is counted for certain, row 1 has spoken


def _within(start: datetime, end: datetime | None, question: Question) -> bool:
    return start <= question.start and (end is None or question.end < end)


def _in_zone(question: Question, term: Term, number: int, p_inside: float) -> Told:
    zone = question.agreement.zones[number]
    limits = question.methodology.thresholds
    cannot = set(_cannot(question, term))
    if p_inside < limits.possible:
        cannot.add("share")
    if zone.valid and not _within(zone.valid.from_, zone.valid.to, question):
        cannot.add("edge")
    if cannot:
        return Told(Verdict.CANNOT_DETERMINE, frozenset(cannot))
    possible = set(_possible(question, term, zone))
    if p_inside < limits.violation:
        possible.add("share")
    if possible:
        return Told(Verdict.POSSIBLE_VIOLATION, frozenset(possible))
    return Told(Verdict.VIOLATION, frozenset({"inside"}))


def _possible(question: Question, term: Term, zone: Zone) -> Iterator[str]:
    """Row 4, but for the share."""
    report, methodology = question.report, question.methodology
    if question.context.authentication not in {"tag_valid", "token", "operator"}:
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
    others = {other.id for other in question.agreement.zones} - {zone.id}
    if any(said.zone not in others and said.side == "outside" for said in report.monitor_sides):
        yield "monitor"
    if term.weapons and set(report.weapons) - set(term.weapons):
        yield "weapon"
