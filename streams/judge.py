"""Judge: one report against every term in force, first rule that fits.

Place on the data's way: geofence → **judge** → store. Pure: no clock, no I/O, no randomness. The
rules are domain.md's verdict table as an ordered tuple of named predicates; the name of the rule
that held is in the finding, the stored row and the explanation. `p_inside` is about location alone.

Beyond the table, in its spirit that a guess is never an answer: where a term names weapons or
binds only some parties and the report does not say, the verdict is `cannot_determine`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
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


class Seen(Struct, frozen=True, gc=False):
    """What the rules ask of a report again and again, worked out once a report."""

    start: datetime
    end: datetime
    weapons: frozenset[Weapon]
    """The classes the monitor could name; empty when none was."""
    weapons_said: frozenset[Weapon]
    """The same with "undetermined", where the monitor said so."""
    party: str | None
    """The party the monitor named; a name without any basis names nobody."""
    absent: bool
    """It was looked for and not found, or counted as none."""
    perhaps_none: bool
    """It was counted, and the count may be none."""
    outside_elsewhere: bool
    """The monitor says it was outside of a zone that the agreement does not have."""


class Case(Struct, frozen=True, gc=False):
    """One report before one term: what the rules look at."""

    report: Report
    sight: Sight
    seen: Seen
    methodology: Methodology
    term: TermInForce
    hit: Hit | None
    """A zone of the term that the region touches; None: it is outside all of them."""
    zone_id: str | None
    zone_valid: Validity | None


_UNNAMED = frozenset({Weapon.UNDETERMINED})


def see(report: Report, zones: Container[str]) -> Seen:
    """Work out what the rules ask of a report; `zones` are the ids that the agreement has."""
    attribution, count = report.attribution, report.count
    said = frozenset(report.weapons)
    named = attribution is not None and attribution.basis is not AttributionBasis.NONE
    gone = report.presence is not None and report.presence is not Presence.PRESENT
    return Seen(
        start=report.observed_from,
        end=report.observed_to or report.observed_from,
        weapons=said - _UNNAMED,
        weapons_said=said,
        party=attribution.party if attribution is not None and named else None,
        absent=gone or (count is not None and count.max == 0),
        perhaps_none=count is not None and count.min == 0 and count.max != 0,
        outside_elsewhere=bool(report.monitor_sides) and _outside_elsewhere(report, zones),
    )


def _outside_elsewhere(report: Report, zones: Container[str]) -> bool:
    sides = report.monitor_sides
    return any(side.side is Side.OUTSIDE and side.zone not in zones for side in sides)


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


def _retraction(case: Case) -> bool:
    return case.report.retracts is not None


def _exercise(case: Case) -> bool:
    return case.report.exercise


def _nothing_there(case: Case) -> bool:
    """What was looked for and not found, or counted as none, breaches nothing by being absent."""
    return case.seen.absent and not case.term.forbids_absence


def _still_there(case: Case) -> bool:
    """Where a weapon may not be missing, one that is there breaches nothing."""
    return case.term.forbids_absence and not case.seen.absent


def _other_weapon(case: Case) -> bool:
    named, weapons = case.term.weapons, case.seen.weapons
    return bool(named and weapons) and named.isdisjoint(weapons)


def _other_party(case: Case) -> bool:
    binds, party = case.term.binds, case.seen.party
    return bool(binds) and party is not None and party not in binds


def _other_time(case: Case) -> bool:
    """Neither a clause nor a zone of a clause says anything before it begins or after it ends."""
    valid, spans, seen = case.term.term.valid, case.term.spans, case.seen
    if valid is not None and not valid.touches(seen.start, seen.end):
        return True
    return spans is not None and not any(span.touches(seen.start, seen.end) for span in spans)


def _outside(case: Case) -> bool:
    return case.hit is None and case.sight.unlocated is None


def _from_future(case: Case) -> bool:
    received_at = case.sight.context.received_at
    if received_at is None:
        return False
    return case.seen.start > received_at + timedelta(seconds=case.methodology.clock_skew_s)


def _location_unknown(case: Case) -> bool:
    return case.hit is None


def _mostly_outside(case: Case) -> bool:
    return case.hit is not None and case.hit.p_inside < case.methodology.thresholds.possible


def _straddles_edge(case: Case) -> bool:
    return (
        case.sight.straddles
        or _leaves(case.seen, case.term.term.valid)
        or _leaves(case.seen, case.zone_valid)
    )


def _leaves(seen: Seen, valid: Validity | None) -> bool:
    return valid is not None and not valid.covers(seen.start, seen.end)


def _weapon_unknown(case: Case) -> bool:
    return bool(case.term.weapons) and not case.seen.weapons


def _party_unknown(case: Case) -> bool:
    return bool(case.term.binds) and case.seen.party is None


def _perhaps_none(case: Case) -> bool:
    """Where nothing may be there, "none or more" does not say that something was."""
    return case.seen.perhaps_none and not case.term.forbids_absence


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
    sufficient = case.methodology.sufficient_means
    return all(means not in sufficient for means in case.report.means)


def _monitor_contradicts(case: Case) -> bool:
    """A zone that the agreement lacks is perhaps this one under another name."""
    sides = case.report.monitor_sides
    if not sides or case.seen.outside_elsewhere:
        return case.seen.outside_elsewhere
    return any(side.zone == case.zone_id and side.side is Side.OUTSIDE for side in sides)


def _weapon_partly_named(case: Case) -> bool:
    return bool(case.term.weapons) and not case.seen.weapons_said <= case.term.weapons


def _otherwise(_: Case) -> bool:
    return True


_NA, _NO, _CD, _PV, _V = Verdict
RULES: tuple[Rule, ...] = (
    Rule("report_retracted", _NA, _retracted, "the source has withdrawn the report"),
    Rule("report_superseded", _NA, _superseded, "the source has replaced the report"),
    Rule("retraction", _NA, _retraction, "it withdraws another report and says nothing more"),
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
    Rule("perhaps_none", _CD, _perhaps_none, "the count leaves open whether there was any"),
    Rule("likely_inside", _PV, _likely_inside, "not enough of the region is inside for certainty"),
    Rule("unauthenticated", _PV, _unauthenticated, "nobody has vouched for who sent the report"),
    Rule("grading_below_minimum", _PV, _grading_below_minimum, "graded below the minimum"),
    Rule("means_insufficient", _PV, _means_insufficient, "observed by no sufficient means"),
    Rule("monitor_contradicts", _PV, _monitor_contradicts, "the monitor says it was outside"),
    Rule("weapon_partly_named", _PV, _weapon_partly_named, "some weapons named are not the term's"),
    Rule("inside", _V, _otherwise, "it lies inside the term's zone, and nothing speaks against it"),
)
"""The verdict table of domain.md, "Assessment", in order: the first that holds is the verdict."""
_ASKED = tuple([(rule.holds, rule) for rule in RULES])
"""The predicates at hand: they are asked some ten times a term, and a report has several terms."""


def judge(sight: Sight, in_force: InForce) -> Assessment:
    """Judge one report under one agreement and methodology."""
    report, seen = sight.report, see(sight.report, in_force.kind_of_zone)
    terms = in_force.terms_of.get(report.kind, ())
    findings = tuple([_find(sight, seen, term, in_force) for term in terms])
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


def decide(sight: Sight, seen: Seen, term: TermInForce, in_force: InForce) -> tuple[Case, Rule]:
    """Put a report before a term: the case that decides, and the first rule that holds in it.

    In each zone of the term that the region touches the rules are asked anew, and the gravest
    verdict stands; among equals the largest share, then the zone named first. So one more zone in
    a term never takes anything back.
    """
    hits = [hit for hit in sight.hits if hit.zone in term.zones]
    if len(hits) < 2:
        return _ask(sight, seen, term, in_force, hits[0] if hits else None)
    asked = [(_ask(sight, seen, term, in_force, hit), hit.p_inside) for hit in hits]
    (case, rule), _ = max(asked, key=lambda item: (GRAVITY[item[0][1].verdict], item[1]))
    return case, rule


def _ask(
    sight: Sight, seen: Seen, term: TermInForce, in_force: InForce, hit: Hit | None
) -> tuple[Case, Rule]:
    case = Case(
        sight.report,
        sight,
        seen,
        in_force.methodology,
        term,
        hit,
        None if hit is None else in_force.zone_ids[hit.zone],
        None if hit is None else in_force.zone_valid[hit.zone],
    )
    for holds, rule in _ASKED:
        if holds(case):
            return case, rule
    raise AssertionError("the last rule holds always")


def _find(sight: Sight, seen: Seen, term: TermInForce, in_force: InForce) -> Finding:
    case, rule = decide(sight, seen, term, in_force)
    share = None if case.hit is None else case.hit.p_inside
    return Finding(term.term.id, rule.verdict, rule.name, case.zone_id, share)


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
