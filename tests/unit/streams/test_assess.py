"""The stages together: whole batches, each row by itself, and nothing that decodes ever raises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from streams.agreement import Validity
from streams.assess import Judged, assess, judge_one, refusal_of
from streams.assessment import Context
from streams.decode import Reason, Refusal
from streams.events import Report
from streams.explain import explain
from streams.inforce import Register
from streams.vocabulary import Authentication, Kind, Verdict
from tests.unit.streams.builders import (
    FAR_LON,
    MISSION,
    NOON,
    OPERATOR,
    agreement,
    corridor,
    hours,
    methodology,
    point,
    report,
    square,
    term,
    zone,
)
from tests.unit.streams.event_strategies import reports

EVER = Validity(from_=datetime(1890, 1, 1, tzinfo=UTC))
NOWHERE_SAFE = Register(
    (
        agreement(
            valid=EVER,
            zones=(
                zone(),
                zone("world", square(0, 0, 80)),
                zone("east", square(179.5, 0, 0.5)),
                zone("pole", square(0, 89, 0.9)),
            ),
            corridors=(corridor(),),
            terms=(term("all", ("z", "world", "east", "pole"), prohibits=tuple(Kind)), term()),
        ),
    ),
    (methodology(valid=EVER),),
)


@settings(max_examples=200, deadline=None)
@given(reports)
def test_whatever_decodes_is_judged_explained_and_written(said: Report) -> None:
    (judged,) = assess(NOWHERE_SAFE, [changed(said, mission=MISSION)], [OPERATOR])
    assert isinstance(judged, Judged)
    assert explain(judged).sentences
    assert msgspec.json.encode(judged.assessment)
    for finding in judged.assessment.findings:
        assert finding.p_inside is None or 0 <= finding.p_inside <= 1


def _mixed() -> list[Report]:
    return [
        report("inside"),
        report("unknown", mission="another"),
        report("far", location=point(FAR_LON + 1)),
        report("amended", observed_from=NOON + hours(48)),
        report("nowhere", location=None),
        report("too-early", observed_from=NOON - timedelta(days=36_500)),
        report("edge", location=point(38.05)),
    ]


REGISTER = Register(
    (agreement(), agreement(version=2, valid=Validity(from_=NOON + hours(24)), zones=())),
    (methodology(),),
)


def test_a_batch_keeps_its_rows_and_each_is_judged_under_its_own_versions() -> None:
    results = assess(REGISTER, _mixed(), [OPERATOR] * 7)
    said = [
        r.reason if isinstance(r, Refusal) else (r.report.id, r.assessment.verdict) for r in results
    ]
    assert said == [
        ("inside", Verdict.VIOLATION),
        Reason.UNKNOWN_MISSION,
        ("far", Verdict.NO_VIOLATION),
        ("amended", Verdict.NO_VIOLATION),
        ("nowhere", Verdict.CANNOT_DETERMINE),
        Reason.NOTHING_IN_FORCE,
        ("edge", Verdict.POSSIBLE_VIOLATION),
    ]
    versions = [r.in_force.agreement.version for r in results if isinstance(r, Judged)]
    assert versions == [1, 1, 2, 1, 1]


@given(st.permutations(range(7)))
def test_a_rows_result_depends_on_no_other_row(order: list[int]) -> None:
    mixed = _mixed()
    alone = [assess(REGISTER, [one], [OPERATOR])[0] for one in mixed]
    together = assess(REGISTER, [mixed[i] for i in order], [OPERATOR] * 7)
    assert [_said(result) for result in together] == [_said(alone[i]) for i in order]


def _said(result: Judged | Refusal) -> object:
    return result if isinstance(result, Refusal) else result.assessment


def test_contexts_go_with_their_rows() -> None:
    contexts = [OPERATOR, Context(Authentication.NO_TAG), Context(Authentication.TAG_VALID)]
    results = assess(REGISTER, [report(str(n)) for n in range(3)], contexts)
    rules = [r.assessment.findings[0].rule for r in results if isinstance(r, Judged)]
    assert rules == ["inside", "unauthenticated", "inside"]


def test_no_reports_are_no_results() -> None:
    assert assess(REGISTER, [], []) == []


@pytest.mark.parametrize("said", _mixed(), ids=lambda said: said.id)
def test_what_cannot_be_judged_is_known_beforehand(said: Report) -> None:
    (result,) = assess(REGISTER, [said], [OPERATOR])
    assert refusal_of(REGISTER, said) == (result if isinstance(result, Refusal) else None)


def test_one_report_is_judged_as_a_batch_of_one_is() -> None:
    one = judge_one(report(), agreement(), methodology(), OPERATOR)
    (result,) = assess(REGISTER, [report()], [OPERATOR])
    assert isinstance(result, Judged)
    assert one == result.assessment
    refused = judge_one(report(mission="another"), agreement(), methodology(), OPERATOR)
    assert isinstance(refused, Refusal)


@pytest.mark.parametrize(
    ("start", "end", "rule"),
    [
        (23, 23.999, "inside"),
        (23, 24, "straddles_edge"),
        (23, 25, "straddles_edge"),
        (24, 25, "inside"),
    ],
)
def test_an_interval_across_an_amendment_cannot_be_determined(
    start: float, end: float, rule: str
) -> None:
    amended = Register(
        (agreement(), agreement(version=2, valid=Validity(from_=NOON + hours(24)))),
        (methodology(),),
    )
    seen = report(observed_from=NOON + hours(start), observed_to=NOON + hours(end))
    (result,) = assess(amended, [seen], [OPERATOR])
    assert isinstance(result, Judged)
    assert result.assessment.findings[0].rule == rule


@pytest.mark.parametrize("known", [lambda: Register((), ()), lambda: REGISTER])
def test_a_refusal_says_what_to_do(known: Callable[[], Register]) -> None:
    refused = refusal_of(known(), report(mission="another"))
    assert refused is not None
    assert refused.reason is Reason.UNKNOWN_MISSION
    assert "load them" in refused.message
