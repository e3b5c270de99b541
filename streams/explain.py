"""Explain: why a report was judged as it was, in sentences.

Place on the data's way: on demand only, from the same values that were judged. Nothing is decided
here: the rules are asked again, in order, and what each of them answered is written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from streams.agreement import Zone
from streams.assess import Judged
from streams.assessment import Finding
from streams.claims import CLAIMS_DIFFER
from streams.context.facts import TruceHeld
from streams.events import Area, Bearings, NamedPlace, OnRoute, Point, Report, Sector, Track
from streams.inforce import CORRIDOR_PREFIX, InForce
from streams.judge import decide, read_traits
from streams.locate import HALF_WIDTH_DEG, Unlocated
from streams.phrases import moment, spoken, what
from streams.precedence import PRECEDENCE
from streams.reading import CONTRADICTION
from streams.rules import RULES
from streams.truce_terms import terms_speaking, truce_term
from streams.vocabulary import Spread
from streams.watch import Saw, ask
from streams.when.time_zones import TZDATA_VERSION


class Asked(NamedTuple):
    """One rule that was asked about one term, and its answer."""

    rule: str
    held: bool
    reason: str
    saw: Saw
    """What it looked at."""


class TermTrace(NamedTuple):
    """A term with every rule asked, in order, up to the one that held."""

    term: str
    clause: str
    finding: Finding
    asked: tuple[Asked, ...]


class Explanation(NamedTuple):
    """An assessment explained: for a machine (`terms`) and for a person (`sentences`)."""

    sentences: tuple[str, ...]
    terms: tuple[TermTrace, ...]


REASONS = (
    {rule.name: rule.reason for rule in RULES}
    | {rule: reason for rule, (_, reason) in PRECEDENCE.items()}
    | {
        CONTRADICTION: "versions of the report contradict each other",
        CLAIMS_DIFFER: "no outline is agreed, and the parties' claims give different verdicts",
    }
)
_UNLOCATED = {
    Unlocated.NO_LOCATION: "the report gives no location",
    Unlocated.DISTANCE_UNKNOWN: "a bearing was reported without a distance",
    Unlocated.PLACE_NOT_RESOLVED: "the place is named, and no gazetteer has resolved the name",
    Unlocated.ROUTE_NOT_MEASURED: "the agreement counts no kilometres on a corridor of that name",
    Unlocated.BEYOND_ROUTE: "the kilometres lie beyond the ends of the agreed route",
    Unlocated.EXTENT_UNUSABLE: "the region is too wide, or reaches over a pole",
}


def explain(judged: Judged) -> Explanation:
    """Explain one judgement. A finding of several versions is explained by its rule alone."""
    terms = tuple(_trace(judged, finding) for finding in judged.assessment.findings)
    return Explanation(tuple(_sentences(judged, terms)), terms)


def _trace(judged: Judged, finding: Finding) -> TermTrace:
    return TermTrace(finding.term, _clause(judged, finding), finding, _asked(judged, finding))


def _clause(judged: Judged, finding: Finding) -> str:
    if finding.truce is not None:
        return truce_term(finding.truce).clause
    term = judged.in_force.terms.get(finding.term)
    # A version that an earlier agreement judged may speak of a term that is no more.
    return finding.term if term is None else term.clause


def _asked(judged: Judged, finding: Finding) -> tuple[Asked, ...]:
    if judged.assessment.versions > 1:
        return ()
    truces = judged.sight.context.truces
    terms = terms_speaking(judged.report.kind, truces, judged.in_force)
    compiled = next(
        term for term in terms if (term.term.id, term.truce) == (finding.term, finding.truce)
    )
    if compiled.undrawn and finding.claims:
        return ()  # the claims decided, each by its own rule
    traits = read_traits(judged.sight, judged.in_force)
    decision = decide(judged.sight, traits, compiled, judged.in_force, compiled.zones)
    rules = RULES[: RULES.index(decision.rule) + 1]
    answers = [(rule, ask(rule, decision.case)) for rule in rules]
    asked = [Asked(rule.name, it.held, rule.reason, it.saw) for rule, it in answers]
    if finding.rule in PRECEDENCE:
        asked.append(Asked(finding.rule, held=True, reason=REASONS[finding.rule], saw={}))
    return tuple(asked)


def _sentences(judged: Judged, terms: tuple[TermTrace, ...]) -> Iterator[str]:
    report, assessment, in_force = judged.report, judged.assessment, judged.in_force
    yield f"Report {report.id} of {report.mission}/{report.source} says: {what(report)}."
    yield _where(judged)
    for place in assessment.places:
        share = f"{place.p_inside * 100:.4g} %" if place.place.value != "inside" else "All"
        claimed = "" if place.claimed_by is None else f", as {place.claimed_by} claims it"
        yield f"{share} of that region lies in {_zone(in_force, place.zone, report)}{claimed}."
    if judged.sight.unlocated is None and not assessment.places:
        yield "The whole region lies outside every zone in force at that time."
    if assessment.versions > 1:
        yield f"{assessment.versions} differing versions of it were read; the cautious one stands."
    if not terms:
        yield f"No term of the agreement speaks of {spoken(report.kind)}."
    for trace in terms:
        yield _verdict(trace)
        yield from _reaching_back(judged, trace)
        yield from _under_claims(trace)
        if trace.finding.truce is not None:
            yield _guaranteed(trace.finding.truce)
    yield f"Result: {assessment.verdict.value} ({assessment.status})."
    yield _authority(in_force, assessment.methodology)
    if any(_reads_clocks(in_force, trace.term) for trace in terms):
        yield f"Local clocks are read by the IANA time zone database, release {TZDATA_VERSION}."
    if in_force.agreement.notice:
        yield in_force.agreement.notice.strip()


def _where(judged: Judged) -> str:
    location = judged.report.location
    if judged.sight.unlocated is not None:
        named = f" ({location.name!r})" if isinstance(location, NamedPlace) else ""
        return f"Where: not known; {_UNLOCATED[judged.sight.unlocated]}{named}."
    if isinstance(location, Point):
        accuracy, position = _metres(location.accuracy_m), _position(location.lon, location.lat)
        if location.spread is Spread.GAUSSIAN:
            return (
                f"Where: about {position}, with a normal error of which 95 % is within {accuracy}."
            )
        return f"Where: within {accuracy} of {position}."
    if isinstance(location, Bearings):
        half = HALF_WIDTH_DEG[location.compass_points]
        sectors = "; ".join(_sector(sector, half) for sector in location.sectors)
        observer = _position(location.lon, location.lat)
        return f"Where: {sectors}; seen from within {_metres(location.accuracy_m)} of {observer}."
    if isinstance(location, OnRoute):
        end = "" if location.to_km is None else f" to {location.to_km:g}"
        marks = f"km {location.from_km:g}{end}"
        return f"Where: on the route of corridor {location.corridor}, {marks}."
    assert isinstance(location, Area | Track)
    shape = "an area" if isinstance(location, Area) else "a track"
    return f"Where: in {shape} given by its coordinates."


def _sector(sector: Sector, half_width_deg: float) -> str:
    distance = f"{sector.min_m:g} to {sector.max_m:g} m away"
    if sector.bearing_deg is None:
        return f"{distance}, in any direction"
    return f"{distance} at {sector.bearing_deg:g}° ± {sector.half_width_deg or half_width_deg:g}°"


def _metres(accuracy_m: float | None) -> str:
    return "the methodology's accuracy" if accuracy_m is None else f"{accuracy_m:g} m"


def _position(lon: float, lat: float) -> str:
    return f"lon {lon:.5f}, lat {lat:.5f}"


def _zone(in_force: InForce, zone_id: str, report: Report) -> str:
    agreement = in_force.agreement
    corridor = next((c for c in agreement.corridors if CORRIDOR_PREFIX + c.id == zone_id), None)
    if corridor is not None:
        return f"the strip of corridor {corridor.id} ({corridor.name})"
    versions = [zone for zone in agreement.zones if zone.id == zone_id]
    if not versions:
        return f"zone {zone_id} of another version of the agreement"
    # A zone that moves has an entry for each place: the one at that time is meant.
    zone = next((zone for zone in versions if _stood(zone, report)), versions[0])
    return f"zone {zone.id} ({zone.name}, {zone.kind.value}; {_version(in_force, zone)})"


def _stood(zone: Zone, report: Report) -> bool:
    end = report.observed_to or report.observed_from
    return zone.valid is None or zone.valid.touches(report.observed_from, end)


def _version(in_force: InForce, zone: Zone) -> str:
    since = moment((zone.valid or in_force.agreement.valid).from_)
    return f"in force since {since}, agreement version {in_force.agreement.version}"


def _verdict(trace: TermTrace) -> str:
    finding = trace.finding
    share = "" if finding.p_inside is None else f" (p_inside {finding.p_inside:g})"
    zone = "" if finding.zone is None else f" in {finding.zone}{share}"
    return (
        f"Under {trace.clause} (term {trace.term}): {finding.verdict.value}{zone}, because "
        f"{REASONS[finding.rule]} [{finding.rule}]."
    )


def _reaching_back(judged: Judged, trace: TermTrace) -> Iterator[str]:
    """Where a clause is held against what happened before anybody had agreed to it."""
    agreed_at = judged.in_force.agreement.agreed_at
    term = judged.in_force.terms.get(trace.term)
    earlier = agreed_at is not None and judged.report.observed_from < agreed_at
    if agreed_at is not None and earlier and term is not None and term.retroactive:
        yield f"That was agreed later, {moment(agreed_at)}, and reaches back, as the clause says."


def _under_claims(trace: TermTrace) -> Iterator[str]:
    for claim in trace.finding.claims:
        share = "" if claim.p_inside is None else f" (p_inside {claim.p_inside:g})"
        zone = "" if claim.zone is None else f" in {claim.zone}{share}"
        yield (
            f"If its zones lay where {claim.party} claims: {claim.verdict.value}{zone}, because "
            f"{REASONS[claim.rule]} [{claim.rule}]."
        )


def _guaranteed(truce: TruceHeld) -> str:
    """What a truce held out, when and where, and who stood for it."""
    places = [*truce.zones, *(CORRIDOR_PREFIX + corridor for corridor in truce.corridors)]
    kinds = " or ".join(spoken(kind) for kind in truce.prohibits)
    weapons = f" by {' or '.join(map(spoken, truce.weapons))}" if truce.weapons else ""
    guarantors = " and ".join(truce.guarantors) or "nobody"
    return (
        f"Local truce {truce.truce} ({spoken(truce.purpose)}) held from {moment(truce.start)} "
        f"until {moment(truce.end)} in {' and '.join(places)}, by {truce.event}: no "
        f"{kinds}{weapons}; guaranteed by {guarantors}."
    )


def _reads_clocks(in_force: InForce, term_id: str) -> bool:
    term = in_force.terms.get(term_id)
    return term is not None and (bool(term.when) or term.during is not None)


def _authority(in_force: InForce, methodology: str) -> str:
    agreement = in_force.agreement
    return (
        f"Judged by agreement {agreement.id} version {agreement.version} "
        f"({in_force.agreement_hash[:12]}) and methodology {in_force.methodology.id} version "
        f"{in_force.methodology.version} ({methodology[:12]})."
    )
