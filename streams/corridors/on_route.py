"""On the route: what a judged report does to the corridors whose strip its region touches.

Place on the data's way: judge → **on route** → corridors. A function of the reading alone, so that
it converges with it: a report that was withdrawn leaves its corridor to be seen again, in whatever
order the withdrawal and the report arrived.
"""

from __future__ import annotations

from streams.assessment import Assessment, Standing, ZonePlace
from streams.corridors.events import Effect
from streams.inforce import CORRIDOR_PREFIX, InForce
from streams.vocabulary import Verdict

_IMPEDING = frozenset({Verdict.VIOLATION, Verdict.POSSIBLE_VIOLATION, Verdict.CANNOT_DETERMINE})


def effects_on_corridors(assessment: Assessment, in_force: InForce) -> dict[str, Effect]:
    """Corridor id → what the report does to it; a corridor it does nothing to is not named.

    A `violation` whose region lies on the strip by at least the methodology's t1 suspends; any
    other touch of a report that may be a violation impedes (domain.md, "Corridor"). A corridor that
    only another version of the agreement names counts as well.
    """
    effects: dict[str, Effect] = {}
    for place in assessment.places:
        if place.zone.startswith(CORRIDOR_PREFIX):
            effect = _effect(assessment, place, in_force.methodology.thresholds.violation)
            if effect is not None:
                effects[place.zone.removeprefix(CORRIDOR_PREFIX)] = effect
    return effects


def corridors_touched(assessment: Assessment) -> frozenset[str]:
    """The corridors whose strip the report's region touches, whatever it does to them."""
    zones = [place.zone for place in assessment.places]
    return frozenset(
        zone.removeprefix(CORRIDOR_PREFIX) for zone in zones if zone.startswith(CORRIDOR_PREFIX)
    )


def _effect(assessment: Assessment, place: ZonePlace, t1: float) -> Effect | None:
    if assessment.exercise or not assessment.findings:
        return None
    if assessment.standing is not Standing.STANDS:
        return Effect.UNSETTLES
    if assessment.verdict is Verdict.VIOLATION and place.p_inside >= t1:
        return Effect.SUSPENDS
    return Effect.IMPEDES if assessment.verdict in _IMPEDING else None
