"""Judge: one report against every term in force, first rule that fits.

Place on the data's way: geofence → **judge** → store. Pure: no clock, no I/O, no randomness. What
the report says becomes `traits`, each term with the zone it is touched in a `Case` of the `rules`.
`p_inside` is about location alone.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial

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
    told_alike,
)
from streams.claims import CLAIMS_DIFFER, claimed, parties, under, with_each_claim
from streams.events import Report
from streams.exceptions import NOT_EXCEPTED, Excepted, weigh_exceptions
from streams.inforce import InForce, TermInForce
from streams.locate import Unlocated
from streams.matching import match_calibre, match_detail, match_number
from streams.precedence import settle
from streams.rules import DOUBTS, Case, Rule, Share, first_rule
from streams.sight import Hit, Sight, Sights
from streams.term_time import term_timing
from streams.traits import Traits
from streams.truce_terms import all_hold, terms_speaking
from streams.vocabulary import Kind, Verdict
from streams.when.timing import Timing


def judge(sight: Sight, in_force: InForce) -> Assessment:
    """Judge one report under one agreement and methodology."""
    return assessment_of(sight.report, _outcome(sight, in_force), in_force)


class Outcome(Struct, frozen=True, gc=False):
    """What is said of a report, and of all that are alike, but for their names and counts."""

    verdict: Verdict
    standing: Standing
    context: str
    """The digest."""
    places: tuple[ZonePlace, ...]
    findings: tuple[Finding, ...]
    told: bytes
    """All this, as it stands in the assessment's bytes (`streams.assessment.encode_alike`)."""
    ended: bytes
    """What stands there behind the count: whom the monitor named, whether it was an exercise."""


def assessment_of(report: Report, outcome: Outcome, in_force: InForce) -> Assessment:
    """The assessment of one of the reports whose outcome it is."""
    return Assessment(
        report.mission,
        report.source,
        report.id,
        STATUS,
        outcome.verdict,
        outcome.standing,
        in_force.agreement_hash,
        in_force.methodology_hash,
        outcome.context,
        1,
        outcome.places,
        outcome.findings,
        in_force.signed.draft,
        report.count,
        report.attribution,
        report.exercise,
    )


def outcomes_of(sights: Sights, in_force: InForce) -> list[Outcome]:
    """The outcome of each of a batch, of reports that are alike found once.

    Many reports touch no zone, lie wholly in some, or come from one post; these repeat. All that
    the rules see of such a report is in the key, but for the hour; so no term of its kind may ask
    for the hour, nor may anything known beside it that begins or ends.
    """
    known, finer = in_force.outcomes, in_force.stretches.finer
    reports, contexts, placed, straddles, numbers = sights
    # No key outlives its look-up: to have room for all at once takes longer than to make them.
    found = [
        known.get(_key(report, context, there.hits, there.unlocated, number, straddles, finer))
        for report, context, there, number in zip(reports, contexts, placed, numbers, strict=True)
    ]
    if not all(found):
        for row, outcome in enumerate(found):
            found[row] = outcome or _outcome(sights.row(row), in_force)
    return found  # type: ignore[return-value]  # each has one now


def _outcome(sight: Sight, in_force: InForce) -> Outcome:
    """What was not known before the batch: found, and remembered where time says no more."""
    if _is_timed(sight, in_force):
        return _find_outcome(sight, in_force)
    key = _key(
        sight.report,
        sight.context,
        sight.hits,
        sight.unlocated,
        sight.number,
        sight.straddles,
        in_force.stretches.finer,
    )
    found = in_force.outcomes.get(key)
    if found is None:
        found = _find_outcome(sight, in_force)
        if len(in_force.outcomes) >= _REMEMBERED:
            in_force.outcomes.clear()
        in_force.outcomes[key] = found
    return found  # type: ignore[return-value]  # nothing else is remembered there


def _key(  # noqa: PLR0913, PLR0917 (the fields of a sight, not yet put together)
    report: Report,
    context: Context,
    hits: tuple[Hit, ...],
    unlocated: Unlocated | None,
    number: int | None,
    straddles: bool,
    finer: frozenset[Kind],
) -> object:
    """All that the rules see of a report, where they do not see its own time."""
    kind, count = report.kind, report.count
    return (
        kind,
        number,
        hits,
        unlocated,
        straddles,
        context,
        not context.truces or all_hold(context.truces, report),
        report.exercise,
        report.retracts is None,
        count is not None and (not count.min, count.max == 0),
        report.presence,
        report.weapons,
        report.attribution,
        report.grading,
        report.means,
        report.monitor_sides,
        (report.detail, report.calibres_mm, count, report.assessed_as) if kind in finer else None,
    )


def _is_timed(sight: Sight, in_force: InForce) -> bool:
    """Whether anything is asked for the report's own time: by a term, or as it begins or ends."""
    if sight.number is None or sight.report.kind not in in_force.stretches.kinds:
        return True
    context = sight.context
    if context.received_at or context.notifications:
        return True
    return bool(context.truces) and not all_hold(context.truces, sight.report)


def _find_outcome(sight: Sight, in_force: InForce) -> Outcome:
    findings = _find_all(sight, read_traits(sight, in_force), in_force)
    context = sight.context
    outcome = Outcome(
        verdict=gravest(findings),
        standing=_standing(context),
        context=context_digest(context, in_force.signed.signatures),
        places=tuple([_place(hit, in_force) for hit in sight.hits]),
        findings=findings,
        told=b"",
        ended=b"",
    )
    told, ended = told_alike(assessment_of(sight.report, outcome, in_force))
    return msgspec.structs.replace(outcome, told=told, ended=ended)


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


def decide(
    sight: Sight, traits: Traits, term: TermInForce, in_force: InForce, zones: frozenset[int]
) -> Decision:
    """Put a report before a term whose zones have these outlines: the agreed, or a party's.

    In each zone of the term that the region touches the rules are asked anew, and the gravest
    verdict stands; among equals the largest share, then the zone named first. So one more zone in
    a term never takes anything back.
    """
    hits = [hit for hit in sight.hits if hit.zone in zones] if sight.hits else ()
    if not hits:
        case = _case(sight, traits, term, in_force, None)
        return Decision(case, first_rule(case), None)
    if len(hits) == 1:
        return _decide_in(sight, traits, term, in_force, hits[0])
    asked = [_decide_in(sight, traits, term, in_force, hit) for hit in hits]
    return max(asked, key=lambda one: (GRAVITY[one.rule.verdict], one.p_inside or 0.0))


def _decide_in(
    sight: Sight, traits: Traits, term: TermInForce, in_force: InForce, hit: Hit
) -> Decision:
    case = _case(sight, traits, term, in_force, hit)
    return Decision(case, first_rule(case), hit.p_inside)


def _case(
    sight: Sight, traits: Traits, term: TermInForce, in_force: InForce, hit: Hit | None
) -> Case:
    """What the rules look at, in one zone of the term; None: it touches none."""
    zone, share, zone_valid = None, Share.LITTLE, None
    if hit is not None:
        zone, zone_valid = in_force.zone_ids[hit.zone], in_force.zone_valid[hit.zone]
        share = _share(hit.p_inside, in_force)
    timing = Timing.WITHIN
    if not term.timeless:
        timing = term_timing(sight.report, sight.context.phases, term, zone_valid)
    if not term.asks_more:
        return Case(traits, term, zone, share, timing)
    return Case(
        traits,
        term,
        zone,
        share,
        timing,
        match_detail(sight.report, term),
        match_calibre(sight.report, term),
        match_number(sight.report, term, in_force.methodology.about_within, absent=traits.absent),
        _excepted(sight, traits, term, in_force, zone),
    )


def _excepted(
    sight: Sight, traits: Traits, term: TermInForce, in_force: InForce, zone: str | None
) -> Excepted:
    """Where the term does not hold, nothing need be excepted."""
    if not term.exemptions or (zone is None and not term.anywhere):
        return NOT_EXCEPTED
    return weigh_exceptions(sight, term.exemptions, zone, traits.party, in_force)


def _share(p_inside: float, in_force: InForce) -> Share:
    thresholds = in_force.methodology.thresholds
    if p_inside < thresholds.possible:
        return Share.LITTLE
    return Share.SOME if p_inside < thresholds.violation else Share.ENOUGH


_REMEMBERED = 1 << 15


def _find_all(sight: Sight, traits: Traits, in_force: InForce) -> tuple[Finding, ...]:
    """What each term that speaks of the report says."""
    truces = sight.context.truces
    terms = terms_speaking(sight.report.kind, truces, in_force)
    findings = [_find(sight, traits, term, in_force) for term in terms]
    if truces:
        findings = _of_each_term(findings)
    if any(term.term.yields_to for term in terms):
        compiled = {term.term.id: term for term in terms}
        doubt = partial(_is_in_doubt, sight, traits, compiled, in_force)
        findings = with_each_claim(findings, lambda view: settle(view, terms, doubt))
    return tuple(findings)


def _is_in_doubt(
    sight: Sight,
    traits: Traits,
    terms: Mapping[str, TermInForce],
    in_force: InForce,
    finding: Finding,
) -> bool:
    """Whether, by the case that decided it, the report may be none of the finding's term."""
    term, found = terms[finding.term], (finding.zone, finding.p_inside)
    hits = (hit for hit in sight.hits if hit.zone in term.touched)
    hit = next((it for it in hits if (in_force.zone_ids[it.zone], it.p_inside) == found), None)
    case = _case(sight, traits, term, in_force, hit)
    return any(rule.holds(case) for rule in DOUBTS)


def _of_each_term(findings: Sequence[Finding]) -> list[Finding]:
    """One finding a term: a truce that held twice within the interval is told by the gravest."""
    told: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        told[finding.term].append(finding)
    return [each[0] if len(each) == 1 else _gravest_of(each) for each in told.values()]


def _gravest_of(findings: Sequence[Finding]) -> Finding:
    """The first of the gravest, as agreed and under each party's claims by themselves."""

    def gravity(finding: Finding) -> int:
        return GRAVITY[finding.verdict]

    claims = [
        claimed(party, max([under(party, one) for one in findings], key=gravity))
        for party in parties(findings)
    ]
    return msgspec.structs.replace(max(findings, key=gravity), claims=tuple(claims))


def _find(sight: Sight, traits: Traits, term: TermInForce, in_force: InForce) -> Finding:
    if term.claims and any(hit.zone in term.touched for hit in sight.hits):
        return _find_disputed(sight, traits, term, in_force)
    return _finding_of(decide(sight, traits, term, in_force, term.zones))


def _find_disputed(sight: Sight, traits: Traits, term: TermInForce, in_force: InForce) -> Finding:
    """The agreed outlines' verdict, and beside it the one under each party's claims.

    Where nothing is agreed of a zone, what all claims say; if they differ, nobody can tell.
    """
    claims = [
        claimed(each.party, _finding_of(decide(sight, traits, term, in_force, each.drawn)))
        for each in term.claims
    ]
    views = [each.agreed for each in term.claims] if term.undrawn else [term.zones]
    asked = [decide(sight, traits, term, in_force, zones) for zones in views]
    return msgspec.structs.replace(_of_one_mind(term, asked), claims=tuple(claims))


def _of_one_mind(term: TermInForce, decisions: Sequence[Decision]) -> Finding:
    """What all say, in the words of the one with the smallest share inside."""
    if len({one.rule.verdict for one in decisions}) > 1:
        return Finding(term.term.id, Verdict.CANNOT_DETERMINE, CLAIMS_DIFFER, truce=term.truce)
    return _finding_of(min(decisions, key=lambda one: one.p_inside or 0.0))


def _finding_of(decision: Decision) -> Finding:
    return _finding(decision.case, decision.rule, decision.p_inside)


def _finding(case: Case, rule: Rule, p_inside: float | None) -> Finding:
    term = case.term
    return Finding(term.term.id, rule.verdict, rule.name, case.zone, p_inside, truce=term.truce)


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
    claim = in_force.claim_of.get(hit.zone)
    return ZonePlace(
        zone=in_force.zone_ids[hit.zone],
        place=Placement.INSIDE if inside else Placement.UNDETERMINED,
        p_inside=hit.p_inside,
        claimed_by=claim and claim.party,
    )


_ENCODER = msgspec.json.Encoder(order="deterministic")


@lru_cache(maxsize=4096)
def context_digest(context: Context, signatures: tuple[str, ...] = ()) -> str:
    """SHA-256 of the context's bytes, lower-case hex; most reports of a batch share one context.

    Args:
        context: what is known about the report.
        signatures: those under the agreement version that count.
    """
    if signatures:
        context = msgspec.structs.replace(context, signatures=signatures)
    return hashlib.sha256(_ENCODER.encode(context)).hexdigest()
