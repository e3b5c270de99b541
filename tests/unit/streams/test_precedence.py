"""Where terms overlap, the one that the agreement says gives way does, whatever their order."""

from __future__ import annotations

from itertools import permutations

import pytest
from msgspec.structs import replace

from streams.agreement import Agreement, Calibres, Exemption, Term, Validity, Where
from streams.assessment import Assessment, Context
from streams.context.facts import Notification
from streams.events import Count, MonitorSide, Report
from streams.explain import explain
from streams.vocabulary import (
    Activity,
    Authentication,
    Detail,
    ExceptionName,
    Kind,
    Side,
    Verdict,
    Weapon,
)
from tests.unit.streams.builders import (
    FAR_LON,
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

GENERAL = term("general", where=Where(everywhere=True), yields_to=("area",))
AREA = term("area")


def of(*terms: Term) -> Agreement:
    return agreement(terms=terms)


def told(result: Assessment) -> dict[str, str]:
    return {finding.term: finding.rule for finding in result.findings}


NOT_LONG = Validity(from_=NOON - hours(1), to=NOON + hours(1))
EDGE = report(location=point(lon=38.05, accuracy_m=500.0))
"""Half of it in the area."""


@pytest.mark.parametrize(
    ("said", "general", "area"),
    [
        (report(), "yields", "inside"),
        (report(location=point(FAR_LON)), "anywhere", "outside"),
        (EDGE, "precedence_unclear", "likely_inside"),
        (report(location=None), "precedence_unclear", "location_unknown"),
        (report(exercise=True), "exercise", "exercise"),
    ],
)
def test_a_term_gives_way_where_the_other_speaks(said: Report, general: str, area: str) -> None:
    for terms in permutations((GENERAL, AREA)):
        assert told(assessment(said, of(*terms))) == {"general": general, "area": area}


def test_without_a_word_of_precedence_terms_judge_side_by_side() -> None:
    side_by_side = of(term("general", where=Where(everywhere=True)), AREA)
    assert told(assessment(report(), side_by_side)) == {"general": "anywhere", "area": "inside"}


def test_what_the_area_allows_the_general_term_does_not_forbid() -> None:
    five = report(count=Count(min=5, max=5))
    assert told(assessment(five, of(GENERAL, term("area", at_most=5)))) == {
        "general": "yields",
        "area": "within_number",
    }


FIVE = Count(min=5, max=5)
FEW = term("area", at_most=5)
FROM_100_MM = term("area", at_most=5, calibres=Calibres(min_mm=100.0))
BY_ARTILLERY = term("area", at_most=5, weapons=(Weapon.ARTILLERY,))


@pytest.mark.parametrize(
    ("said", "area"),
    [
        (replace(EDGE, count=FIVE), FEW),
        (report(location=None, count=FIVE), FEW),
        (report(count=FIVE), BY_ARTILLERY),
        (report(count=FIVE), term("area", at_most=5, binds=("north",))),
        (report(count=FIVE, observed_to=NOON + hours(2)), term("area", at_most=5, valid=NOT_LONG)),
        (
            report(count=FIVE, monitor_sides=(MonitorSide(zone="z", side=Side.OUTSIDE),)),
            FEW,
        ),
        (report(count=FIVE), term("area", at_most=5, details=(Detail.IMPACT,))),
        (report(count=FIVE), FROM_100_MM),
        (report(count=FIVE, calibres_mm=(82.0, 120.0)), FROM_100_MM),
        (report(count=FIVE, weapons=(Weapon.ARTILLERY, Weapon.TANK)), BY_ARTILLERY),
    ],
    ids=[
        "half inside",
        "no location",
        "no weapon",
        "no party",
        "across an end",
        "monitor differs",
        "no detail",
        "no calibre",
        "one calibre of two",
        "one weapon of two",
    ],
)
def test_what_the_area_allows_is_forbidden_elsewhere_so_that_it_is_the_areas_must_be_known(
    said: Report, area: Term
) -> None:
    found = assessment(said, of(GENERAL, area))
    assert told(found) == {"general": "precedence_unclear", "area": "within_number"}
    assert found.verdict is Verdict.CANNOT_DETERMINE


def test_an_exception_in_an_area_that_was_perhaps_not_touched_excuses_nothing_elsewhere() -> None:
    excepted = term("area", exceptions=(Exemption(name=ExceptionName.NOTIFIED_DEMINING),))
    notified = Notification(
        activity=Activity.DEMINING,
        zones=("z",),
        start=NOON - hours(1),
        end=NOON + hours(1),
        notified_at=NOON - hours(9),
        by="north",
    )
    said = replace(EDGE, attribution=attribution("north"))
    context = Context(Authentication.OPERATOR, notifications=(notified,))
    for one, general in ((said, "precedence_unclear"), (replace(said, location=point()), "yields")):
        found = assessment(one, of(GENERAL, excepted), context=context)
        assert told(found) == {"general": general, "area": "notified_demining"}


def test_an_exception_of_the_area_holds_against_the_general_term() -> None:
    zones = (zone(), zone("y", square(FAR_LON)))
    outside_y = Exemption(
        name=ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE, outside=Where(zones=("y",))
    )
    agreed = agreement(zones=zones, terms=(GENERAL, term("area", exceptions=(outside_y,))))
    exercise = assessment(report(assessed_as=Activity.LIVE_FIRE_EXERCISE), agreed)
    assert exercise.verdict is Verdict.NO_VIOLATION
    assert assessment(report(), agreed).verdict is Verdict.VIOLATION


def test_a_term_of_another_kind_goes_before_nothing() -> None:
    shots = term("area", prohibits=(Kind.SHOT,))
    assert told(assessment(report(), of(GENERAL, shots))) == {"general": "anywhere"}


def test_a_term_yields_to_what_the_other_says_by_itself() -> None:
    """The area yields in turn: what it gives way to is not the general term's business."""
    chain = (GENERAL, term("area", yields_to=("inner",)), term("inner"))
    for terms in permutations(chain):
        assert told(assessment(report(), of(*terms))) == {
            "general": "yields",
            "area": "yields",
            "inner": "inside",
        }


def test_an_explanation_says_that_a_term_gave_way() -> None:
    (_, general) = explain(judged(report(), of(GENERAL, AREA))).terms
    assert general.term == "general"
    assert [asked.rule for asked in general.asked[-2:]] == ["anywhere", "yields"]
    assert general.asked[-1].held
