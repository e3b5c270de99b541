"""The table of cases: each with the verdict and the clause it is expected under, and why.

`data/cases.ndjson` was written from the agreement's text, not from what the program says: both
sides of each boundary in place, time, calibre and number, each row of the verdict table, each
exception.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from msgspec import Struct

from streams.assess import judge_one
from streams.assessment import Context
from streams.decode import Refusal, decode_report
from streams.documents.read import read_agreement
from streams.precedence import PRECEDENCE
from streams.rules import EXCEPTION_RULES, RULES
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


class Boundary(NamedTuple):
    """Where something that the agreement says begins or ends."""

    term: str
    value: Callable[[Case], float | None]
    at: float
    within: float
    """How near to it the cases on its two sides are."""


def _position(case: Case, axis: str) -> float | None:
    said = case.report.get("location") or {}
    return said.get(axis) if said.get("type") == "point" else None


def _moment(case: Case) -> float | None:
    instant = None if "observed_to" in case.report else case.report.get("observed_from")
    return datetime.fromisoformat(instant).timestamp() if instant else None


def _calibre(case: Case) -> float | None:
    said = case.report.get("calibres_mm", ())
    return said[0] if len(said) == 1 else None


def _number(case: Case) -> float | None:
    said = case.report.get("count", {})
    exact = "min" in said and said["min"] == said.get("max") and "qualifier" not in said
    return float(said["min"]) if exact else None


def _notice(case: Case) -> float | None:
    """How many seconds before the act it was notified."""
    said = case.context.get("notifications", ())
    acted = datetime.fromisoformat(case.report.get("observed_from", BASE["observed_from"]))
    return (
        (acted - datetime.fromisoformat(said[0]["notified_at"])).total_seconds() if said else None
    )


def _instants(term: str, *instants: str) -> list[Boundary]:
    return [
        Boundary(term, _moment, datetime.fromisoformat(instant).timestamp(), 1)
        for instant in instants
    ]


BOUNDARIES = [
    *(Boundary("fire", partial(_position, axis="lon"), lon, 0.003) for lon in (37.95, 38.05)),
    *(Boundary("fire", partial(_position, axis="lat"), lat, 0.003) for lat in (47.95, 48.05)),
    *_instants("by-day", "2026-03-02T04:00:00Z", "2026-03-02T20:00:00Z"),
    *_instants("by-night", "2026-03-07T21:00:00Z", "2026-03-08T01:30:00Z"),
    *_instants("mondays", "2026-03-02T06:00:00Z", "2026-03-02T18:00:00Z"),
    *_instants("withdrawn", "2026-03-02T22:00:00Z", "2026-03-14T22:00:00Z"),
    *_instants("this-year", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    *(Boundary("medium", _calibre, mm, 0.06) for mm in (81.95, 120.05)),
    *(Boundary(term, _notice, 86_400, 1) for term in ("demined", "moved")),
    Boundary("heavy", _calibre, 99.95, 0.06),
    Boundary("fifty", _number, 50.5, 0.5),
    Boundary("stored", _number, 9.5, 0.5),
]


@pytest.mark.parametrize("edge", BOUNDARIES, ids=lambda edge: f"{edge.term}: {edge.at:g}")
def test_each_boundary_of_place_time_calibre_and_number_has_cases_on_both_sides(
    edge: Boundary,
) -> None:
    said = [(edge.value(case), case.verdict) for case in CASES if case.term == edge.term]
    near = [(it - edge.at, verdict) for it, verdict in said if it is not None]
    below = {verdict for off, verdict in near if -edge.within <= off < 0}
    above = {verdict for off, verdict in near if 0 <= off <= edge.within}
    assert below
    assert above
    assert not below & above


@pytest.mark.parametrize("name", sorted(EXCEPTION_RULES))
def test_each_exception_excuses_in_one_case_and_does_not_in_another(name: str) -> None:
    excused = {case.term for case in CASES if case.rule == name}
    assert excused
    for term in excused:
        beside = {case.verdict for case in CASES if case.term == term}
        assert beside >= {Verdict.NO_VIOLATION, Verdict.VIOLATION, Verdict.CANNOT_DETERMINE}


def test_each_row_of_the_verdict_table_has_cases() -> None:
    assert {case.verdict for case in CASES} == set(Verdict)
