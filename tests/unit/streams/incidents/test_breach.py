"""What a judged report tells of each zone it breaches, for incidents."""

from __future__ import annotations

from msgspec.structs import replace

from geo.spread import middle
from streams.agreement import Agreement, Where, content_hash
from streams.assess import Judged, assess
from streams.assessment import Context
from streams.events import Bearings, Count, Report, Sector
from streams.incidents.breach import Breach, Ground, breaches_of, decode_breach, encode_breach
from streams.vocabulary import Authentication, Kind, Verdict
from tests.unit.streams.builders import (
    FAR_LON,
    NOON,
    OPERATOR,
    SOURCE,
    agreement,
    attribution,
    hours,
    point,
    register,
    report,
    term,
    zone,
)

AGREED = agreement()


def told(
    *versions: Report, agreed: Agreement = AGREED, context: Context = OPERATOR
) -> list[Breach]:
    judged = assess(register(agreed), [versions[0]], [context])[0]
    assert isinstance(judged, Judged)
    kinds = {it.id: it.violation for it in agreed.terms}
    ground = Ground(agreed.id, judged.in_force.locator, lambda finding: kinds[finding.term])
    return breaches_of(versions, judged.assessment, ground)


def test_a_violation_is_a_breach_of_its_zone() -> None:
    (breach,) = told(report("r", count=Count(min=3, max=3)))
    assert (breach.source, breach.id, breach.zone) == (SOURCE, "r", "z")
    assert (breach.verdict, breach.kind, breach.terms) == (
        Verdict.VIOLATION,
        Kind.EXPLOSION,
        ("t",),
    )
    assert (breach.start, breach.end) == (NOON, NOON)
    assert breach.count == Count(min=3, max=3)


def test_what_breaches_nothing_is_none() -> None:
    assert told(report("r", location=point(FAR_LON))) == []


def test_a_drill_and_a_withdrawn_report_are_none() -> None:
    assert told(report("r", exercise=True)) == []
    retracted = Context(Authentication.OPERATOR, retracted_by="r2")
    assert told(report("r"), context=retracted) == []


def test_two_terms_of_one_zone_are_one_breach_by_the_graver() -> None:
    both = agreement(terms=(term("a"), term("b")))
    (breach,) = told(report("r"), agreed=both)
    assert breach.terms == ("a", "b")


def test_two_zones_are_two_breaches() -> None:
    zones = agreement(
        zones=(zone("z"), zone("y")),
        terms=(term("a", where=Where(zones=("z",))), term("b", where=Where(zones=("y",)))),
    )
    assert [it.zone for it in told(report("r"), agreed=zones)] == ["z", "y"]


def test_a_place_is_the_middle_of_its_region() -> None:
    seen = Bearings(
        lon=38.0, lat=48.0, accuracy_m=100.0, sectors=(Sector(bearing_deg=0, min_m=0, max_m=900),)
    )
    (breach,) = told(report("r", location=seen))
    judged = assess(register(AGREED), [report("r", location=seen)], [OPERATOR])[0]
    assert isinstance(judged, Judged)
    region = judged.in_force.locator.region(seen, ())
    assert breach.middle == middle(region)  # type: ignore[arg-type]
    assert breach.middle is not None
    assert breach.middle.lat > 48.0


def test_versions_in_two_places_are_nowhere_for_certain() -> None:
    here, there = report("r"), report("r", location=point(38.01))
    assert told(here, here)[0].middle is not None
    assert told(here, there)[0].middle is None


def test_versions_at_two_times_reach_from_the_first_to_the_last() -> None:
    early, late = report("r"), report("r", observed_from=NOON + hours(2))
    (breach,) = told(late, early)
    assert (breach.start, breach.end) == (NOON, NOON + hours(2))


def test_whom_it_comes_from_is_kept() -> None:
    first = report("r", origin="camera-4", derived_from=("x",))
    again = replace(first, derived_from=("y", "x"))
    (breach,) = told(first, again)
    assert (breach.origin, breach.derived_from) == ("camera-4", ("x", "y"))


def test_whom_the_monitor_names_and_what_the_term_calls_it_are_kept() -> None:
    (breach,) = told(report("r", attribution=attribution("north")))
    assert breach.party == "north"
    assert breach.violations == (term().violation,)
    assert (breach.agreement_id, breach.agreement) == (AGREED.id, content_hash(AGREED))
    assert decode_breach(encode_breach(breach)) == breach
