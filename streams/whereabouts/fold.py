"""The fold: all sightings of one subject → its spells in each zone, and what cannot be.

Place on the data's way: placed sightings → **whereabouts** → store, command line. A function of the
*set* of sightings and of the documents in force: any order, repetition and batch of arrival gives
the same bytes. Only zones that some sighting touches are spoken of; outside of all others it was
wherever it was seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec
from msgspec import Struct

from streams.inforce import Register
from streams.instants import FOREVER, moment_of, moment_or_none, seconds_to_micros
from streams.whereabouts.contradict import Pair, contradictions
from streams.whereabouts.crossings import LineSide, Passed, crossings
from streams.whereabouts.place import Placed, Side, place
from streams.whereabouts.sighting import Sighting, encode_sighting
from streams.whereabouts.spells import Evidence, Run, spells
from streams.whereabouts.zones_over_time import ZonesOverTime, ZoneStretch

STATUS = "automatic, unreviewed"

_MICROS = 1e6


class Answer(StrEnum):
    """Whether the subject was in the zone."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNDETERMINED = "undetermined"


class Open(StrEnum):
    """Why it is undetermined."""

    LOCATION = "location"
    """It was seen where it may have been inside or outside."""
    GONE = "gone"
    """It was looked for and not found, or found gone, which does not say where it went."""
    CONTRADICTED = "contradicted"
    """It cannot have been here and where another sighting puts it."""
    ZONE_CHANGED = "zone_changed"
    """The zone began, moved or ended while it was seen."""


class Spell(Struct, frozen=True, omit_defaults=True, gc=False):
    """An uninterrupted time in which one answer holds, as far as sightings tell.

    It holds from `begun_by` to `ended_after`; where these are the other way round, at some instant
    between them. Undetermined: from the first to the last time that is left open. Outside of all
    spells nothing is known: undetermined.
    """

    zone: str
    answer: Answer
    begun_after: datetime
    """The last time it is known to have been otherwise, else when the zone came into force as it
    is; an entry lies between this and `begun_by`."""
    begun_by: datetime
    ended_after: datetime
    first: str
    """``source/id`` of its first sighting in time."""
    last: str
    sightings: int
    ended_before: datetime | None = None
    """An exit lies between `ended_after` and this. Absent: not known to have ended."""
    least_s: float | None = None
    """Of an inside spell: it lasted at least so long."""
    most_s: float | None = None
    """And at most; absent: nobody knows."""
    open_by: Open | None = None
    """Of an undetermined one: why."""


class Passing(StrEnum):
    """Whether a line was crossed."""

    CROSSED = "crossed"
    MAY_HAVE_CROSSED = "may_have_crossed"
    """Or it went round an end of the line."""


class Crossing(Struct, frozen=True, gc=False):
    """A passage from one side of a line to the other, as far as sightings tell."""

    zone: str
    """The zone that is the line, or a corridor's, whose route it is."""
    answer: Passing
    from_side: LineSide
    to_side: LineSide
    after: datetime
    """It happened after this."""
    by: datetime
    """And by then."""
    first: str
    """``source/id`` of the sighting before it; of a track the same as `last`."""
    last: str


class Contradiction(Struct, frozen=True, gc=False):
    """Two sightings of which at least one is wrong."""

    first: str
    second: str
    apart_m: float
    """At least so far apart, metres."""
    within_s: float
    """In at most this time, clocks' errors included."""


class Whereabouts(Struct, frozen=True, omit_defaults=True, gc=False):
    """Where one subject is known to have been."""

    mission: str
    subject_ref: str
    status: str
    sightings: int
    """That count; those withdrawn, not vouched for or from the future do not."""
    spells: tuple[Spell, ...] = ()
    """By zone, then time."""
    crossings: tuple[Crossing, ...] = ()
    """By line, then time."""
    contradictions: tuple[Contradiction, ...] = ()


encode_whereabouts = msgspec.json.Encoder(order="deterministic").encode
"""The one byte form, printed and compared."""


def sightings_digest(sightings: Iterable[Sighting]) -> bytes:
    """SHA-256 (32 bytes) of the set of sightings; order and repetition change nothing."""
    rows = [encode_sighting(sighting) for sighting in _as_set(sightings)]
    return hashlib.sha256(msgspec.msgpack.encode(rows)).digest()


def whereabouts(
    register: Register, mission: str, subjects: Sequence[tuple[str, Iterable[Sighting]]]
) -> list[Whereabouts]:
    """Fold the subjects of one mission, all their sightings placed in one pass.

    Args:
        register: the versions of all missions; those in force when it was seen count.
        mission: whose subjects they are.
        subjects: `subject_ref` with all sightings of it, in any order, perhaps repeated.
    """
    zones = ZonesOverTime(register, mission)
    sets = [_as_set(sightings) for _, sightings in subjects]
    placed = iter(place(register, [sighting for each in sets for sighting in each]))
    folded = []
    for (subject_ref, _), sightings in zip(subjects, sets, strict=True):
        own = [found for _ in sightings if (found := next(placed)) is not None]
        folded.append(_fold(zones, mission, subject_ref, own))
    return folded


def _as_set(sightings: Iterable[Sighting]) -> list[Sighting]:
    distinct = {encode_sighting(sighting): sighting for sighting in sightings}
    return [distinct[content] for content in sorted(distinct)]


def _fold(
    zones: ZonesOverTime, mission: str, subject_ref: str, placed: list[Placed]
) -> Whereabouts:
    placed.sort(key=lambda one: (one.start, one.end, one.ref))
    pairs = contradictions(placed)
    refuted = {at for pair in pairs for at in (pair.first, pair.second)}
    touched = sorted({zone_id for one in placed for zone_id in one.sides})
    return Whereabouts(
        mission=mission,
        subject_ref=subject_ref,
        status=STATUS,
        sightings=len(placed),
        spells=tuple(
            [
                _spell(zone_id, stretch, run, placed)
                for zone_id in touched
                for stretch in zones.of(zone_id)
                for run in _runs(zone_id, stretch, placed, refuted)
            ]
        ),
        crossings=tuple(
            [
                _crossing(zone_id, passed, placed)
                for zone_id in zones.line_ids()
                for stretch in zones.of(zone_id)
                if (line := zones.line(stretch)) is not None
                for passed in crossings(stretch, line, placed, refuted)
            ]
        ),
        contradictions=tuple([_contradiction(pair, placed) for pair in pairs]),
    )


def _runs(
    zone_id: str, stretch: ZoneStretch, placed: Sequence[Placed], refuted: set[int]
) -> list[Run]:
    evidence = [
        item
        for order, one in enumerate(placed)
        for item in _evidence(zone_id, stretch, order, one, refuted)
    ]
    return spells(evidence, seconds_to_micros(stretch.rules.max_gap_s))


def _evidence(
    zone_id: str, stretch: ZoneStretch, order: int, one: Placed, refuted: set[int]
) -> Iterator[Evidence]:
    """What a sighting says of a zone in one of its stretches, its clock's error allowed for."""
    error = seconds_to_micros(stretch.rules.clock_error_s)
    start, end = one.start - error, one.end + error
    if end < stretch.start or start >= stretch.end:
        return
    said = one.sides.get(zone_id) or ((one.elsewhere,) if one.elsewhere is not None else ())
    if said and (start < stretch.start or end >= stretch.end):
        said, start, end = (Side.ZONE_CHANGED,), max(start, stretch.start), min(end, stretch.end)
    elif said and order in refuted:
        said = (Side.CONTRADICTED,)
    for seq, side in enumerate(said):
        yield Evidence(start, end, order, seq, side)


_ANSWERS = {
    Side.INSIDE: (Answer.INSIDE, None),
    Side.OUTSIDE: (Answer.OUTSIDE, None),
    Side.TOUCHES: (Answer.UNDETERMINED, Open.LOCATION),
    Side.GONE: (Answer.UNDETERMINED, Open.GONE),
    Side.CONTRADICTED: (Answer.UNDETERMINED, Open.CONTRADICTED),
    Side.ZONE_CHANGED: (Answer.UNDETERMINED, Open.ZONE_CHANGED),
}


def _spell(zone_id: str, stretch: ZoneStretch, run: Run, placed: Sequence[Placed]) -> Spell:
    """A run as people read it, within the time in which the zone was as it was."""
    answer, open_by = _ANSWERS[run.side]
    after = stretch.start if run.begun_after is None else max(run.begun_after, stretch.start)
    before = stretch.end if run.ended_before is None else min(run.ended_before, stretch.end)
    inside = answer is Answer.INSIDE
    return Spell(
        zone=zone_id,
        answer=answer,
        begun_after=moment_of(after),
        begun_by=moment_of(run.begun_by),
        ended_after=moment_of(run.ended_after),
        first=placed[run.first].ref,
        last=placed[run.last].ref,
        sightings=run.sightings,
        ended_before=moment_or_none(before),
        least_s=max(0, run.ended_after - run.begun_by) / _MICROS if inside else None,
        most_s=(before - after) / _MICROS if inside and before < FOREVER else None,
        open_by=open_by,
    )


def _crossing(zone_id: str, passed: Passed, placed: Sequence[Placed]) -> Crossing:
    return Crossing(
        zone_id,
        Passing.CROSSED if passed.certain else Passing.MAY_HAVE_CROSSED,
        passed.from_side,
        passed.to_side,
        moment_of(passed.after),
        moment_of(passed.before),
        placed[passed.first].ref,
        placed[passed.last].ref,
    )


def _contradiction(pair: Pair, placed: Sequence[Placed]) -> Contradiction:
    return Contradiction(
        placed[pair.first].ref, placed[pair.second].ref, round(pair.apart_m, 1), pair.within_s
    )
