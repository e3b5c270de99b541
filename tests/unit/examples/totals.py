"""The committed table of totals: how it is counted and written.

Two totals stand side by side and are never mixed: *reports* (a report has one verdict under each
clause) and *observed events* (the sum of the reports' counts, which may be open upwards).

`python -m tests.unit.examples.totals` writes the machine-readable table anew and prints the rows of
the commented one. A change of the table is a change of what the product finds: explain it there.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TypeAlias

from streams.assess import Judged
from streams.events import Count
from streams.vocabulary import Qualifier
from tests.unit.examples import example

NO_ZONE = "-"
"""The report's region touches none of the clause's zones, or it has no region."""
ALL = "all"
"""In place of clause and zone: the report's own verdict, the gravest of its findings."""


@dataclass(frozen=True, slots=True)
class Total:
    """One line: of a zone, kind of observation and verdict."""

    clause: str
    zone: str
    kind: str
    verdict: str
    reports: str
    observed_min: str
    observed_max: str
    """Empty: open upwards."""
    inexact: str
    """`yes`: a count is an estimate (`about`), so neither end is a bound."""

    @property
    def observed(self) -> str:
        """As a person reads it; `at least` is kept wherever one count is open."""
        about = "about " if self.inexact else ""
        if not self.observed_max:
            return f"at least {about}{int(self.observed_min):,}"
        if self.observed_min == self.observed_max:
            return f"{about}{int(self.observed_min):,}"
        return f"{about}{int(self.observed_min):,} to {int(self.observed_max):,}"


Key: TypeAlias = tuple[str, str, str, str]


def totals(judged: Iterable[Judged]) -> list[Total]:
    """Every line, sorted."""
    counts: defaultdict[Key, list[Count]] = defaultdict(list)
    for one in judged:
        count = one.report.count
        assert count is not None
        for key in _keys(one):
            counts[key].append(count)
    return [_total(key, counts[key]) for key in sorted(counts)]


def _keys(one: Judged) -> Iterator[Key]:
    kind, assessment = one.report.kind.value, one.assessment
    yield ALL, ALL, kind, assessment.verdict.value
    for finding in assessment.findings:
        yield finding.term, finding.zone or NO_ZONE, kind, finding.verdict.value


def _total(key: Key, counts: list[Count]) -> Total:
    tops = [count.max for count in counts if count.max is not None]
    return Total(
        *key,
        reports=str(len(counts)),
        observed_min=str(sum(count.min for count in counts)),
        observed_max=str(sum(tops)) if len(tops) == len(counts) else "",
        inexact="yes" if any(count.qualifier is Qualifier.ABOUT for count in counts) else "",
    )


COLUMNS = tuple(field.name for field in fields(Total))


def to_csv(lines: Iterable[Total]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([getattr(line, column) for column in COLUMNS] for line in lines)
    return out.getvalue()


def from_csv(text: str) -> list[Total]:
    return [Total(**row) for row in csv.DictReader(text.splitlines())]


def to_markdown(line: Total) -> str:
    """A row of the commented table."""
    return f"| {line.zone} | {line.kind} | {line.verdict} | {line.reports} | {line.observed} |"


def _main() -> None:
    lines = totals(example.judged().values())
    (example.FOLDER / "expected.csv").write_text(to_csv(lines), encoding="utf-8")
    clause = ""
    for line in lines:
        if line.clause != clause:
            clause = line.clause
            sys.stdout.write(f"\n## {clause}\n\n")
        sys.stdout.write(to_markdown(line) + "\n")


if __name__ == "__main__":
    _main()
