"""Every rule that was asked is told: in each zone, of each version, by each party's claims."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.agreement import Agreement, Claim, Zone
from streams.assess import Judged
from streams.assessment import GRAVITY
from streams.decode import Refusal
from streams.dossier import Dossier, Version, read_dossiers
from streams.events import Report
from streams.explain import explain
from streams.trace import TermTrace
from streams.vocabulary import Authentication, Kind, Means, Verdict
from tests.unit.streams.builders import (
    LAT,
    LON,
    agreement,
    judged,
    point,
    register,
    report,
    square,
    term,
    zone,
)

NORTHS = Claim(party="north", geometry=square(LON, LAT + 0.06))
SOUTHS = Claim(party="south", geometry=square(LON, LAT - 0.06))
TWO_ZONES = agreement(zones=(zone(), zone("y", square(38.06))), terms=(term("t", ("z", "y")),))


def read(*versions: Report, under: Agreement | None = None) -> Judged:
    told = tuple(Version(said, Authentication.OPERATOR, None) for said in versions)
    (one,) = read_dossiers(register(under) if under else register(), [Dossier(told)])
    assert not isinstance(one, Refusal)
    return one


def trace_of(one: Judged) -> TermTrace:
    (found,) = explain(one).terms
    return found


def test_where_one_case_decides_nothing_is_beside_it() -> None:
    assert trace_of(judged()).beside == ()
    assert trace_of(judged(report(location=point(45.0)))).beside == ()


def test_in_another_zone_of_the_term_the_rules_are_asked_as_well() -> None:
    one = judged(report(location=point(38.0495, accuracy_m=100.0)), TWO_ZONES)
    found = trace_of(one)
    (other,) = found.beside
    assert (found.finding.zone, other.zone) == ("y", "z")
    assert (found.asked[-1].rule, other.rule) == ("inside", "likely_inside")
    assert (other.verdict, other.version, other.claimed_by) == (
        Verdict.POSSIBLE_VIOLATION,
        None,
        None,
    )


def test_each_claim_is_told_with_the_rules_that_were_asked_of_it() -> None:
    disputed = agreement(zones=(zone(claims=(NORTHS, SOUTHS)),))
    found = trace_of(judged(report(location=point(LON, LAT + 0.03)), disputed))
    assert found.asked[-1].rule == "inside"
    told = {it.claimed_by: (it.verdict, it.rule, it.asked[-1].rule) for it in found.beside}
    assert told == {
        "north": (Verdict.VIOLATION, "inside", "inside"),
        "south": (Verdict.NO_VIOLATION, "outside", "outside"),
    }


def test_where_claims_decide_each_is_told_once() -> None:
    drawn = Zone(id="z", kind=zone().kind, name="Z", claims=(NORTHS, SOUTHS))
    found = trace_of(judged(report(location=point(LON, LAT + 0.08)), agreement(zones=(drawn,))))
    assert (found.finding.rule, found.asked) == ("claims_differ", ())
    assert [(it.claimed_by, it.rule) for it in found.beside] == [
        ("north", "inside"),
        ("south", "outside"),
    ]


def test_of_several_versions_each_is_told_by_its_own_rules() -> None:
    found = trace_of(read(report(), report(means=(Means.THIRD_PARTY,)), report(exercise=True)))
    assert found.asked == ()
    assert {it.version for it in found.beside} == {1, 2, 3}
    assert {it.rule for it in found.beside} == {"inside", "means_insufficient", "exercise"}


def test_a_version_of_another_kind_is_asked_about_its_own_terms_alone() -> None:
    under = agreement(terms=(term("t"), term("s", prohibits=(Kind.SHOT,))))
    told = {
        it.term: it.beside
        for it in explain(read(report(), report(kind=Kind.SHOT), under=under)).terms
    }
    assert {name: len(beside) for name, beside in told.items()} == {"t": 1, "s": 1}
    assert told["t"][0].version != told["s"][0].version


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.builds(
            report,
            location=st.sampled_from([point(), point(38.0495), point(38.03), point(45.0), None]),
            means=st.sampled_from([(Means.SAW,), (Means.THIRD_PARTY,)]),
            exercise=st.booleans(),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_what_is_told_ends_with_the_rule_that_held_and_nothing_graver_was_passed_over(
    versions: list[Report],
) -> None:
    one = read(*versions, under=TWO_ZONES)
    found = trace_of(one)
    for it in found.beside:
        *before, last = it.asked
        assert (last.rule, last.held) == (it.rule, True)
        assert not any(asked.held for asked in before)
    if one.assessment.versions == 1:
        assert all(GRAVITY[it.verdict] <= GRAVITY[found.finding.verdict] for it in found.beside)
    else:
        assert {it.version for it in found.beside} == {*range(1, one.assessment.versions + 1)}
