"""What the parties write by metres becomes the polygon that it means."""

from __future__ import annotations

import msgspec
import shapely

from streams.agreement import Around, Band, Baseline, Claim, Derived, LineString, Point, Strip, Zone
from streams.draw import Area, baselines_of, derivation, draw, outlines
from streams.vocabulary import Kind, Verdict, ViolationKind, ZoneKind
from tests.unit.geo import oracle
from tests.unit.streams.builders import (
    LAT,
    LON,
    agreement,
    assessment,
    point,
    report,
    square,
    term,
    zone,
)


def line(line_id: str, north: float, party: str | None = None) -> Baseline:
    positions = ((LON - 0.2, LAT + north), (LON + 0.2, LAT + north))
    return Baseline(id=line_id, name="A line", party=party, line=LineString(coordinates=positions))


LINES = (line("south-line", -0.1), line("north-line", 0.1, party="north"))


def drawn(geometry: Derived, edges: str = "straight") -> Area:
    agreed = agreement(baselines=LINES)
    return draw(geometry, baselines_of(agreed), geodesic_edges=edges == "geodesic")


def test_a_strip_is_measured_from_the_baseline_that_it_names() -> None:
    strip = drawn(Strip(baseline="north-line", side="left", to_m=1_000.0))
    for metres, within in ((-1.0, False), (1.0, True), (999.9, True), (1_000.1, False)):
        spot = oracle.direct(LON, LAT + 0.1, 0.0, metres)
        assert shapely.contains_xy(strip, *spot) == within


def test_a_band_holds_what_lies_between() -> None:
    band = drawn(Band(between=("south-line", "north-line")))
    assert shapely.contains_xy(band, LON, LAT)
    assert not shapely.contains_xy(band, LON, LAT + 0.11)


def test_the_joined_ends_of_a_band_may_be_geodesic() -> None:
    straight, geodesic = (
        drawn(Band(between=("south-line", "north-line")), edges)
        for edges in ("straight", "geodesic")
    )
    assert straight.symmetric_difference(geodesic).area < 1e-6


def test_around_is_measured_from_point_line_or_area() -> None:
    for facility in (Point(coordinates=(LON, LAT)), LINES[0].line, square(half=0.01)):
        outline = drawn(Around(facility=facility, distance_m=200.0))
        core = shapely.geometry.shape(msgspec.to_builtins(facility))
        assert shapely.contains(outline, core.buffer(0.0017))
        assert not shapely.contains(outline, core.buffer(0.0019))


def test_a_report_is_judged_by_a_derived_zone() -> None:
    strip = Strip(baseline="south-line", side="left", to_m=30_000.0)
    agreed = agreement(baselines=LINES, zones=(zone("z", strip),), terms=(term(),))
    (found,) = assessment(agreement_=agreed).findings
    assert (found.verdict, found.zone, found.p_inside) == ("violation", "z", 1.0)


def test_a_derivation_is_said_in_words() -> None:
    said = [
        derivation(geometry)
        for geometry in (
            Strip(baseline="a", side="left", to_m=25_000.0),
            Strip(baseline="a", side="both", from_m=500.0, to_m=35_000.0),
            Band(between=("a", "b")),
            Around(facility=Point(coordinates=(LON, LAT)), distance_m=500.0),
        )
    ]
    assert said == [
        "25 km left of baseline a",
        "500 m to 35 km on both sides of baseline a",
        "between the baselines a and b",
        "within 500 m of a facility",
    ]


def test_a_zones_outlines_are_the_agreed_one_and_its_claims() -> None:
    claims = (Claim(party="north", geometry=square(half=0.1)),)
    agreed, claimed = outlines(zone("z", claims=claims))
    assert (agreed.claimed_by, agreed.geometry) == (None, square())
    assert (claimed.claimed_by, claimed.geometry) == ("north", square(half=0.1))
    assert outlines(Zone(id="z", kind=ZoneKind.SECURITY_ZONE, name="Z", claims=claims)) == [claimed]


def test_a_line_is_crossed_where_a_crossing_is_seen_on_it_and_nowhere_else() -> None:
    on_it = Strip(baseline="south-line", side="both", to_m=100.0)
    crossing = term(
        zones=("line",), prohibits=(Kind.LINE_CROSSING,), violation=ViolationKind.LINE_CROSSING
    )
    agreed = agreement(
        baselines=LINES,
        zones=(zone("line", kind=ZoneKind.LINE, geometry=on_it),),
        terms=(crossing,),
    )

    def verdict(north_m: float, accuracy_m: float) -> Verdict:
        lon, lat = oracle.direct(LON, LAT - 0.1, 0.0, north_m)
        seen = report(kind=Kind.LINE_CROSSING, location=point(lon, lat, accuracy_m))
        return assessment(seen, agreed).verdict

    assert verdict(0.0, 50.0) is Verdict.VIOLATION
    assert verdict(-60.0, 30.0) is Verdict.VIOLATION, "on either side"
    assert verdict(95.0, 1_000.0) is Verdict.CANNOT_DETERMINE
    assert verdict(500.0, 50.0) is Verdict.NO_VIOLATION
