"""Zones that the parties draw otherwise: a verdict under each claim, beside the agreed one."""

from __future__ import annotations

import pytest
from msgspec.structs import replace as changed

from streams.agreement import Agreement, Claim, Exemption, Validity, Where, Zone
from streams.assessment import Assessment, Context, Finding, UnderClaim, encode_assessment
from streams.context.facts import Notification
from streams.explain import explain
from streams.reading import read_versions
from streams.vocabulary import Activity, Authentication, ExceptionName, Verdict, ZoneKind
from tests.unit.streams.builders import (
    LAT,
    LON,
    NOON,
    agreement,
    assessment,
    attribution,
    hours,
    judged,
    point,
    report,
    square,
    term,
    zone,
)

NORTHS = Claim(party="north", geometry=square(LON, LAT + 0.06))
SOUTHS = Claim(party="south", geometry=square(LON, LAT - 0.06))
"""North's begins 0.01° north of the agreed square's middle, south's as far south of it."""


def disputed(*claims: Claim, agreed: bool = True, valid: Validity | None = None) -> Agreement:
    drawn = zone(claims=claims or (NORTHS, SOUTHS), valid=valid)
    if not agreed:
        drawn = Zone(id="z", kind=drawn.kind, name="Z", claims=drawn.claims)
    return agreement(zones=(drawn,))


def at(lat: float, agreed: Agreement, accuracy_m: float = 100.0) -> Assessment:
    return assessment(report(location=point(LON, lat, accuracy_m)), agreed)


def verdicts(found: Assessment) -> tuple[str, str, dict[str, str]]:
    (finding,) = found.findings
    return finding.verdict, finding.rule, {c.party: c.verdict for c in finding.claims}


@pytest.mark.parametrize(
    ("lat", "agreed", "north", "south"),
    [
        (LAT, "violation", "no_violation", "no_violation"),
        (LAT + 0.03, "violation", "violation", "no_violation"),
        (LAT + 0.08, "no_violation", "violation", "no_violation"),
        (LAT - 0.08, "no_violation", "no_violation", "violation"),
        (LAT + 0.0499, "possible_violation", "violation", "no_violation"),
    ],
)
def test_there_is_a_verdict_under_each_claim_beside_the_agreed_one(
    lat: float, agreed: str, north: str, south: str
) -> None:
    found = at(lat, disputed())
    verdict, _, claims = verdicts(found)
    assert (verdict, claims) == (agreed, {"north": north, "south": south})
    assert found.verdict == agreed


def test_a_report_that_touches_no_outline_has_no_verdicts_under_claims() -> None:
    assert verdicts(at(LAT + 0.5, disputed())) == ("no_violation", "outside", {})


def test_without_claims_the_bytes_are_what_they_were() -> None:
    encoded = encode_assessment(at(LAT, agreement()))
    assert b"claim" not in encoded


def test_one_party_may_claim_and_the_other_hold_to_what_is_agreed() -> None:
    assert verdicts(at(LAT + 0.08, disputed(NORTHS)))[2] == {"north": "violation"}


def test_where_nothing_is_agreed_differing_claims_decide_nothing() -> None:
    found = at(LAT + 0.08, disputed(agreed=False))
    claims = {"north": "violation", "south": "no_violation"}
    assert verdicts(found) == ("cannot_determine", "claims_differ", claims)
    assert found.findings[0].zone is None
    assert found.verdict is Verdict.CANNOT_DETERMINE


def test_where_nothing_is_agreed_claims_of_one_mind_decide_by_the_smaller_share() -> None:
    wide = Claim(party="south", geometry=square(LON, LAT, 0.2))
    narrow = Claim(party="north", geometry=square(LON, LAT, 0.05))
    (finding,) = at(LAT + 0.0493, disputed(wide, narrow, agreed=False), accuracy_m=100.0).findings
    narrows, wides = finding.claims
    assert (finding.verdict, finding.p_inside) == (narrows.verdict, narrows.p_inside)
    assert wides.p_inside == 1.0
    assert finding.p_inside is not None
    assert 0.9 < finding.p_inside < 1.0


def test_a_report_outside_every_claim_breaches_nothing() -> None:
    assert verdicts(at(LAT + 0.5, disputed(agreed=False))) == ("no_violation", "outside", {})


def test_a_report_without_location_is_undetermined_under_claims_too() -> None:
    found = assessment(report(location=None), disputed(agreed=False))
    assert verdicts(found) == ("cannot_determine", "location_unknown", {})


def test_a_term_gives_way_under_each_claim_by_itself() -> None:
    general = term("general", zones=("y",), yields_to=("special",))
    agreed = agreement(
        zones=(zone("y", square(LON, LAT, 0.3)), *disputed().zones),
        terms=(general, term("special")),
    )
    found = at(LAT + 0.08, agreed)
    yielding = {finding.term: finding for finding in found.findings}["general"]
    assert yielding.verdict is Verdict.VIOLATION
    (norths,) = yielding.claims
    assert (norths.party, norths.verdict, norths.rule) == ("north", "not_applicable", "yields")


def test_other_zones_of_a_term_stay_as_agreed_under_a_claim() -> None:
    other = zone("y", square(LON, LAT + 0.08, 0.01))
    agreed = agreement(zones=(zone(claims=(SOUTHS,)), other), terms=(term(zones=("z", "y")),))
    assert verdicts(at(LAT + 0.08, agreed))[2] == {"south": "violation"}


def test_a_term_by_kind_of_zone_knows_claims() -> None:
    by_kind = term(where=Where(zone_kinds=(ZoneKind.DISENGAGEMENT_AREA,)))
    agreed = agreement(zones=disputed().zones, terms=(by_kind,))
    assert verdicts(at(LAT + 0.08, agreed))[2] == {"north": "violation", "south": "no_violation"}


def test_a_claim_counts_only_while_its_zone_is_in_force() -> None:
    later = Validity(from_=NOON + hours(1))
    found = at(LAT + 0.08, disputed(valid=later))
    assert verdicts(found) == ("not_applicable", "other_time", {})
    assert found.places == ()


def test_places_say_whose_claim_an_outline_is() -> None:
    places = at(LAT + 0.03, disputed()).places
    assert [(place.zone, place.claimed_by) for place in places] == [("z", None), ("z", "north")]


def test_an_explanation_says_each_claims_verdict() -> None:
    where = report(location=point(LON, LAT + 0.08))
    said = explain(judged(where, disputed())).sentences
    assert any(s.endswith("as north claims it.") for s in said)
    assert any(s.startswith("If its zones lay where north claims: violation in z") for s in said)
    assert any(s.startswith("If its zones lay where south claims: no_violation,") for s in said)


def test_an_explanation_says_why_nothing_can_be_told() -> None:
    explained = explain(judged(report(location=point(LON, LAT + 0.08)), disputed(agreed=False)))
    assert any("[claims_differ]" in sentence for sentence in explained.sentences)
    assert explained.terms[0].asked == ()


def test_versions_that_agree_keep_their_claims_with_the_smaller_share() -> None:
    near, far = (at(LAT + 0.08, disputed(), accuracy_m) for accuracy_m in (100.0, 4_000.0))
    (finding,) = read_versions((near, far)).findings
    north, south = finding.claims
    share = far.findings[0].claims[0].p_inside
    assert share is not None
    assert 0.9 < share < 1.0
    assert north == UnderClaim("north", Verdict.VIOLATION, "inside", "z", share)
    assert (south.party, south.verdict) == ("south", Verdict.NO_VIOLATION)


def test_a_version_that_touches_no_outline_speaks_for_every_claim() -> None:
    inside, away = at(LAT + 0.03, disputed()), at(LAT + 0.5, disputed())
    (finding,) = read_versions((inside, away)).findings
    assert finding.rule == "versions_contradict"
    assert {claim.party: claim.rule for claim in finding.claims} == {
        "north": "versions_contradict",
        "south": "outside",
    }


DEMINING = Exemption(name=ExceptionName.NOTIFIED_DEMINING)
EXERCISE = Exemption(
    name=ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE, outside=Where(zones=("z",))
)


def excused(
    lat: float, exemption: Exemption, *, agreed: bool = True, everywhere: bool = False
) -> Finding:
    """Demining in `z` was notified by the north; the monitor took it for an exercise."""
    where = Where(everywhere=True) if everywhere else Where(zones=("z",))
    drawn = disputed(agreed=agreed)
    terms = (term(where=where, exceptions=(exemption,)),)
    said = report(
        location=point(LON, lat),
        attribution=attribution("north"),
        assessed_as=Activity.LIVE_FIRE_EXERCISE,
    )
    word = Notification(
        activity=Activity.DEMINING,
        zones=("z",),
        start=NOON - hours(1),
        end=NOON + hours(1),
        notified_at=NOON - hours(9),
        by="north",
    )
    known = Context(Authentication.OPERATOR, notifications=(word,))
    (finding,) = assessment(said, changed(drawn, terms=terms), context=known).findings
    return finding


@pytest.mark.parametrize(
    ("lat", "agreed", "north", "south"),
    [
        (LAT, "notified_demining", "outside", "outside"),
        (LAT + 0.03, "notified_demining", "notified_demining", "outside"),
        (LAT + 0.08, "outside", "notified_demining", "outside"),
    ],
)
def test_what_was_notified_in_a_zone_excuses_in_its_outline_and_in_each_claim_of_it(
    lat: float, agreed: str, north: str, south: str
) -> None:
    finding = excused(lat, DEMINING)
    assert finding.rule == agreed
    assert {claim.party: claim.rule for claim in finding.claims} == {
        "north": north,
        "south": south,
    }


def test_where_nothing_is_agreed_a_notified_act_breaches_nothing_under_any_claim() -> None:
    finding = excused(LAT + 0.08, DEMINING, agreed=False)
    assert finding.verdict is Verdict.NO_VIOLATION
    told = {claim.party: claim.rule for claim in finding.claims}
    assert told == {"north": "notified_demining", "south": "outside"}


def test_a_notification_of_a_claimed_place_alone_excuses_no_term_of_everywhere() -> None:
    """Nothing says whether those who notified it meant the claim: the agreed outline counts."""
    assert excused(LAT, DEMINING, everywhere=True).rule == "notified_demining"
    assert excused(LAT + 0.08, DEMINING, everywhere=True).rule == "anywhere"


def test_an_exercise_must_lie_outside_of_what_is_agreed_else_of_every_claim() -> None:
    name = EXERCISE.name.value
    assert excused(LAT, EXERCISE, everywhere=True).rule == "anywhere"
    assert excused(LAT + 0.08, EXERCISE, everywhere=True).rule == name
    assert excused(LAT + 0.08, EXERCISE, agreed=False, everywhere=True).rule == "anywhere"
    assert excused(LAT, EXERCISE, agreed=False, everywhere=True).rule == name
    assert excused(LAT + 0.5, EXERCISE, agreed=False, everywhere=True).rule == name
