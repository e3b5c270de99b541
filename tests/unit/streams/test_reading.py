"""Several versions of one report: the more cautious reading, whichever came first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from streams.assessment import Assessment, Finding, Placement, ZonePlace
from streams.events import Count
from streams.judge import gravest
from streams.reading import CONTRADICTION, read_versions
from streams.vocabulary import Qualifier, Verdict
from tests.unit.streams.builders import assessment, attribution, point, report

NA, NO, CD, PV, V = Verdict
ONE = assessment()


def found(
    verdict: Verdict, zone: str | None = "z", share: float | None = 1.0, term: str = "t"
) -> Finding:
    return Finding(term=term, verdict=verdict, rule=f"rule-{verdict}", zone=zone, p_inside=share)


def read(*findings: Finding | None) -> Finding:
    """Versions with at most one finding each, of one term."""
    versions = [changed(ONE, findings=() if f is None else (f,)) for f in findings]
    (finding,) = read_versions(versions).findings
    return finding


def test_one_version_is_read_as_it_is() -> None:
    assert read_versions([ONE]) is ONE


@pytest.mark.parametrize("verdict", Verdict)
def test_what_versions_agree_on_stands_with_the_smaller_share(verdict: Verdict) -> None:
    finding = read(found(verdict, share=0.95), found(verdict, share=0.92))
    assert (finding.verdict, finding.rule) == (verdict, f"rule-{verdict}")
    assert finding.p_inside == 0.92


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (found(V), found(NO, None, None)),
        (found(V), found(NA)),
        (found(V), found(PV)),
        (found(PV), found(CD)),
        (found(CD), found(NO, None, None)),
        (found(V), found(V, "y")),
        (found(V), None),
        (found(CD), None),
    ],
)
def test_versions_that_contradict_each_other_cannot_be_determined(
    one: Finding, other: Finding | None
) -> None:
    for finding in (read(one, other), read(other, one)):
        assert (finding.verdict, finding.rule) == (CD, CONTRADICTION)


def test_a_contradiction_names_the_zone_only_where_all_do() -> None:
    assert read(found(V), found(CD)).zone == "z"
    assert read(found(V), found(CD, "y")).zone is None


@pytest.mark.parametrize("other", [found(NA), None, found(NO, "y", 0.0)])
def test_versions_that_differ_in_why_there_is_nothing_do_not_contradict(
    other: Finding | None,
) -> None:
    assert read(found(NO, None, None), other).verdict in {NA, NO}


def test_the_verdict_is_the_gravest_of_what_is_left() -> None:
    one = changed(ONE, findings=(found(V, term="a"), found(PV, term="b")))
    other = changed(ONE, findings=(found(NO, None, None, term="a"), found(PV, term="b")))
    reading = read_versions([one, other])
    assert [f.verdict for f in reading.findings] == [CD, PV]
    assert reading.verdict is PV


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([None, None], None),
        ([Count(min=2, max=2)] * 2, Count(min=2, max=2)),
        ([Count(min=2, qualifier=Qualifier.OVER)] * 2, Count(min=2, qualifier=Qualifier.OVER)),
        (
            [Count(min=2, max=2), Count(min=5, max=7)],
            Count(min=2, max=7, qualifier=Qualifier.RANGE),
        ),
        (
            [Count(min=2, max=2), Count(min=5, qualifier=Qualifier.AT_LEAST)],
            Count(min=2, qualifier=Qualifier.AT_LEAST),
        ),
        ([Count(min=2, max=2), None], Count(min=2, qualifier=Qualifier.AT_LEAST)),
    ],
)
def test_the_widest_count_holds_every_version(
    counts: Sequence[Count | None], expected: Count | None
) -> None:
    for order in (counts, counts[::-1]):
        assert read_versions([changed(ONE, count=count) for count in order]).count == expected


def test_attribution_stands_only_where_all_versions_say_it() -> None:
    north, south = (changed(ONE, attribution=attribution(p)) for p in ("north", "south"))
    assert read_versions([north, north]).attribution == attribution("north")
    assert read_versions([north, south]).attribution is None
    assert read_versions([north, ONE]).attribution is None


def test_it_is_an_exercise_only_where_all_versions_say_so() -> None:
    drill = changed(ONE, exercise=True)
    assert read_versions([drill, drill]).exercise
    assert not read_versions([drill, ONE]).exercise


def test_every_zone_that_any_version_touches_is_kept_with_the_smaller_share() -> None:
    def places(*shares: tuple[str, float]) -> Assessment:
        undetermined = Placement.UNDETERMINED
        return changed(ONE, places=tuple(ZonePlace(z, undetermined, p) for z, p in shares))

    reading = read_versions([places(("b", 0.5), ("c", 0.2)), places(("a", 0.1), ("b", 0.4))])
    assert [(p.zone, p.p_inside) for p in reading.places] == [("a", 0.1), ("b", 0.4), ("c", 0.2)]


def test_how_many_versions_were_read_is_said() -> None:
    assert read_versions([ONE, changed(ONE, exercise=True)]).versions == 2


findings = st.builds(
    Finding,
    term=st.sampled_from(["t", "u"]),
    verdict=st.sampled_from(Verdict),
    rule=st.sampled_from(["rule-1", "rule-2"]),
    zone=st.sampled_from([None, "z", "y"]),
    p_inside=st.sampled_from([None, 0.0, 0.5, 1.0]),
)
counts = st.none() | st.builds(Count, min=st.integers(0, 3), max=st.none() | st.integers(3, 5))


@st.composite
def _versions(draw: st.DrawFn) -> Assessment:
    found = {finding.term: finding for finding in draw(st.lists(findings, max_size=2))}
    own = tuple(found[term] for term in sorted(found))
    touched = [(), ONE.places, (ZonePlace("z", Placement.UNDETERMINED, 0.25),)]
    return changed(
        ONE,
        findings=own,
        verdict=gravest(own),
        count=draw(counts),
        attribution=draw(st.sampled_from([None, attribution("north"), attribution("south")])),
        places=draw(st.sampled_from(touched)),
        context=draw(st.sampled_from(["digest-1", "digest-2"])),
    )


versions = _versions()


@given(st.lists(versions, min_size=1, max_size=4))
def test_the_order_of_versions_is_nothing(read_in: list[Assessment]) -> None:
    readings = {msgspec.json.encode(read_versions(order)) for order in permutations(read_in)}
    assert len(readings) == 1


@given(st.lists(versions, min_size=1, max_size=3))
def test_versions_that_are_judged_alike_change_nothing_but_their_number(
    read_in: list[Assessment],
) -> None:
    once, twice = read_versions(read_in), read_versions([*read_in, *read_in])
    assert changed(twice, versions=0, context="") == changed(once, versions=0, context="")
    assert twice.versions == 2 * len(read_in)


@given(versions, st.lists(versions, min_size=1, max_size=3))
def test_another_version_never_adds_certainty(one: Assessment, others: list[Assessment]) -> None:
    """A violation is found only where every version finds it."""
    reading = read_versions([one, *others])
    for finding in reading.findings:
        if finding.verdict in {PV, V}:
            of_all = [{f.term: f.verdict for f in v.findings} for v in (one, *others)]
            assert all(found.get(finding.term) is finding.verdict for found in of_all)


def test_two_places_under_one_id_cannot_be_determined() -> None:
    there, elsewhere = assessment(report()), assessment(report(location=point(45.0)))
    reading = read_versions([there, elsewhere])
    assert [f.rule for f in reading.findings] == [CONTRADICTION]
    assert reading.verdict is CD
