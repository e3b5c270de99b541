"""On the route: what a judged report does to the corridors whose strip its region touches.

Place on the data's way: judge → **on route** → corridors. A function of the reading alone, so that
it converges with it: a report that was withdrawn leaves its corridor to be seen again, in whatever
order the withdrawal and the report arrived.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final, NamedTuple

from streams.assessment import Assessment, Standing
from streams.corridors.events import Effect
from streams.corridors.strips import Touched, reach_of, strips_of
from streams.events import Report
from streams.inforce import InForce
from streams.outlines import CORRIDOR_PREFIX
from streams.vocabulary import Hazard, Kind, Presence, Verdict

_IMPEDING = frozenset({Verdict.VIOLATION, Verdict.POSSIBLE_VIOLATION, Verdict.CANNOT_DETERMINE})
_HAZARDS: Final = MappingProxyType({Kind.MINE_UXO: Hazard.MINES, Kind.ROAD_HAZARD: Hazard.OBSTACLE})
"""Kinds that count on a route though they breach nothing."""


class Bearing(NamedTuple):
    """What a report does to one corridor."""

    effect: Effect
    segments: tuple[str, ...] = ()
    """The segments and crossing points that it bears on; empty: all, or nobody can tell which."""
    hazard: Hazard | None = None
    """Why, where it is no violation."""


def effects_on_corridors(
    assessment: Assessment, in_force: InForce, told: Iterable[Report], *, vouched: bool
) -> dict[str, Bearing]:
    """Corridor id → what the report does to it; a corridor it does nothing to is not named.

    A `violation` whose region lies on the strip by at least the methodology's t1 suspends; any
    other touch of a report that may be a violation impedes (domain.md, "Corridor"). Mines that
    somebody vouches for suspend, other hazards impede. `told`: the versions of the report that
    count; where they differ nobody can tell which segments are meant. A corridor that only another
    version of the agreement names counts as well.
    """
    if assessment.exercise:
        return {}
    versions = list(told)
    shares = {
        place.zone.removeprefix(CORRIDOR_PREFIX): place.p_inside
        for place in assessment.places
        if place.zone.startswith(CORRIDOR_PREFIX)
    }
    hazard = _hazard(versions)
    reach_m = _reach_m(assessment, in_force, versions)
    if not shares and not reach_m:
        return {}
    touched = _touched(in_force, versions, reach_m)
    shares |= {id_: max(it.share, shares.get(id_, 0.0)) for id_, it in touched.items()}
    bearings: dict[str, Bearing] = {}
    for corridor, share in shares.items():
        enough = share >= in_force.methodology.thresholds.violation
        effect = _effect(assessment, enough=enough)
        by_hazard = _hazard_effect(assessment, hazard, enough=enough, vouched=vouched)
        segments = touched[corridor].segments if corridor in touched else ()
        if by_hazard is not None and (effect is None or effect is Effect.IMPEDES):
            bearings[corridor] = Bearing(by_hazard, segments, hazard)
        elif effect is not None:
            bearings[corridor] = Bearing(effect, segments)
    return bearings


def corridors_touched(assessment: Assessment, in_force: InForce) -> frozenset[str]:
    """The corridors that the report may bear on, whatever it does to them.

    Those whose strip its region touches, and where the methodology has weapons reach farther, all.
    """
    zones = [place.zone for place in assessment.places]
    near = frozenset(
        zone.removeprefix(CORRIDOR_PREFIX) for zone in zones if zone.startswith(CORRIDOR_PREFIX)
    )
    if not in_force.methodology.corridor.reaches or not assessment.findings:
        return near
    return near | {corridor.id for corridor in in_force.agreement.corridors}


def _touched(in_force: InForce, told: list[Report], reach_m: float) -> dict[str, Touched]:
    """How the report lies to each corridor; of versions that differ, without segments."""
    if not reach_m and not any(corridor.segments for corridor in in_force.agreement.corridors):
        return {}
    strips = strips_of(in_force, reach_m)
    touched = [strips.touched(in_force, report) for report in told]
    shares = {id_: max(t[id_].share for t in touched if id_ in t) for t in touched for id_ in t}
    alike = all(one == touched[0] for one in touched)
    return {
        id_: Touched(share, touched[0][id_].segments if alike else ())
        for id_, share in shares.items()
    }


def _reach_m(assessment: Assessment, in_force: InForce, told: list[Report]) -> float:
    if assessment.verdict not in _IMPEDING and assessment.standing is Standing.STANDS:
        return 0.0
    return reach_of(in_force, (weapon for report in told for weapon in report.weapons))


def _hazard(told: list[Report]) -> Hazard | None:
    """What danger is reported to be there; none that is reported to be gone."""
    for report in told:
        if report.presence not in {Presence.GONE, Presence.NOT_FOUND} and report.kind in _HAZARDS:
            return _HAZARDS[report.kind]
    return None


def _hazard_effect(
    assessment: Assessment, hazard: Hazard | None, *, enough: bool, vouched: bool
) -> Effect | None:
    if hazard is None:
        return None
    if assessment.standing is not Standing.STANDS:
        return Effect.UNSETTLES
    return Effect.SUSPENDS if hazard is Hazard.MINES and enough and vouched else Effect.IMPEDES


def _effect(assessment: Assessment, *, enough: bool) -> Effect | None:
    if not assessment.findings:
        return None
    if assessment.standing is not Standing.STANDS:
        return Effect.UNSETTLES
    if assessment.verdict is Verdict.VIOLATION and enough:
        return Effect.SUSPENDS
    return Effect.IMPEDES if assessment.verdict in _IMPEDING else None
