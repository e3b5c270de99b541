"""Explain: why a report was judged as it was, in sentences.

Place on the data's way: on demand only, from the same values that were judged. Nothing is decided
here: which rules were asked, and what each answered, `streams.trace` asks again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from streams.agreement import Zone
from streams.assess import Judged
from streams.assessment import Assessment, Finding, Placement, UnderClaim, ZonePlace
from streams.context.facts import TruceHeld
from streams.events import Area, Bearings, NamedPlace, OnRoute, Point, Report, Sector, Track
from streams.inforce import InForce
from streams.languages.voice import NOT_REVIEWED, Language, Voice, voice
from streams.locate import HALF_WIDTH_DEG, Unlocated
from streams.outlines import CORRIDOR_PREFIX
from streams.phrases import AND, OR, moment, what
from streams.trace import REASONS, TermTrace, trace
from streams.vocabulary import Spread
from streams.when.time_zones import TZDATA_VERSION


class Explanation(NamedTuple):
    """An assessment explained: for a machine (`terms`) and for a person (`sentences`)."""

    sentences: tuple[str, ...]
    terms: tuple[TermTrace, ...]


_UNLOCATED = {
    Unlocated.NO_LOCATION: "the report gives no location",
    Unlocated.DISTANCE_UNKNOWN: "a bearing was reported without a distance",
    Unlocated.PLACE_NOT_RESOLVED: "the place is named, and no gazetteer has resolved the name",
    Unlocated.ROUTE_NOT_MEASURED: "the agreement counts no kilometres on a corridor of that name",
    Unlocated.BEYOND_ROUTE: "the kilometres lie beyond the ends of the agreed route",
    Unlocated.EXTENT_UNUSABLE: "the region is too wide, or reaches over a pole",
}


def explain(judged: Judged, language: Language = Language.ENGLISH) -> Explanation:
    """Explain one judgement.

    The traces are the same in every language; of the sentences the English ones are authoritative.
    """
    terms = tuple(trace(judged, finding) for finding in judged.assessment.findings)
    return Explanation(tuple(_sentences(judged, terms, voice(language))), terms)


def _unsigned(judged: Judged, say: Voice) -> Iterator[str]:
    if judged.assessment.draft:
        missing = ", ".join(judged.in_force.signed.missing)
        yield say("That version is a draft: not signed by {parties}.", parties=missing)


def _sentences(judged: Judged, terms: tuple[TermTrace, ...], say: Voice) -> Iterator[str]:
    report, assessment, in_force = judged.report, judged.assessment, judged.in_force
    if say.language is not Language.ENGLISH:
        yield say(NOT_REVIEWED)
    yield say(
        "Report {id} of {mission}/{source} says: {what}.",
        id=report.id,
        mission=report.mission,
        source=report.source,
        what=what(report, say),
    )
    yield _where(judged, say)
    for place in assessment.places:
        yield _share(place, _zone(in_force, place.zone, report, say), say)
    if judged.sight.unlocated is None and not assessment.places:
        yield say("The whole region lies outside every zone in force at that time.")
    if assessment.versions > 1:
        yield say(
            "{count} differing versions of it were read; the cautious one stands.",
            count=assessment.versions,
        )
    if not terms:
        yield say("No term of the agreement speaks of {kind}.", kind=say.word(report.kind))
    for of in terms:
        yield _verdict(of, say)
        yield from _reaching_back(judged, of, say)
        yield from _under_claims(of, say)
        if of.finding.truce is not None:
            yield _guaranteed(of.finding.truce, say)
    verdict, status = say.verdict(assessment.verdict), say(assessment.status)
    yield say("Result: {verdict} ({status}).", verdict=verdict, status=status)
    yield _authority(in_force, assessment, say)
    yield from _unsigned(judged, say)
    if any(_reads_clocks(in_force, of.term) for of in terms):
        yield say(
            "Local clocks are read by the IANA time zone database, release {release}.",
            release=TZDATA_VERSION,
        )
    if in_force.agreement.notice:
        yield in_force.agreement.notice.strip()


def _share(place: ZonePlace, zone: str, say: Voice) -> str:
    percent = f"{place.p_inside * 100:.4g}"
    whole = place.place is Placement.INSIDE
    share = say("All") if whole else say("{percent} %", percent=percent)
    if place.claimed_by is None:
        return say("{share} of that region lies in {zone}.", share=share, zone=zone)
    return say(
        "{share} of that region lies in {zone}, as {party} claims it.",
        share=share,
        zone=zone,
        party=place.claimed_by,
    )


def _where(judged: Judged, say: Voice) -> str:
    location = judged.report.location
    if judged.sight.unlocated is not None:
        named = f" ({location.name!r})" if isinstance(location, NamedPlace) else ""
        why = say(_UNLOCATED[judged.sight.unlocated])
        return say("Where: not known; {why}{named}.", why=why, named=named)
    if isinstance(location, Point):
        position = _position(location.lon, location.lat, say)
        accuracy = _metres(location.accuracy_m, say)
        if location.spread is Spread.GAUSSIAN:
            return say(
                "Where: about {position}, with a normal error of which 95 % is within {accuracy}.",
                position=position,
                accuracy=accuracy,
            )
        return say("Where: within {accuracy} of {position}.", accuracy=accuracy, position=position)
    if isinstance(location, Bearings):
        half = HALF_WIDTH_DEG[location.compass_points]
        return say(
            "Where: {sectors}; seen from within {accuracy} of {observer}.",
            sectors="; ".join(_sector(sector, half, say) for sector in location.sectors),
            accuracy=_metres(location.accuracy_m, say),
            observer=_position(location.lon, location.lat, say),
        )
    if isinstance(location, OnRoute):
        marks = f"{location.from_km:g}"
        if location.to_km is not None:
            marks = say("{start} to {end}", start=marks, end=f"{location.to_km:g}")
        return say(
            "Where: on the route of corridor {corridor}, km {marks}.",
            corridor=location.corridor,
            marks=marks,
        )
    if isinstance(location, Area):
        return say("Where: in an area given by its coordinates.")
    assert isinstance(location, Track)
    return say("Where: in a track given by its coordinates.")


def _sector(sector: Sector, half_width_deg: float, say: Voice) -> str:
    nearest, farthest = f"{sector.min_m:g}", f"{sector.max_m:g}"
    if sector.bearing_deg is None:
        return say("{min} to {max} m away, in any direction", min=nearest, max=farthest)
    return say(
        "{min} to {max} m away at {bearing}° ± {half}°",
        min=nearest,
        max=farthest,
        bearing=f"{sector.bearing_deg:g}",
        half=f"{sector.half_width_deg or half_width_deg:g}",
    )


def _metres(accuracy_m: float | None, say: Voice) -> str:
    if accuracy_m is None:
        return say("the methodology's accuracy")
    return say("{metres} m", metres=f"{accuracy_m:g}")


def _position(lon: float, lat: float, say: Voice) -> str:
    return say("lon {lon}, lat {lat}", lon=f"{lon:.5f}", lat=f"{lat:.5f}")


def _zone(in_force: InForce, zone_id: str, report: Report, say: Voice) -> str:
    agreement = in_force.agreement
    corridor = next((c for c in agreement.corridors if CORRIDOR_PREFIX + c.id == zone_id), None)
    if corridor is not None:
        return say("the strip of corridor {id} ({name})", id=corridor.id, name=corridor.name)
    versions = [zone for zone in agreement.zones if zone.id == zone_id]
    if not versions:
        return say("zone {id} of another version of the agreement", id=zone_id)
    # A zone that moves has an entry for each place: the one at that time is meant.
    zone = next((zone for zone in versions if _stood(zone, report)), versions[0])
    return say(
        "zone {id} ({name}, {kind}; in force since {since}, agreement version {version})",
        id=zone.id,
        name=zone.name,
        kind=zone.kind.value,
        since=moment((zone.valid or agreement.valid).from_),
        version=agreement.version,
    )


def _stood(zone: Zone, report: Report) -> bool:
    end = report.observed_to or report.observed_from
    return zone.valid is None or zone.valid.touches(report.observed_from, end)


def _verdict(of: TermTrace, say: Voice) -> str:
    finding = of.finding
    return say(
        "Under {clause} (term {term}): {verdict}{zone}, because {reason} [{rule}].",
        clause=of.clause,
        term=of.term,
        verdict=say.verdict(finding.verdict),
        zone=_in_zone(finding, say),
        reason=say(REASONS[finding.rule]),
        rule=finding.rule,
    )


def _in_zone(finding: Finding | UnderClaim, say: Voice) -> str:
    if finding.zone is None:
        return ""
    if finding.p_inside is None:
        return say(" in {zone}", zone=finding.zone)
    share = f"{finding.p_inside:g}"
    return say(" in {zone} (p_inside {share})", zone=finding.zone, share=share)


def _reaching_back(judged: Judged, of: TermTrace, say: Voice) -> Iterator[str]:
    """Where a clause is held against what happened before anybody had agreed to it."""
    agreed_at = judged.in_force.agreement.agreed_at
    term = judged.in_force.terms.get(of.term)
    earlier = agreed_at is not None and judged.report.observed_from < agreed_at
    if agreed_at is not None and earlier and term is not None and term.retroactive:
        yield say(
            "That was agreed later, {moment}, and reaches back, as the clause says.",
            moment=moment(agreed_at),
        )


def _under_claims(of: TermTrace, say: Voice) -> Iterator[str]:
    for claim in of.finding.claims:
        yield say(
            "If its zones lay where {party} claims: {verdict}{zone}, because {reason} [{rule}].",
            party=claim.party,
            verdict=say.verdict(claim.verdict),
            zone=_in_zone(claim, say),
            reason=say(REASONS[claim.rule]),
            rule=claim.rule,
        )


def _guaranteed(truce: TruceHeld, say: Voice) -> str:
    """What a truce held out, when and where, and who stood for it."""
    places = [*truce.zones, *(CORRIDOR_PREFIX + corridor for corridor in truce.corridors)]
    kinds = say.joined(OR, [say.word(kind) for kind in truce.prohibits])
    if truce.weapons:
        weapons = say.joined(OR, [say.word(weapon) for weapon in truce.weapons])
        kinds = say("{kinds} by {weapons}", kinds=kinds, weapons=weapons)
    return say(
        "Local truce {truce} ({purpose}) held from {start} until {end} in {places}, by {event}: "
        "no {kinds}; guaranteed by {guarantors}.",
        truce=truce.truce,
        purpose=say.word(truce.purpose),
        start=moment(truce.start),
        end=moment(truce.end),
        places=say.joined(AND, places),
        event=truce.event,
        kinds=kinds,
        guarantors=say.joined(AND, truce.guarantors) if truce.guarantors else say("nobody"),
    )


def _reads_clocks(in_force: InForce, term_id: str) -> bool:
    term = in_force.terms.get(term_id)
    return term is not None and (bool(term.when) or term.during is not None)


def _authority(in_force: InForce, assessment: Assessment, say: Voice) -> str:
    agreement = in_force.agreement
    return say(
        "Judged by agreement {agreement} version {agreement_version} ({agreement_hash}) and "
        "methodology {methodology} version {methodology_version} ({methodology_hash}), "
        "beside the context {context}.",
        agreement=agreement.id,
        agreement_version=agreement.version,
        agreement_hash=in_force.agreement_hash[:12],
        methodology=in_force.methodology.id,
        methodology_version=in_force.methodology.version,
        methodology_hash=assessment.methodology[:12],
        context=assessment.context[:12],
    )
