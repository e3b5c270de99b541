"""The SMM's rows and the counts of their assessments, line by line and by category."""

from __future__ import annotations

import msgspec
import pytest

from streams.agreement import Agreement, Exemption, Where
from streams.assess import Judged
from streams.history import judge_history
from streams.inforce import Register
from streams.vocabulary import Activity, ExceptionName, Kind, Verdict, ZoneKind
from tests.unit.examples import example
from tests.unit.examples.plain_totals import NONE, Counted, by_category, by_row
from tests.unit.examples.reconciled import CATEGORIES, by_verdict, count_of

PLAIN = by_row(example.text("smm_observations.csv"))
SUMS = by_category(example.text("smm_observations.csv"))


@pytest.mark.parametrize("row", PLAIN)
def test_a_rows_assessment_counts_what_the_row_prints(row: str) -> None:
    one = example.judged()[row]
    category, counted = PLAIN[row]
    assert (CATEGORIES[one.report.kind], count_of(one.assessment)) == (category, counted)


def test_every_category_adds_up_to_all_of_its_rows() -> None:
    found = by_verdict(example.judged())
    assert {name: sum(parts.values(), NONE) for name, parts in found.items()} == SUMS
    assert sum(counted.rows for counted in SUMS.values()) == 174


def test_exercises_outside_the_zone_stay_in_the_count_and_leave_the_violations() -> None:
    """No published row is marked as an exercise, so here every explosion is: invented marks."""
    fire, marked = _judged(marked=False), _judged(marked=True)
    excused = _under_fire(marked, Verdict.NO_VIOLATION, "live_fire_exercise_outside_zone")
    # Wholly outside of the strip and the filtration station.
    assert excused == {"F-3", "F-4", "K-1", "P-2", "BB-1"}
    lost = sum((PLAIN[row][1] for row in excused), NONE)
    assert lost == Counted(5, 3 + 1 + 53 + 49 + 1, 107)
    # Wholly inside of one of them: an exercise there is no excuse.
    assert _violating(marked) == {"J-10", "O-5", "S-1", "T-1", "CC-4"}
    # Partly inside, or nobody knows where: whether it was outside is open.
    unclear = _under_fire(marked, Verdict.CANNOT_DETERMINE, "exception_unclear")
    assert len(unclear) == SUMS["explosions"].rows - 5 - 5
    assert _violating(fire) == excused | unclear | _violating(marked)
    assert _total(marked) == _total(fire) == SUMS["explosions"]


def _agreement() -> Agreement:
    """The example's, with fire prohibited everywhere but for exercises outside of its zones."""
    agreement = example.agreement()
    fire = next(term for term in agreement.terms if term.id == "cease-fire")
    outside = Where(zone_kinds=(ZoneKind.SECURITY_ZONE, ZoneKind.PROTECTED_INFRASTRUCTURE))
    name = ExceptionName.LIVE_FIRE_EXERCISE_OUTSIDE_ZONE
    everywhere = msgspec.structs.replace(
        fire,
        where=Where(everywhere=True),
        exceptions=(Exemption(name=name, outside=outside),),
    )
    return msgspec.structs.replace(agreement, terms=(everywhere,))


def _judged(*, marked: bool) -> dict[str, Judged]:
    """The explosions under that, each of them taken for an exercise or none."""
    register = Register((_agreement(),), (example.methodology(),))
    activity = Activity.LIVE_FIRE_EXERCISE if marked else None
    raws = [
        msgspec.json.encode(msgspec.structs.replace(report, assessed_as=activity))
        for report in example.reports().values()
        if report.kind is Kind.EXPLOSION
    ]
    found = [one for one in judge_history(register, raws) if isinstance(one, Judged)]
    return {one.report.id.removeprefix("smm-"): one for one in found}


def _under_fire(judged: dict[str, Judged], verdict: Verdict, rule: str) -> set[str]:
    return {
        row
        for row, one in judged.items()
        if [(it.verdict, it.rule) for it in one.assessment.findings] == [(verdict, rule)]
    }


def _violating(judged: dict[str, Judged]) -> set[str]:
    return {row for row, one in judged.items() if one.assessment.verdict is Verdict.VIOLATION}


def _total(judged: dict[str, Judged]) -> Counted:
    return sum((count_of(one.assessment) for one in judged.values()), NONE)
