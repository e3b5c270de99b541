"""The sentences say what was decided, by the rules that decided it, about the zone it was."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.agreement import Daily, Validity
from streams.assess import Judged
from streams.assessment import Context
from streams.decode import Refusal
from streams.dossier import Dossier, Version, read_dossiers
from streams.events import (
    Area,
    Bearings,
    Count,
    Location,
    NamedPlace,
    Report,
    Sector,
    Track,
)
from streams.explain import explain
from streams.inforce import Register
from streams.reading import CONTRADICTION
from streams.rules import RULES
from streams.vocabulary import Authentication, Kind, Means, Qualifier, Verdict, Weapon
from streams.when.time_zones import TZDATA_VERSION
from tests.unit.streams.builders import (
    LAT,
    LON,
    NOON,
    agreement,
    bell,
    corridor,
    hours,
    judged,
    methodology,
    point,
    register,
    report,
    ring,
    square,
    term,
    zone,
)


def sentences(one: Judged) -> str:
    return "\n".join(explain(one).sentences)


def read(*versions: Report, known: Register | None = None) -> Judged:
    told = tuple(Version(said, Authentication.OPERATOR, None) for said in versions)
    (one,) = read_dossiers(known or register(), [Dossier(told)])
    assert not isinstance(one, Refusal)
    return one


settings_of_a_report = st.fixed_dictionaries(
    {
        "location": st.sampled_from([point(), point(38.05), point(45.0), None]),
        "weapons": st.sampled_from([(), (Weapon.MLRS,), (Weapon.TANK,)]),
        "means": st.sampled_from([(Means.SAW,), (Means.THIRD_PARTY,)]),
        "exercise": st.booleans(),
        "observed_to": st.sampled_from([None, NOON + hours(2)]),
    }
)
TERMS = (term("t"), term("u", weapons=(Weapon.MLRS,)), term("v", binds=("north",)))
HALF_TIME = Validity(from_=NOON + hours(1))
ZONES = (zone(), zone("y", square(38.02), valid=HALF_TIME))


@settings(max_examples=60, deadline=None)
@given(settings_of_a_report, st.sampled_from([Authentication.OPERATOR, Authentication.NO_TAG]))
def test_every_finding_is_explained_by_the_rule_that_decided_it(
    changes: dict[str, object], authentication: Authentication
) -> None:
    agreed = agreement(zones=ZONES, terms=(*TERMS, term("w", ("z", "y"))))
    one = judged(report(**changes), agreed, context=Context(authentication))  # type: ignore[arg-type]
    explained = explain(one)
    assert tuple(trace.finding for trace in explained.terms) == one.assessment.findings
    for trace in explained.terms:
        *before, decisive = trace.asked
        assert (decisive.rule, decisive.held) == (trace.finding.rule, True)
        assert not any(asked.held for asked in before)
        assert [a.rule for a in trace.asked] == [r.name for r in RULES[: len(trace.asked)]]
        said = next(s for s in explained.sentences if f"(term {trace.term})" in s)
        assert f": {trace.finding.verdict.value}" in said
        assert f"{decisive.reason} [{decisive.rule}]" in said
    assert f"Result: {one.assessment.verdict.value} (automatic, unreviewed)." in (
        explained.sentences
    )


def test_a_violation_is_told_from_place_to_authority() -> None:
    agreed = agreement(notice="Illustrative.")
    one = judged(report(count=Count(min=20, max=20)), agreed)
    told = sentences(one)
    in_order = [
        "Report r-1 of mission/patrol-1 says: 20 explosion",
        "Where: within 100 m of lon 38.00000, lat 48.00000.",
        "All of that region lies in zone z (Area z, disengagement_area; in force since 2020-01-01",
        "agreement version 1).",
        "Under Article t (term t): violation in z (p_inside 1), because ",
        "Result: violation (automatic, unreviewed).",
        f"Judged by agreement truce version 1 ({one.in_force.agreement_hash[:12]})",
        f"methodology method version 1 ({one.in_force.methodology_hash[:12]}), beside the context ",
        f"{one.assessment.context[:12]}.",
        "Illustrative.",
    ]
    places = [told.index(fragment) for fragment in in_order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("location", "said"),
    [
        (None, "not known; the report gives no location"),
        (NamedPlace(name="Donetsk"), "no gazetteer has resolved the name ('Donetsk')"),
        (
            Bearings(lon=LON, lat=LAT, sectors=(Sector(bearing_deg=0.0),)),
            "a bearing was reported without a distance",
        ),
        (point(accuracy_m=900_000.0), "the region is too wide"),
        (
            Bearings(
                lon=LON,
                lat=LAT,
                accuracy_m=50.0,
                sectors=(Sector(bearing_deg=90.0, min_m=100.0, max_m=200.0), Sector(max_m=9.0)),
                compass_points=16,
            ),
            (
                "100 to 200 m away at 90° ± 11.25°; 0 to 9 m away, in any direction; "
                "seen from within 50 m of lon 38.00000, lat 48.00000"
            ),
        ),
        (
            bell(accuracy_m=40.0),
            "about lon 38.00000, lat 48.00000, with a normal error of which 95 % is within 40 m",
        ),
        (Area(coordinates=(ring(),)), "in an area"),
        (Track(points=((38.0, 48.0), (38.1, 48.0))), "in a track"),
        (point(45.0), "The whole region lies outside every zone in force"),
    ],
)
def test_the_place_is_told_as_it_was_reported(location: Location | None, said: str) -> None:
    assert said in sentences(judged(report(location=location)))


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (None, "explosion"),
        (Count(min=3, max=3), "says: 3 explosion"),
        (Count(min=3), "says: at least 3 explosion"),
        (Count(min=3, qualifier=Qualifier.AT_LEAST), "says: at least 3 explosion"),
        (Count(min=3, max=5, qualifier=Qualifier.RANGE), "says: 3 to 5 explosion"),
        (Count(min=30, max=30, qualifier=Qualifier.ABOUT), "says: about 30 explosion"),
        (Count(min=1, qualifier=Qualifier.UNCOUNTABLE), "an uncountable number of explosion"),
    ],
)
def test_a_count_keeps_its_qualifier(count: Count | None, said: str) -> None:
    assert said in sentences(judged(report(count=count)))


def test_a_kind_that_no_term_speaks_of_is_told_so() -> None:
    told = sentences(judged(report(kind=Kind.CASUALTY)))
    assert "No term of the agreement speaks of casualty." in told
    assert "Result: not_applicable" in told


def test_a_zone_that_moved_is_told_as_it_was_at_the_reports_time() -> None:
    moved = agreement(
        zones=(
            zone(name="Old place", valid=Validity(from_=NOON - hours(9), to=NOON)),
            zone(name="New place", valid=Validity(from_=NOON)),
        )
    )
    now, before = report(), report(observed_from=NOON - hours(1))
    assert "zone z (New place" in sentences(judged(now, moved))
    assert re.search("in force since 2026-03-02.12:00", sentences(judged(now, moved)))
    assert "zone z (Old place" in sentences(judged(before, moved))


def test_a_corridors_strip_is_told_by_its_name() -> None:
    agreed = agreement(zones=(zone(),), corridors=(corridor(),))
    assert "lies in the strip of corridor c (Road c)." in sentences(judged(agreement_=agreed))


def test_versions_that_contradict_are_told_and_no_rule_is_made_up() -> None:
    one = read(report(), report(location=point(45.0)))
    told = sentences(one)
    assert "2 differing versions of it were read" in told
    assert f"versions of the report contradict each other [{CONTRADICTION}]" in told
    assert all(trace.asked == () for trace in explain(one).terms)
    assert "answered no" not in told


@pytest.mark.parametrize("other", [Kind.SHOT, Kind.CASUALTY])
def test_versions_of_different_kinds_are_told(other: Kind) -> None:
    """Findings of terms that the one version's kind does not even have."""
    agreed = agreement(terms=(term("t"), term("s", prohibits=(Kind.SHOT,))))
    one = read(report(), report(kind=other), known=register(agreed))
    assert one.assessment.verdict is Verdict.CANNOT_DETERMINE
    for finding in one.assessment.findings:
        assert f"Under Article {finding.term}" in sentences(one)


def test_versions_under_different_agreements_are_told() -> None:
    """Findings and places of an agreement that the reading is not told by."""
    old = agreement(zones=(zone("old"),), terms=(term("t-old", ("old",)),))
    new = agreement(version=2, valid=Validity(from_=NOON + hours(1)))
    known = Register((old, new), (methodology(),))
    one = read(report(), report(observed_from=NOON + hours(2)), known=known)
    told = sentences(one)
    assert {f.term for f in one.assessment.findings} == {"t", "t-old"}
    for first, second in pairwise(["Where:", "lies in", "Under", "Result:"]):
        assert told.index(first) < told.index(second)


def test_who_reads_local_clocks_is_said_where_a_term_has_hours() -> None:
    hours = Daily(time_zone="Europe/Kyiv", from_="06:00", to="22:00")
    by_the_clock = agreement(terms=(term(when=(hours,)),))
    said = f"Local clocks are read by the IANA time zone database, release {TZDATA_VERSION}."
    assert said in explain(judged(agreement_=by_the_clock)).sentences
    assert said not in explain(judged()).sentences


@pytest.mark.parametrize(("hour", "says"), [(-1, True), (1, False)])
def test_a_clause_that_reaches_back_says_so_where_it_does(hour: float, says: bool) -> None:
    later = agreement(terms=(term(retroactive=True),), agreed_at=NOON)
    told = sentences(read(report(observed_from=NOON + hours(hour)), known=register(later)))
    assert ("was agreed later, 2026-03-02 12:00 UTC, and reaches back" in told) is says
