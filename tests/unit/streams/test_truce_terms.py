"""Local truces judged: like clauses while they hold, and each breach names what was guaranteed.

The boundaries of time, place and weapon are in `data/cases.ndjson`; here is what a truce is beside
the rest of an agreement.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace as changed

from streams.agreement import Claim, Term, Validity
from streams.assess import Judged, assess
from streams.assessment import Assessment, Context, Finding
from streams.context.facts import TruceHeld
from streams.events import Report
from streams.explain import explain
from streams.reading import CONTRADICTION, read_versions
from streams.truce_terms import truce_term
from streams.vocabulary import (
    Authentication,
    Kind,
    Purpose,
    Severity,
    Verdict,
    ViolationKind,
    Weapon,
)
from tests.unit.streams.builders import (
    FAR_LON,
    LAT,
    LON,
    NOON,
    agreement,
    assessment,
    corridor,
    hours,
    judged,
    point,
    register,
    report,
    square,
    term,
    zone,
)

UNRELATED = term("t", prohibits=(Kind.COVERAGE,))
QUIET = agreement(terms=(UNRELATED,))
"""By itself it says nothing of fire."""


def held(start: float = -4, end: float = 4, **changes: object) -> TruceHeld:
    made = TruceHeld(
        truce="line",
        purpose=Purpose.REPAIRS,
        zones=("z",),
        start=NOON + hours(start),
        end=NOON + hours(end),
        prohibits=(Kind.EXPLOSION, Kind.SHOT),
        guarantors=("icrc", "osce"),
        event="hq/t-1",
    )
    return changed(made, **changes)


def beside(*truces: TruceHeld) -> Context:
    return Context(Authentication.OPERATOR, truces=truces)


def breaches(found: Assessment) -> list[tuple[str, str]]:
    return [(finding.term, finding.verdict.value) for finding in found.findings]


def one(said: Report, *truces: TruceHeld) -> Finding:
    (finding,) = assessment(said, QUIET, context=beside(*truces)).findings
    return finding


def test_a_breach_names_the_truce_and_the_guarantees_given() -> None:
    finding = one(report(), held())
    assert (finding.term, finding.verdict, finding.zone) == ("truce:line", "violation", "z")
    assert finding.truce == held()
    assert one(report(location=point(FAR_LON)), held()).truce == held()


def test_a_truce_is_a_term_of_its_kind_and_severity() -> None:
    made: Term = truce_term(held(severity=Severity.GRAVE, weapons=(Weapon.MORTAR,)))
    assert made.clause == "Local truce line, guaranteed by icrc, osce"
    assert (made.violation, made.severity) == (ViolationKind.LOCAL_TRUCE_BREACH, Severity.GRAVE)
    assert made.weapons == (Weapon.MORTAR,)
    assert truce_term(held(guarantors=())).clause == "Local truce line, guaranteed by nobody"


def test_a_truce_says_nothing_of_other_kinds() -> None:
    assert assessment(report(kind=Kind.TRACER), QUIET, context=beside(held())).findings == ()
    assert one(report(kind=Kind.SHOT), held()).verdict is Verdict.VIOLATION


def test_a_truce_stands_beside_clauses_and_changes_none_of_their_findings() -> None:
    agreed = agreement(terms=(term("t"), term("u", yields_to=("t",))))
    before = assessment(agreement_=agreed).findings
    after = assessment(agreement_=agreed, context=beside(held())).findings
    assert after[:-1] == before
    assert after[-1].term == "truce:line"


def test_a_truce_on_a_corridor_holds_on_its_strip() -> None:
    agreed = agreement(corridors=(corridor(),), terms=(UNRELATED,))
    on_road = beside(held(zones=(), corridors=("c",)))
    found = assessment(report(location=point(LON + 0.15)), agreed, context=on_road)
    assert breaches(found) == [("truce:line", "violation")]
    assert found.findings[0].zone == "corridor:c"
    off_road = assessment(report(location=point(lat=LAT + 0.04)), agreed, context=on_road)
    assert breaches(off_road) == [("truce:line", "no_violation")]


def test_each_truce_has_its_own_finding() -> None:
    agreed = agreement(zones=(zone(), zone("y", square(FAR_LON))), terms=(UNRELATED,))
    truces = beside(held(), held(truce="field", zones=("y",)))
    assert breaches(assessment(report(), agreed, context=truces)) == [
        ("truce:field", "no_violation"),
        ("truce:line", "violation"),
    ]


def test_in_a_zone_that_was_not_in_force_a_truce_prohibits_nothing() -> None:
    past = zone(valid=Validity(from_=NOON - hours(99), to=NOON))
    agreed = agreement(zones=(past,), terms=(UNRELATED,))
    found = assessment(report(), agreed, context=beside(held()))
    assert [finding.rule for finding in found.findings] == ["other_time"]


def test_where_a_zone_is_drawn_otherwise_a_truce_is_judged_under_each_claim() -> None:
    claims = (
        Claim(party="north", geometry=square(FAR_LON)),
        Claim(party="south", geometry=square()),
    )
    agreed = agreement(zones=(changed(zone(), claims=claims),), terms=(UNRELATED,))
    (finding,) = assessment(report(), agreed, context=beside(held())).findings
    assert {it.party: it.verdict.value for it in finding.claims} == {
        "north": "no_violation",
        "south": "violation",
    }
    undrawn = agreement(zones=(changed(zone(), claims=claims, geometry=None),), terms=(UNRELATED,))
    (finding,) = assessment(report(), undrawn, context=beside(held())).findings
    assert (finding.rule, finding.truce) == ("claims_differ", held())


def test_a_truce_that_held_twice_has_one_finding_the_gravest() -> None:
    """By one stretch the weapon was another one; by the other it was the truce's."""
    other = held(1, 4, weapons=(Weapon.TANK,), event="hq/t-2")
    said = report(observed_to=NOON + hours(2), weapons=(Weapon.MORTAR,))
    for truces in ((held(-4, 0.5), other), (other, held(-4, 0.5))):
        finding = one(said, *truces)
        assert (finding.rule, finding.truce) == ("straddles_edge", held(-4, 0.5))


def test_under_a_claim_too_the_gravest_of_what_a_truce_said_is_told() -> None:
    """By north's map it happened outside of where the truce held first, and not of the second."""
    elsewhere = Claim(party="north", geometry=square(FAR_LON))
    agreed = changed(QUIET, zones=(zone("z", claims=(elsewhere,)), zone("y")))
    first, then = held(-4, 1), held(1, 4, zones=("y",), event="hq/t-2")
    said = report(observed_to=NOON + hours(2))
    for truces in ((first, then), (then, first)):
        (finding,) = assessment(said, agreed, context=beside(*truces)).findings
        (under_norths,) = finding.claims
        assert finding.verdict is under_norths.verdict is Verdict.CANNOT_DETERMINE
    (finding,) = assessment(report(), agreed, context=beside(first)).findings
    assert finding.claims[0].verdict is Verdict.NO_VIOLATION


def test_stretches_that_follow_each_other_on_the_same_terms_have_no_edge_between() -> None:
    again = held(1, 4, event="hq/t-2")
    said = report(observed_to=NOON + hours(2))
    assert one(said, held(-4, 1), again).verdict is Verdict.VIOLATION
    assert one(said, again, held(-4, 1)).truce == held(-4, 4)
    for differently in ({"zones": ("z", "y")}, {"guarantors": ()}, {"severity": Severity.GRAVE}):
        finding = one(said, held(-4, 1), changed(again, **differently))
        assert finding.rule == "straddles_edge"


def test_what_is_remembered_beside_one_truce_is_not_taken_for_another() -> None:
    """One agreement in force judges reports that differ in their truces alone, or their time."""
    agreed = agreement(terms=(term("t", valid=Validity(from_=NOON - hours(1))),))
    shared = register(agreed)
    through, cut = held(), held(0.5, 4)
    lasting = report(observed_to=NOON + hours(1))
    one_ends = beside(held(-4, 1), held(0.5, 4, truce="other"))
    cases: Sequence[tuple[Report, Context]] = [
        (report(), beside()),
        (report(), beside(through)),
        (report(), beside(held(guarantors=()))),
        (report(), beside(through, held(truce="other"))),
        (lasting, beside(through)),
        (lasting, beside(cut)),
        (report(observed_from=NOON + hours(0.5)), beside(cut)),
        (report(observed_to=NOON + hours(4)), beside(through)),
        (report(observed_from=NOON + hours(3.9)), beside(through)),
        (report(observed_to=NOON + hours(0.75)), one_ends),
        (report(observed_from=NOON + hours(0.75), observed_to=NOON + hours(2)), one_ends),
    ]
    for order in (cases, cases[::-1]):
        for _ in range(2):
            results = assess(shared, [said for said, _ in order], [known for _, known in order])
            together = [it.assessment for it in results if isinstance(it, Judged)]
            alone = [assessment(said, agreed, context=known) for said, known in order]
            assert together == alone


def test_versions_that_differ_on_a_truce_still_name_it() -> None:
    inside = assessment(report(), QUIET, context=beside(held()))
    outside = assessment(report(location=point(FAR_LON)), QUIET, context=beside(held()))
    (finding,) = read_versions([inside, outside]).findings
    assert (finding.rule, finding.truce) == (CONTRADICTION, held())
    (finding,) = read_versions([inside, assessment(report(), QUIET)]).findings
    assert (finding.rule, finding.truce) == (CONTRADICTION, held())


def test_an_explanation_tells_the_truce_and_who_guaranteed_what() -> None:
    both = held(weapons=(Weapon.MORTAR, Weapon.TANK))
    said = judged(report(weapons=(Weapon.TANK,)), QUIET, context=beside(both))
    told = explain(said)
    assert "Under Local truce line, guaranteed by icrc, osce (term truce:line): violation in z" in (
        " ".join(told.sentences)
    )
    assert (
        "Local truce line (repairs) held from 2026-03-02 08:00 UTC until 2026-03-02 16:00 UTC in "
        "z, by hq/t-1: no explosion or shot by mortar or tank; guaranteed by icrc and osce."
    ) in told.sentences
    (trace,) = told.terms
    assert [asked.rule for asked in trace.asked if asked.held] == ["inside"]


def test_an_explanation_asks_the_stretch_that_decided() -> None:
    other = held(1, 4, weapons=(Weapon.TANK,), guarantors=(), event="hq/t-2")
    said = report(observed_to=NOON + hours(2), weapons=(Weapon.MORTAR,))
    told = explain(judged(said, QUIET, context=beside(other, held(-4, 0.5))))
    (trace,) = told.terms
    assert [asked.rule for asked in trace.asked if asked.held] == ["straddles_edge"]
    alone = explain(judged(said, QUIET, context=beside(other)))
    assert "guaranteed by nobody." in " ".join(alone.sentences)


def test_without_truces_the_bytes_are_what_they_were() -> None:
    assert b"truce" not in msgspec.json.encode(assessment(agreement_=changed(QUIET, id="a")))
