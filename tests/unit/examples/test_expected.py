"""The committed totals against what the program finds in the same rows."""

from __future__ import annotations

import pytest

from streams.vocabulary import Verdict
from tests.unit.examples import example
from tests.unit.examples.totals import ALL, Total, from_csv, to_csv, to_markdown, totals


@pytest.fixture(name="found", scope="module")
def _found() -> list[Total]:
    return totals(example.judged().values())


def test_the_program_finds_the_committed_totals(found: list[Total]) -> None:
    assert found == from_csv(example.text("expected.csv"))


def test_the_committed_table_is_written_as_the_program_writes_it(found: list[Total]) -> None:
    assert to_csv(found) == example.text("expected.csv")


def test_the_commented_table_holds_the_same_rows_under_each_clause(found: list[Total]) -> None:
    assert _tables(example.text("expected.md")) == {
        clause: [to_markdown(line) for line in found if line.clause == clause]
        for clause in {line.clause for line in found}
    }


def test_every_verdict_occurs_among_the_reports(found: list[Total]) -> None:
    assert {line.verdict for line in found if line.clause == ALL} == set(Verdict)


def test_the_reports_add_up_to_all_rows(found: list[Total]) -> None:
    assert sum(int(line.reports) for line in found if line.clause == ALL) == 174


def test_under_each_clause_a_kind_adds_up_to_all_reports_of_that_kind(found: list[Total]) -> None:
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for line in found:
        reports, observed = sums.get((line.clause, line.kind), (0, 0))
        sums[line.clause, line.kind] = (
            reports + int(line.reports),
            observed + int(line.observed_min),
        )
    for (clause, kind), total in sums.items():
        assert total == sums[ALL, kind], (clause, kind)


def test_an_open_count_opens_its_sum(found: list[Total]) -> None:
    (exchanges,) = [t for t in found if (t.clause, t.kind) == (ALL, "exchange_of_fire")]
    assert exchanges.observed == "at least 2"


def _tables(markdown: str) -> dict[str, list[str]]:
    """Headings to the table rows below them, without the tables' own heads."""
    tables: dict[str, list[str]] = {}
    clause = ""
    for line in markdown.splitlines():
        if line.startswith("## "):
            clause = line.removeprefix("## ")
            tables[clause] = []
        elif line.startswith("| ") and not line.startswith(("| zone |", "| ---")):
            tables[clause].append(line)
    return tables
