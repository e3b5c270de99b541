"""Cases from published mission reports: rows of the OSCE SMM's, each with verdict, clause, source.

`data/published.ndjson` was written from the rows and `data/published-agreement.yaml` with a map, a
ruler and `tests.unit.examples.flat_earth`, before the program was asked. The reports are the rows
as `streams.smm` reads them; nothing in them is changed. A source is its row's own, and no other.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import pytest
from msgspec import Struct

from streams.assess import Judged
from streams.documents.read import read_agreement
from streams.history import judge_history
from streams.inforce import Register
from streams.vocabulary import Verdict
from tests.unit.examples import example

DATA = Path(__file__).parent / "data"


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    row: str
    """`obs_id` of the SMM's table."""
    term: str
    verdict: Verdict
    rule: str
    source: str
    why: str


CASES = [
    msgspec.json.decode(line, type=Case)
    for line in (DATA / "published.ndjson").read_bytes().splitlines()
]


@cache
def judged() -> dict[str, Judged]:
    agreement = read_agreement((DATA / "published-agreement.yaml").read_text("utf-8"), {})
    register = Register((agreement,), (example.methodology(),))
    lines = [msgspec.json.encode(report) for report in example.reports().values()]
    found = [one for one in judge_history(register, lines) if isinstance(one, Judged)]
    return {one.report.id.removeprefix("smm-"): one for one in found}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row}: {case.term}")
def test_a_published_observation_is_judged_as_the_clause_says(case: Case) -> None:
    findings = {finding.term: finding for finding in judged()[case.row].assessment.findings}
    found = findings[case.term]
    assert (found.verdict, found.rule) == (case.verdict, case.rule)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row}: {case.term}")
def test_the_source_is_that_of_the_row(case: Case) -> None:
    row = example.rows()[case.row]
    assert case.source == f"OSCE SMM, as of {row['report_as_of']}, {row['source_url']}"


def test_forty_published_observations_and_more_are_cases_of_every_clause_and_verdict() -> None:
    assert len({case.row for case in CASES}) >= 40
    assert {case.verdict for case in CASES} == set(Verdict)
    assert len({case.term for case in CASES}) == 12
    assert len({(case.row, case.term) for case in CASES}) == len(CASES)
