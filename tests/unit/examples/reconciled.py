"""The SMM's rows by category beside the counts of our assessments, with what became of each.

`docs/smm-observations.md` shows the lines; `smm_table` writes them there. What excuses or rejects a
report changes its verdict and never its count, so each line adds up to all of its category.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from streams.assess import Judged
from streams.assessment import Assessment
from streams.vocabulary import Kind, Verdict
from tests.unit.examples.plain_totals import NONE, Counted

CATEGORIES = {
    Kind.EXPLOSION: "explosions",
    Kind.ROUND: "rounds",
    Kind.PROJECTILE_IN_FLIGHT: "projectiles",
    Kind.BURST: "bursts",
    Kind.SHOT: "shots",
    Kind.TRACER: "tracers",
    Kind.SALVO: "salvoes",
    Kind.EXCHANGE_OF_FIRE: "exchanges",
    Kind.ILLUMINATION_FLARE: "flares",
}
VERDICTS = tuple(reversed(Verdict))


def count_of(assessment: Assessment) -> Counted:
    """What an assessment carries as its report's count."""
    assert assessment.count is not None
    return Counted(1, assessment.count.min, assessment.count.max)


def by_verdict(judged: Mapping[str, Judged]) -> dict[str, dict[Verdict, Counted]]:
    """Category → verdict → the counts of the assessments, summed."""
    sums: defaultdict[str, dict[Verdict, Counted]] = defaultdict(dict)
    for one in judged.values():
        line, verdict = sums[CATEGORIES[one.report.kind]], one.assessment.verdict
        line[verdict] = line.get(verdict, NONE) + count_of(one.assessment)
    return dict(sums)


def lines(counted: Mapping[str, Counted], judged: Mapping[str, Judged]) -> Iterator[str]:
    """The table: what the rows print, what was assessed, and how that divides."""
    yield f"| category | rows | the rows print | assessed | {' | '.join(VERDICTS)} |"
    yield f"| --- |{' ---: |' * (3 + len(VERDICTS))}"
    found = by_verdict(judged)
    for category in sorted(counted):
        parts = found[category]
        whole = sum(parts.values(), NONE)
        cells = [_said(parts.get(verdict, NONE)) for verdict in VERDICTS]
        printed = f"{counted[category].rows} | {_said(counted[category])} | {_said(whole)}"
        yield f"| {category} | {printed} | {' | '.join(cells)} |"


def _said(counted: Counted) -> str:
    if counted.most is None:
        return f"≥ {counted.least:,}"
    if counted.most == counted.least:
        return f"{counted.least:,}"
    return f"{counted.least:,} to {counted.most:,}"
