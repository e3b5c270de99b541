"""Sightings of a convoy near zone `z`, a square of 0.1° around (38, 48), minutes after noon."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from streams.dossier import Dossier, Link, Version
from streams.events import Report, Track
from streams.inforce import Register
from streams.methodology import SightingRules
from streams.vocabulary import Authentication, Kind
from streams.whereabouts.fold import Answer, Spell, Whereabouts, whereabouts
from streams.whereabouts.sighting import Sighting, sightings_of
from tests.unit.streams.builders import (
    LAT,
    MISSION,
    NOON,
    agreement,
    methodology,
    point,
    report,
)

SUBJECT = "convoy-7"
INSIDE, EDGE, OUTSIDE = 38.0, 38.05, 38.06
"""Longitudes on the parallel of 48°: 0.01° are 746 m."""

RULES = SightingRules(max_gap_s=1_800)
REGISTER = Register((agreement(),), (methodology(sightings=RULES),))


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def seen(minutes: float, lon: float, **changes: object) -> Report:
    """A report that saw the convoy; its id says when."""
    fields: dict[str, object] = {
        "kind": Kind.TROOP_MOVEMENT,
        "subject_ref": SUBJECT,
        "observed_from": after(minutes),
        "location": point(lon, LAT, 20.0),
    }
    return report(f"m{minutes:g}", **(fields | changes))


def track(minutes: float, until: float, *lons: float, accuracy_m: float = 20.0) -> Report:
    along = Track(points=tuple((lon, LAT) for lon in lons), accuracy_m=accuracy_m)
    return seen(minutes, 0, observed_to=after(until), location=along)


def dossier(
    *reports: Report,
    authentication: Authentication = Authentication.OPERATOR,
    links: tuple[Link, ...] = (),
    received_at: datetime | None = None,
) -> Dossier:
    """All versions of one report."""
    versions = [Version(one, authentication, received_at) for one in reports]
    return Dossier(tuple(versions), links)


def sighting(*reports: Report) -> Sighting:
    found = sightings_of(dossier(*reports))[SUBJECT]
    assert found is not None
    return found


def fold(reports: Iterable[Report], register: Register = REGISTER) -> Whereabouts:
    """Where the convoy was, each report being one of its own."""
    sightings = [sighting(one) for one in reports]
    return whereabouts(register, MISSION, [(SUBJECT, sightings)])[0]


def spells_of(
    found: Whereabouts, answer: Answer = Answer.INSIDE, zone_id: str = "z"
) -> list[Spell]:
    return [s for s in found.spells if s.answer is answer and s.zone == zone_id]


def minutes(spell: Spell) -> tuple[float | None, float, float, float | None]:
    """Its four instants in minutes after noon; None: before the agreement, or never."""
    begun_after, begun_by, ended_after = (
        (moment - NOON).total_seconds() / 60
        for moment in (spell.begun_after, spell.begun_by, spell.ended_after)
    )
    ended = spell.ended_before
    return (
        begun_after if begun_after > -1e6 else None,
        begun_by,
        ended_after,
        None if ended is None else (ended - NOON).total_seconds() / 60,
    )
