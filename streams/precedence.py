"""Precedence: where terms overlap, the one that the agreement says gives way does.

Place on the data's way: findings of all terms → **those that stand** → assessment. Written in the
agreement (`yields_to`), never implied by order. A term gives way to what the other one said by
itself, so the order of settling is nothing, and nothing depends on a third.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from streams.assessment import Finding
from streams.inforce import TermInForce
from streams.rules import EXCEPTION_RULES
from streams.vocabulary import Verdict

YIELDS = "yields"
"""Another term, to which this one yields, speaks of the report."""
PRECEDENCE_UNCLEAR = "precedence_unclear"
"""Another term, to which this one yields, may speak of it."""
PRECEDENCE = {
    YIELDS: (Verdict.NOT_APPLICABLE, "it yields to a term that speaks of the report"),
    PRECEDENCE_UNCLEAR: (
        Verdict.CANNOT_DETERMINE,
        "it yields to a term that may speak of the report",
    ),
}

_SPEAKS = EXCEPTION_RULES | {
    "within_number",
    "number_unknown",
    "exception_unclear",
    "unauthenticated",
    "grading_below_minimum",
    "means_insufficient",
    "anywhere",
    "inside",
}
"""Rules by which a term has its say, where nothing else of the case is in doubt."""
_STANDS_ALONE = frozenset({Verdict.NOT_APPLICABLE, Verdict.CANNOT_DETERMINE})


InDoubt = Callable[[Finding], bool]
"""Whether place, time, kind, weapon or party of what was found may be another than the term's."""


def settle(
    findings: Sequence[Finding], terms: Iterable[TermInForce], in_doubt: InDoubt
) -> list[Finding]:
    """The findings, in their order, with those that give way marked so."""
    by_term = {finding.term: finding for finding in findings}
    yields_to = {term.term.id: term.term.yields_to for term in terms}
    return [_settled(finding, yields_to[finding.term], by_term, in_doubt) for finding in findings]


def _settled(
    finding: Finding,
    yields_to: tuple[str, ...],
    by_term: Mapping[str, Finding],
    in_doubt: InDoubt,
) -> Finding:
    if finding.verdict in _STANDS_ALONE or finding.rule == "outside":
        return finding
    others = [by_term[term] for term in yields_to if term in by_term]
    if any(other.rule in _SPEAKS and not in_doubt(other) for other in others):
        return _marked(finding, YIELDS)
    if any(_may_speak(other) for other in others):
        return _marked(finding, PRECEDENCE_UNCLEAR)
    return finding


def _may_speak(finding: Finding) -> bool:
    return finding.rule != "outside" and finding.verdict is not Verdict.NOT_APPLICABLE


def _marked(finding: Finding, rule: str) -> Finding:
    verdict, _ = PRECEDENCE[rule]
    return msgspec.structs.replace(finding, verdict=verdict, rule=rule)
