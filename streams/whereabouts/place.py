"""Place: sightings → how each lies to the zones that were in force when it was made.

Place on the data's way: sighting → **placed** → fold. One pass of locate and geofence over a whole
batch, under the versions in force at the time of observation, however late the sighting came and
whatever was in force when it was first judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import IntEnum

import numpy as np
from msgspec import Struct

from geo.along_track import along_track
from geo.containment import Relation
from geo.footprint import footprint
from geo.line_crossing import Disc
from geo.shapes import Region, RegionBatch, Track
from streams.events import Report
from streams.geofence import geofence
from streams.inforce import InForce, Register
from streams.instants import micros
from streams.locate import Located, Unlocated
from streams.methodology import STRICTEST, SightingRules
from streams.sight import Hit
from streams.vocabulary import Presence
from streams.when.edges import Observed
from streams.whereabouts.sighting import Look, Sighting


class Side(IntEnum):
    """What a sighting says of a zone."""

    INSIDE = 0
    OUTSIDE = 1
    TOUCHES = 2
    """It may have been in or out: by its location, or because versions or words leave it open."""
    GONE = 3
    """Somebody looked in or at the zone, and it was not there, or there no longer."""
    CONTRADICTED = 4
    """Another sighting puts it where it could not have come from, or come to."""
    ZONE_CHANGED = 5
    """The zone began, moved or ended while it was seen."""


class Placed(Struct, frozen=True, gc=False):
    """A sighting against the zones; times are µs, the subject was there at some time of them."""

    ref: str
    """``source/id`` of its report."""
    start: int
    end: int
    sides: dict[str, tuple[Side, ...]]
    """By zone id, those that it touches; several of a track, in the order it was travelled."""
    elsewhere: Side | None
    """What it says of all other zones: OUTSIDE, or nothing."""
    disc: Disc | None
    """Surely holds all of where it was seen. None: not known, or its versions differ."""
    arrived: Disc | None
    """Where it was first: of a track its first position, else the same."""
    left: Disc | None
    """And last."""
    track: Track | None
    rules: SightingRules


class _Answer(Struct, frozen=True, gc=False):
    """One look against the zones."""

    sides: dict[str, tuple[Side, ...]]
    elsewhere: Side | None
    disc: Disc | None
    track: Track | None
    rules: SightingRules


def place(register: Register, sightings: Sequence[Sighting]) -> list[Placed | None]:
    """Place a batch; a row's result does not depend on the others.

    None: nothing was in force then, or its clock runs ahead by more than clocks may: it says
    nothing of any time.
    """
    looks = [look for sighting in sightings for look in sighting.looks]
    answers = iter(_answers(register, looks))
    return [_join(sighting, [next(answers) for _ in sighting.looks]) for sighting in sightings]


def _answers(register: Register, looks: Sequence[Look]) -> list[_Answer | None]:
    answers: list[_Answer | None] = [None] * len(looks)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    in_force_of: dict[int, InForce] = {}
    for row, look in enumerate(looks):
        report = look.report
        pick = register.pick(
            report.mission, report.observed_from, report.observed_to or report.observed_from
        )
        if pick is not None and not _is_ahead(look, pick.in_force):
            groups[id(pick.in_force)].append(row)
            in_force_of[id(pick.in_force)] = pick.in_force
    for number, rows in groups.items():
        reports = [looks[row].report for row in rows]
        for row, answer in zip(rows, _place(in_force_of[number], reports), strict=True):
            answers[row] = answer
    return answers


def _is_ahead(look: Look, in_force: InForce) -> bool:
    skew = timedelta(seconds=in_force.methodology.clock_skew_s)
    return look.received_at is not None and look.report.observed_from > look.received_at + skew


def _place(in_force: InForce, reports: Sequence[Report]) -> Iterator[_Answer]:
    """The reports that one pair of versions reads."""
    located = in_force.locator.locate(reports)
    numbers = in_force.stretches.edges.numbers(Observed.of(reports))
    hits = geofence(in_force, located.regions, numbers)
    discs, regions = _discs(located.regions), dict(located.regions.others)
    rules = in_force.methodology.sightings or STRICTEST
    for row, report in enumerate(reports):
        seen = _was_seen(report)
        region = regions.get(row)
        yield _Answer(
            _sides(in_force, hits[row], region, seen=seen),
            _elsewhere(located, row, seen=seen),
            discs.get(row) if seen else None,
            region if seen and isinstance(region, Track) else None,
            rules,
        )


def _was_seen(report: Report) -> bool | None:
    """Whether the subject was there; None: perhaps."""
    count = report.count
    if report.presence not in (None, Presence.PRESENT) or (count is not None and count.max == 0):
        return False
    return None if count is not None and count.min == 0 else True


def _elsewhere(located: Located, row: int, *, seen: bool | None) -> Side | None:
    """Where it was seen in one place, it was in no other; not to find it says nothing of others."""
    unlocated: Unlocated | None = located.unlocated.get(row)
    return Side.OUTSIDE if seen and unlocated is None else None


def _sides(
    in_force: InForce, hits: tuple[Hit, ...], region: Region | None, *, seen: bool | None
) -> dict[str, tuple[Side, ...]]:
    sides: dict[str, tuple[Side, ...]] = {}
    for hit in hits:
        zone_id, claim = in_force.zone_ids[hit.zone], in_force.claim_of.get(hit.zone)
        if claim is not None and claim.agreed is not None:
            continue  # the agreed outline says where the zone is
        side = _side(in_force, hit, region, seen=seen) if claim is None else (Side.TOUCHES,)
        # Two shapes of one zone were in force in the report's own interval. Two claims are not two
        # shapes: where nothing is agreed each leaves the place open.
        moved = zone_id in sides and claim is None
        sides[zone_id] = (Side.ZONE_CHANGED,) if moved else side
    return sides


def _side(
    in_force: InForce, hit: Hit, region: Region | None, *, seen: bool | None
) -> tuple[Side, ...]:
    if not seen:
        return (Side.GONE if seen is False else Side.TOUCHES,)
    if hit.relation is Relation.INSIDE:
        return (Side.INSIDE,)
    if isinstance(region, Track):
        walked = along_track(in_force.zone_set.geometries[hit.zone], region)
        return tuple([_SIDE_OF[relation] for relation in walked])
    return (Side.TOUCHES,)


_SIDE_OF = {
    Relation.INSIDE: Side.INSIDE,
    Relation.OUTSIDE: Side.OUTSIDE,
    Relation.UNDETERMINED: Side.TOUCHES,
}


def _discs(regions: RegionBatch) -> dict[int, Disc]:
    columns = (regions.circle_lon, regions.circle_lat, regions.circle_radius_m)
    circles = zip(*(column.tolist() for column in columns), strict=True)
    discs = {
        row: Disc(*circle) for row, circle in zip(regions.circle_row.tolist(), circles, strict=True)
    }
    for row, region in regions.others:
        whole = footprint(region)
        discs[row] = Disc(_within_turn(whole.lon), whole.lat, whole.reach_m)
    return discs


def _within_turn(lon: float) -> float:
    return float(np.mod(lon + 180.0, 360.0) - 180.0)


def _join(sighting: Sighting, answers: Sequence[_Answer | None]) -> Placed | None:
    """What all looks of a sighting say alike; where they differ it stays open."""
    told = [answer for answer in answers if answer is not None]
    if len(told) < len(answers):
        return None
    reports = [look.report for look in sighting.looks]
    first = told[0]
    alone = len(told) == 1
    disc, track = (first.disc, first.track) if alone else (None, None)
    return Placed(
        ref="/".join(sighting.ref),
        start=min(micros(report.observed_from) for report in reports),
        end=max(micros(report.observed_to or report.observed_from) for report in reports),
        sides=first.sides if alone else _agreed(told),
        elsewhere=first.elsewhere if alone else _one({answer.elsewhere for answer in told}),
        disc=disc,
        arrived=disc if track is None else Disc(*track.points[0], track.accuracy_m),
        left=disc if track is None else Disc(*track.points[-1], track.accuracy_m),
        track=track,
        rules=first.rules,
    )


def _agreed(answers: Sequence[_Answer]) -> dict[str, tuple[Side, ...]]:
    agreed: dict[str, tuple[Side, ...]] = {}
    for zone_id in {zone_id for answer in answers for zone_id in answer.sides}:
        said = {answer.sides.get(zone_id, (answer.elsewhere,)) for answer in answers}
        agreed[zone_id] = answers[0].sides[zone_id] if len(said) == 1 else (Side.TOUCHES,)
    return agreed


def _one(said: set[Side | None]) -> Side | None:
    return said.pop() if len(said) == 1 else None
