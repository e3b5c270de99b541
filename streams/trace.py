"""Trace: which rules were asked of a report under a term, what each saw and what it answered.

Place on the data's way: assessment → **trace** → explain. On demand only, from the same values that
were judged: the rules are asked again, in order, of every version, in every zone of the term that
is touched, and by every party's claims. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from streams.assess import Judged
from streams.assessment import Finding
from streams.claims import CLAIMS_DIFFER
from streams.inforce import TermInForce
from streams.judge import Decision, decide, read_traits
from streams.precedence import PRECEDENCE
from streams.reading import CONTRADICTION
from streams.rules import RULES
from streams.sight import Sight
from streams.truce_terms import terms_speaking, truce_term
from streams.vocabulary import Verdict
from streams.watch import Saw, ask

REASONS = (
    {rule.name: rule.reason for rule in RULES}
    | {rule: reason for rule, (_, reason) in PRECEDENCE.items()}
    | {
        CONTRADICTION: "versions of the report contradict each other",
        CLAIMS_DIFFER: "no outline is agreed, and the parties' claims give different verdicts",
    }
)


class Asked(NamedTuple):
    """One rule that was asked about one term, and its answer."""

    rule: str
    held: bool
    reason: str
    saw: Saw
    """What it looked at."""


class AskedBeside(NamedTuple):
    """The rules that were asked beside those that decided, and what they came to."""

    version: int | None
    """Of several versions of the report, by the order of their contents; None: there is one."""
    claimed_by: str | None
    """The party by whose outlines it was asked; None: by the agreed ones."""
    zone: str | None
    verdict: Verdict
    rule: str
    asked: tuple[Asked, ...]


class TermTrace(NamedTuple):
    """A term with every rule asked, in order, up to the one that held."""

    term: str
    clause: str
    finding: Finding
    asked: tuple[Asked, ...]
    """Of the case that decided; empty where several did, which then are all in `beside`."""
    beside: tuple[AskedBeside, ...]
    """In other zones, by claims, of other versions."""


def trace(judged: Judged, finding: Finding) -> TermTrace:
    """What was asked to come to a finding of the assessment."""
    decided = _decided(judged, finding)
    asked = () if decided is None else _asked(decided)
    if asked and finding.rule in PRECEDENCE:
        asked += (Asked(finding.rule, held=True, reason=REASONS[finding.rule], saw={}),)
    beside = tuple(_beside(judged, finding, decided))
    return TermTrace(finding.term, _clause(judged, finding), finding, asked, beside)


def _clause(judged: Judged, finding: Finding) -> str:
    if finding.truce is not None:
        return truce_term(finding.truce).clause
    term = judged.in_force.terms.get(finding.term)
    # A version that an earlier agreement judged may speak of a term that is no more.
    return finding.term if term is None else term.clause


def _decided(judged: Judged, finding: Finding) -> Decision | None:
    """The one case that decided; None: versions or claims did, each by its own."""
    if judged.assessment.versions > 1:
        return None
    term = next(it for it in _terms(judged, finding.term) if it.truce == finding.truce)
    if term.undrawn and finding.claims:
        return None
    return _decide(judged, term, term.zones)


def _terms(judged: Judged, term_id: str) -> list[TermInForce]:
    """A term of the agreement, or a truce's, as often as that held on terms of its own."""
    truces = judged.sight.context.truces
    speaking = terms_speaking(judged.report.kind, truces, judged.in_force)
    return [term for term in speaking if term.term.id == term_id]


def _decide(judged: Judged, term: TermInForce, zones: frozenset[int]) -> Decision:
    traits = read_traits(judged.sight, judged.in_force)
    return decide(judged.sight, traits, term, judged.in_force, zones)


def _asked(decision: Decision) -> tuple[Asked, ...]:
    rules = RULES[: RULES.index(decision.rule) + 1]
    answers = [(rule, ask(rule, decision.case)) for rule in rules]
    return tuple(Asked(rule.name, it.held, rule.reason, it.saw) for rule, it in answers)


def _beside(judged: Judged, finding: Finding, decided: Decision | None) -> Iterator[AskedBeside]:
    for number, one in enumerate(judged.versions or (judged,), 1):
        version = number if judged.versions else None
        for term in _terms(one, finding.term):
            for party, zones in _drawn(term, one.sight):
                decision = _decide(one, term, zones)
                if party is None and decision == decided:
                    continue
                rule, asked = decision.rule, _asked(decision)
                zone = decision.case.zone
                yield AskedBeside(version, party, zone, rule.verdict, rule.name, asked)


def _drawn(term: TermInForce, sight: Sight) -> Iterator[tuple[str | None, frozenset[int]]]:
    """Each outline by itself, or none, that the report is held against; as agreed, as claimed."""
    touched = [hit.zone for hit in sight.hits if hit.zone in term.touched]
    disputed = bool(term.claims and touched)
    views: list[tuple[str | None, frozenset[int]]] = []
    if not disputed or not term.undrawn:
        views.append((None, term.zones))
    if disputed:
        views += [(each.party, each.agreed) for each in term.claims if term.undrawn]
        views += [(each.party, each.drawn) for each in term.claims]
    for party, zones in dict.fromkeys(views):
        inside = [frozenset({zone}) for zone in touched if zone in zones]
        for outline in inside or [frozenset[int]()]:
            yield party, outline
