"""Judge: one report against every term in force, first rule that fits.

Place on the data's way: geofence → **judge** → store. Pure: no clock, no I/O, no randomness. What
the report says becomes `traits`, each term with the zone it is touched in a `Case` of the `rules`.
`p_inside` is about location alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import msgspec
from msgspec import Struct

from geo.containment import Relation
from streams.assessment import (
    GRAVITY,
    STATUS,
    Assessment,
    Context,
    Finding,
    Placement,
    Standing,
    ZonePlace,
)
from streams.events import Report
from streams.inforce import InForce, TermInForce
from streams.locate import Unlocated
from streams.rules import Case, Rule, Share, first_rule
from streams.term_time import term_timing
from streams.traits import Traits
from streams.vocabulary import Verdict
from streams.when.timing import Timing


class Hit(Struct, frozen=True, gc=False):
    """A zone that the report's region touches."""

    zone: int
    """Zone number in `InForce.zone_ids`."""
    relation: Relation
    p_inside: float


class Sight(Struct, frozen=True, gc=False):
    """A report with everything that judging it needs, before any term is asked."""

    report: Report
    context: Context
    hits: tuple[Hit, ...]
    """Zones touched and in force at some time of the interval, sorted by number."""
    unlocated: Unlocated | None
    straddles: bool
    """An amendment falls into the report's interval."""


def judge(sight: Sight, in_force: InForce) -> Assessment:
    """Judge one report under one agreement and methodology."""
    report, context = sight.report, sight.context
    traits = read_traits(sight, in_force)
    terms = in_force.terms_of.get(report.kind, ())
    outcome = None if sight.hits else _outcome_nowhere(traits, terms)
    if outcome is None:
        outcome = _outcome([_find(sight, traits, term, in_force) for term in terms])
    return Assessment(
        mission=report.mission,
        source=report.source,
        id=report.id,
        status=STATUS,
        verdict=outcome.verdict,
        standing=_standing(context),
        agreement=in_force.agreement_hash,
        methodology=in_force.methodology_hash,
        context=context_digest(context),
        versions=1,
        places=tuple([_place(hit, in_force) for hit in sight.hits]) if sight.hits else (),
        findings=outcome.findings,
        count=report.count,
        attribution=report.attribution,
        exercise=report.exercise,
    )


def read_traits(sight: Sight, in_force: InForce) -> Traits:
    """What the rules ask of the report."""
    return in_force.trait_reader.read(
        sight.report,
        sight.context,
        unlocated=sight.unlocated is not None,
        straddles=sight.straddles,
    )


class Decision(Struct, frozen=True, gc=False):
    """The case that decided a term, the first rule that holds in it, and the share inside."""

    case: Case
    rule: Rule
    p_inside: float | None


def decide(sight: Sight, traits: Traits, term: TermInForce, in_force: InForce) -> Decision:
    """Put a report before a term.

    In each zone of the term that the region touches the rules are asked anew, and the gravest
    verdict stands; among equals the largest share, then the zone named first. So one more zone in
    a term never takes anything back.
    """
    hits = [hit for hit in sight.hits if hit.zone in term.zones] if sight.hits else ()
    if not hits:
        timing = (
            Timing.WITHIN
            if term.timeless
            else term_timing(sight.report, sight.context.phases, term, None)
        )
        case = Case(traits, term, None, Share.LITTLE, timing)
        return Decision(case, first_rule(case), None)
    if len(hits) == 1:
        return _decide_in(sight, traits, term, in_force, hits[0])
    asked = [_decide_in(sight, traits, term, in_force, hit) for hit in hits]
    return max(asked, key=lambda one: (GRAVITY[one.rule.verdict], one.p_inside or 0.0))


def _decide_in(
    sight: Sight, traits: Traits, term: TermInForce, in_force: InForce, hit: Hit
) -> Decision:
    zone_valid = in_force.zone_valid[hit.zone]
    timing = (
        Timing.WITHIN
        if term.timeless
        else term_timing(sight.report, sight.context.phases, term, zone_valid)
    )
    share = _share(hit.p_inside, in_force)
    case = Case(traits, term, in_force.zone_ids[hit.zone], share, timing)
    return Decision(case, first_rule(case), hit.p_inside)


def _share(p_inside: float, in_force: InForce) -> Share:
    thresholds = in_force.methodology.thresholds
    if p_inside < thresholds.possible:
        return Share.LITTLE
    return Share.SOME if p_inside < thresholds.violation else Share.ENOUGH


class Outcome(Struct, frozen=True, gc=False):
    """What all terms say together."""

    findings: tuple[Finding, ...]
    verdict: Verdict


def _outcome(findings: Sequence[Finding]) -> Outcome:
    return Outcome(tuple(findings), gravest(findings))


@lru_cache(maxsize=1 << 14)
def _outcome_nowhere(traits: Traits, terms: tuple[TermInForce, ...]) -> Outcome | None:
    """The outcome where no zone is touched, most reports' by far; None where it asks for the time.

    Where no term begins or ends, it follows from the traits alone, which repeat.
    """
    if not all(term.timeless for term in terms):
        return None
    cases = [Case(traits, term, None, Share.LITTLE, Timing.WITHIN) for term in terms]
    return _outcome([_finding(case, first_rule(case), None) for case in cases])


def _find(sight: Sight, traits: Traits, term: TermInForce, in_force: InForce) -> Finding:
    decision = decide(sight, traits, term, in_force)
    return _finding(decision.case, decision.rule, decision.p_inside)


def _finding(case: Case, rule: Rule, p_inside: float | None) -> Finding:
    return Finding(case.term.term.id, rule.verdict, rule.name, case.zone, p_inside)


def gravest(findings: Sequence[Finding]) -> Verdict:
    """The gravest verdict of the findings; `not_applicable` where there are none."""
    worst = Verdict.NOT_APPLICABLE
    for finding in findings:
        if GRAVITY[finding.verdict] > GRAVITY[worst]:
            worst = finding.verdict
    return worst


def _standing(context: Context) -> Standing:
    if context.retracted_by is not None:
        return Standing.RETRACTED
    return Standing.SUPERSEDED if context.superseded_by is not None else Standing.STANDS


def _place(hit: Hit, in_force: InForce) -> ZonePlace:
    inside = hit.relation is Relation.INSIDE
    return ZonePlace(
        zone=in_force.zone_ids[hit.zone],
        place=Placement.INSIDE if inside else Placement.UNDETERMINED,
        p_inside=hit.p_inside,
    )


_ENCODER = msgspec.json.Encoder(order="deterministic")


@lru_cache(maxsize=4096)
def context_digest(context: Context) -> str:
    """SHA-256 of the context's bytes, lower-case hex; most reports of a batch share one context."""
    return hashlib.sha256(_ENCODER.encode(context)).hexdigest()
