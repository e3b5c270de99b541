"""Judge: one report against every term in force, first rule that fits.

Place on the data's way: geofence → **judge** → store. Pure: no clock, no I/O, no randomness. The
rules are domain.md's verdict table as an ordered tuple of named predicates; the name of the rule
that held is in the finding, the stored row and the explanation. `p_inside` is about location alone.

Beyond the table, in its spirit that a guess is never an answer: where a term names weapons or
binds only some parties and the report does not say, the verdict is `cannot_determine`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from msgspec import Struct

from geo.containment import Relation
from streams.agreement import Validity
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
from streams.events import Grading, Report
from streams.inforce import InForce, TermInForce
from streams.locate import Unlocated
from streams.methodology import Methodology
from streams.vocabulary import (
    AttributionBasis,
    Presence,
    Side,
    Verdict,
    ViolationKind,
    Weapon,
)


class Hit(NamedTuple):
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


class Case(Struct, frozen=True, gc=False):
    """One report before one term: what the rules look at."""

    sight: Sight
    methodology: Methodology
    term: TermInForce
    start: datetime
    end: datetime
    hit: Hit | None
    """A zone of the term that the region touches; None: it is outside all of them."""
    zone_id: str | None
    zone_valid: Validity | None

    @property
    def report(self) -> Report:
        """The report before the term."""
        return self.sight.report

    @property
    def weapons(self) -> frozenset[Weapon]:
        """The classes the monitor could name; empty when none was."""
        return frozenset(self.sight.report.weapons) - _UNNAMED

    @property
    def party(self) -> str | None:
        """The party the monitor named; a name without any basis names nobody."""
        attribution = self.sight.report.attribution
        if attribution is None or attribution.basis is AttributionBasis.NONE:
            return None
        return attribution.party


_UNNAMED = frozenset({Weapon.UNDETERMINED})


class Rule(NamedTuple):
    """A named predicate with the verdict it gives and the reason it states."""

    name: str
    verdict: Verdict
    holds: Callable[[Case], bool]
    reason: str


def _retracted(case: Case) -> bool:
    return case.sight.context.retracted_by is not None


def _superseded(case: Case) -> bool:
    return case.sight.context.superseded_by is not None


def _exercise(case: Case) -> bool:
    return case.report.exercise


def _nothing_there(case: Case) -> bool:
    """What was looked for and not found, or counted as none, breaches nothing by being absent."""
    return _absent(case.report) and not _forbids_absence(case)


def _still_there(case: Case) -> bool:
    """Where a weapon may not be missing, one that is there breaches nothing."""
    return _forbids_absence(case) and not _absent(case.report)


def _absent(report: Report) -> bool:
    if report.presence is not None and report.presence is not Presence.PRESENT:
        return True
    return report.count is not None and report.count.max == 0


def _forbids_absence(case: Case) -> bool:
    return case.term.term.violation is ViolationKind.WEAPON_MISSING_FROM_STORAGE


def _other_weapon(case: Case) -> bool:
    named = case.term.weapons
    return bool(named) and bool(case.weapons) and named.isdisjoint(case.weapons)


def _other_party(case: Case) -> bool:
    return bool(case.term.binds) and case.party is not None and case.party not in case.term.binds


def _other_time(case: Case) -> bool:
    """Neither a clause nor a zone of a clause says anything before it begins or after it ends."""
    valid, spans = case.term.term.valid, case.term.spans
    if valid is not None and not valid.touches(case.start, case.end):
        return True
    return spans is not None and not any(span.touches(case.start, case.end) for span in spans)


def _outside(case: Case) -> bool:
    return case.hit is None and case.sight.unlocated is None


def _from_future(case: Case) -> bool:
    received_at = case.sight.context.received_at
    if received_at is None:
        return False
    return case.start > received_at + timedelta(seconds=case.methodology.clock_skew_s)


def _location_unknown(case: Case) -> bool:
    return case.hit is None


def _mostly_outside(case: Case) -> bool:
    return case.hit is not None and case.hit.p_inside < case.methodology.thresholds.possible


def _straddles_edge(case: Case) -> bool:
    if case.sight.straddles:
        return True
    return any(
        valid is not None and not valid.covers(case.start, case.end)
        for valid in (case.term.term.valid, case.zone_valid)
    )


def _weapon_unknown(case: Case) -> bool:
    return bool(case.term.weapons) and not case.weapons


def _party_unknown(case: Case) -> bool:
    return bool(case.term.binds) and case.party is None


def _likely_inside(case: Case) -> bool:
    return case.hit is not None and case.hit.p_inside < case.methodology.thresholds.violation


def _unauthenticated(case: Case) -> bool:
    return not case.sight.context.authentication.vouched


def _grading_below_minimum(case: Case) -> bool:
    minimum = case.methodology.minimum_grading
    if minimum is None:
        return False
    return not _at_least(case.report.grading or case.methodology.ungraded_as, minimum)


def _at_least(grading: Grading | None, minimum: Grading) -> bool:
    """Both axes at or above the minimum: A and 1 are the best; never averaged."""
    return (
        grading is not None
        and grading.source <= minimum.source
        and grading.information <= minimum.information
    )


def _means_insufficient(case: Case) -> bool:
    return not any(means in case.methodology.sufficient_means for means in case.report.means)


def _monitor_contradicts(case: Case) -> bool:
    return any(
        side.zone == case.zone_id and side.side is Side.OUTSIDE
        for side in case.report.monitor_sides
    )


def _weapon_partly_named(case: Case) -> bool:
    return bool(case.term.weapons) and not case.weapons <= case.term.weapons


def _otherwise(_: Case) -> bool:
    return True


_NA, _NO, _CD, _PV, _V = Verdict
RULES: tuple[Rule, ...] = (
    Rule("report_retracted", _NA, _retracted, "the source has withdrawn the report"),
    Rule("report_superseded", _NA, _superseded, "the source has replaced the report"),
    Rule("exercise", _NA, _exercise, "the report is part of an exercise"),
    Rule("nothing_there", _NA, _nothing_there, "what was looked for was not there"),
    Rule("still_there", _NA, _still_there, "the weapon that must not be missing was there"),
    Rule("other_weapon", _NA, _other_weapon, "none of the weapons named is the term's"),
    Rule("other_party", _NA, _other_party, "the term does not bind the party named"),
    Rule("other_time", _NA, _other_time, "the term, or every zone of it, was not in force"),
    Rule("outside", _NO, _outside, "the whole region lies outside the term's zones"),
    Rule("from_future", _CD, _from_future, "it claims to be observed after it was received"),
    Rule("location_unknown", _CD, _location_unknown, "the location's extent is not known"),
    Rule("mostly_outside", _CD, _mostly_outside, "too small a share of the region is inside"),
    Rule("straddles_edge", _CD, _straddles_edge, "the interval crosses the edge of a validity"),
    Rule("weapon_unknown", _CD, _weapon_unknown, "the term names weapons, the report none"),
    Rule("party_unknown", _CD, _party_unknown, "the term binds some parties, none was named"),
    Rule("likely_inside", _PV, _likely_inside, "not enough of the region is inside for certainty"),
    Rule("unauthenticated", _PV, _unauthenticated, "nobody has vouched for who sent the report"),
    Rule("grading_below_minimum", _PV, _grading_below_minimum, "graded below the minimum"),
    Rule("means_insufficient", _PV, _means_insufficient, "observed by no sufficient means"),
    Rule("monitor_contradicts", _PV, _monitor_contradicts, "the monitor says it was outside"),
    Rule("weapon_partly_named", _PV, _weapon_partly_named, "some weapons named are not the term's"),
    Rule("inside", _V, _otherwise, "inside the term's zone, and nothing above held"),
)
"""The verdict table of domain.md, "Assessment", in order: the first that holds is the verdict."""


def judge(sight: Sight, in_force: InForce) -> Assessment:
    """Judge one report under one agreement and methodology."""
    report = sight.report
    terms = in_force.terms_of.get(report.kind, ())
    findings = tuple([_find(sight, term, in_force) for term in terms])
    return Assessment(
        mission=report.mission,
        source=report.source,
        id=report.id,
        status=STATUS,
        verdict=gravest(findings),
        standing=_standing(sight.context),
        agreement=in_force.agreement_hash,
        methodology=in_force.methodology_hash,
        context=context_digest(sight.context),
        versions=1,
        places=tuple([_place(hit, in_force) for hit in sight.hits]),
        findings=findings,
        count=report.count,
        attribution=report.attribution,
        exercise=report.exercise,
    )


def decide(sight: Sight, term: TermInForce, in_force: InForce) -> tuple[Case, Rule]:
    """Put a report before a term: the case that decides, and the first rule that holds in it.

    In each zone of the term that the region touches the rules are asked anew, and the gravest
    verdict stands; among equals the largest share, then the zone named first. So one more zone in
    a term never takes anything back.
    """
    hits = [hit for hit in sight.hits if hit.zone in term.zones]
    if len(hits) < 2:
        return _ask(sight, term, in_force, hits[0] if hits else None)
    asked = [(_ask(sight, term, in_force, hit), hit.p_inside) for hit in hits]
    (case, rule), _ = max(asked, key=lambda item: (GRAVITY[item[0][1].verdict], item[1]))
    return case, rule


def _ask(sight: Sight, term: TermInForce, in_force: InForce, hit: Hit | None) -> tuple[Case, Rule]:
    report = sight.report
    case = Case(
        sight=sight,
        methodology=in_force.methodology,
        term=term,
        start=report.observed_from,
        end=report.observed_to or report.observed_from,
        hit=hit,
        zone_id=None if hit is None else in_force.zone_ids[hit.zone],
        zone_valid=None if hit is None else in_force.zone_valid[hit.zone],
    )
    for rule in RULES:
        if rule.holds(case):
            return case, rule
    raise AssertionError("the last rule holds always")


def _find(sight: Sight, term: TermInForce, in_force: InForce) -> Finding:
    case, rule = decide(sight, term, in_force)
    return Finding(
        term=term.term.id,
        verdict=rule.verdict,
        rule=rule.name,
        zone=case.zone_id,
        p_inside=None if case.hit is None else case.hit.p_inside,
    )


def gravest(findings: Sequence[Finding]) -> Verdict:
    """The gravest verdict of the findings; `not_applicable` where there are none."""
    if not findings:
        return Verdict.NOT_APPLICABLE
    return max([finding.verdict for finding in findings], key=GRAVITY.__getitem__)


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


def context_digest(context: Context) -> str:
    """SHA-256 of the context's bytes, lower-case hex."""
    return hashlib.sha256(_ENCODER.encode(context)).hexdigest()
