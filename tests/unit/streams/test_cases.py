"""The table of cases: each with the verdict and the clause it is expected under, and why.

`data/cases.ndjson` was written from the agreement's text, not from what the program says: both
sides of each boundary in place, time, calibre and number, each row of the verdict table, each
exception.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Struct

from streams.assess import judge_one
from streams.assessment import Context
from streams.decode import Refusal, decode_report
from streams.documents.read import read_agreement
from streams.precedence import PRECEDENCE
from streams.rules import RULES
from streams.vocabulary import Verdict
from tests.unit.streams.builders import methodology

DATA = Path(__file__).parent / "data"
AGREEMENT = read_agreement((DATA / "cases-agreement.yaml").read_text("utf-8"), {})
CLAUSES = {term.id: term.clause for term in AGREEMENT.terms}
BASE = {
    "id": "r-1",
    "mission": "mission",
    "source": "patrol-1",
    "kind": "explosion",
    "means": ["saw"],
    "observed_from": "2026-03-02T12:00:00Z",
    "location": {"type": "point", "lon": 38.0, "lat": 48.0, "accuracy_m": 100.0},
}


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    term: str
    verdict: Verdict
    rule: str
    report: dict[str, Any]
    """What is said otherwise than in a report of an explosion, seen in the middle of the area."""
    context: dict[str, Any] = {}


CASES = [
    msgspec.json.decode(line, type=Case)
    for line in (DATA / "cases.ndjson").read_bytes().splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.term}: {case.name}")
def test_a_case_is_judged_as_the_agreement_says(case: Case) -> None:
    said = decode_report(msgspec.json.encode(BASE | case.report))
    assert not isinstance(said, Refusal), said
    context = msgspec.convert({"authentication": "operator"} | case.context, Context)
    result = judge_one(said, AGREEMENT, methodology(), context)
    assert not isinstance(result, Refusal)
    found = {finding.term: finding for finding in result.findings}[case.term]
    assert (found.verdict, found.rule) == (case.verdict, case.rule)


def test_there_are_two_hundred_cases_and_every_rule_and_clause_has_one() -> None:
    assert len(CASES) >= 200
    assert {case.rule for case in CASES} == {rule.name for rule in RULES} | set(PRECEDENCE)
    assert {case.term for case in CASES} == {*CLAUSES, "truce:repair"}
    assert len(set(CLAUSES.values())) == len(CLAUSES)
