"""Every example folder with expectations, held to them."""

from __future__ import annotations

import json
from typing import TypeVar

import pytest

from streams.assess import Judged
from streams.context.exchanges import exchange_at
from streams.context.measures import measure_at
from streams.context.truces import truce_at
from streams.vocabulary import Verdict
from tests.unit.examples import folder
from tests.unit.examples.folder import Example, example

L = TypeVar("L", bound=folder.Line)


@pytest.fixture(name="it", params=folder.FOLDERS)
def _it(request: pytest.FixtureRequest) -> Example:
    return example(request.param)


def _of(it: Example, kind: type[L]) -> list[L]:
    return [line for line in it.expected if isinstance(line, kind)]


def test_nothing_is_wrong_or_worth_a_second_look_in_the_documents(it: Example) -> None:
    assert it.examined() == ([], [])


def test_every_report_is_found_to_be_what_the_clauses_say(it: Example) -> None:
    judged = it.judged()
    assert {line.id: _said(line) for line in _of(it, folder.Report)} == {
        id_: _found(one, _named(it, id_)) for id_, one in judged.items()
    }


def test_what_was_said_beside_the_reports_stands_as_expected(it: Example) -> None:
    state = it.state()
    measures = {measure.id: measure for measure in state.measures}
    for line in _of(it, folder.Measure):
        now = measure_at(measures[line.id], line.at)
        assert (now.state, now.overdue) == (line.state, line.overdue), line
        assert line.verified in (None, now.verified), line
    truces = {truce.id: truce for truce in state.truces}
    for step in _of(it, folder.Truce):
        stands = truce_at(truces[step.id], step.at)
        assert stands is not None, step
        assert (stands.state, stands.holds) == (step.state, step.holds), step
    assert {phase.id: phase.at for phase in state.phases} == {
        line.id: line.at for line in _of(it, folder.Phase)
    }
    assert {one.ref: one.reason for one in state.unheeded} == {
        line.ref: line.reason for line in _of(it, folder.Unheeded)
    }


def test_exchanges_are_counted_as_expected(it: Example) -> None:
    exchanges = {exchange.id: exchange for exchange in it.state().exchanges}
    lines = _of(it, folder.Tally)
    assert {line.exchange for line in lines} == set(exchanges)
    for line in lines:
        tallies = exchange_at(exchanges[line.exchange], line.at).tallies
        place = (line.handed_over_by, line.category, line.step)
        (tally,) = [it for it in tallies if (it.handed_over_by, it.category, it.step) == place]
        said = (tally.giver_says, tally.receiver_says, tally.mission_says)
        assert said == (line.giver_says, line.receiver_says, line.mission_says), line
        assert tally.discrepancies == line.discrepancies, line


def test_the_example_says_what_it_is(it: Example) -> None:
    assert "Illustrative" in (it.agreement.notice or "")
    assert "invented" in (it.folder / "README.md").read_text(encoding="utf-8").lower()
    assert "Illustrative" in (it.folder / "SOURCE.txt").read_text(encoding="utf-8")
    for raw in it.reports:
        assert json.loads(raw)["remark"].startswith("Invented")
    assert 10 <= len(it.reports) <= 30


def test_every_clause_is_asked_and_there_are_several_answers(it: Example) -> None:
    lines = _of(it, folder.Report)
    truces = {f"truce:{truce.id}" for truce in it.state().truces}
    assert {term for line in lines for term in line.findings} == truces | {
        term.id for term in it.agreement.terms
    }
    assert {line.verdict for line in lines} >= {
        Verdict.VIOLATION,
        Verdict.NO_VIOLATION,
        Verdict.CANNOT_DETERMINE,
    }
    assert all(line.why for line in it.expected)


def test_the_guide_names_every_example() -> None:
    guide = (folder.EXAMPLES.parent / "docs" / "guides" / "agreement-authors.md").read_text("utf-8")
    assert folder.FOLDERS
    assert [name for name in folder.FOLDERS if f"`examples/{name}`" not in guide] == []


def _named(it: Example, id_: str) -> set[str]:
    """The terms of which the expectation says why, even where they do not apply."""
    return next((set(line.findings) for line in _of(it, folder.Report) if line.id == id_), set())


Found = tuple[Verdict, dict[str, tuple[Verdict, str]]]


def _said(line: folder.Report) -> Found:
    return line.verdict, line.findings


def _found(one: Judged, named: set[str]) -> Found:
    return one.assessment.verdict, {
        finding.term: (finding.verdict, finding.rule)
        for finding in one.assessment.findings
        if finding.verdict is not Verdict.NOT_APPLICABLE or finding.term in named
    }
