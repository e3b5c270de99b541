"""Crossings: from which side of a line to which a subject went, and between which instants.

Place on the data's way: placed sightings → **crossings** → whereabouts. The lines are baselines and
the routes of corridors. A pair of sightings on two sides tells that the line was crossed only if no
end of it can have been gone round in that time; without a fastest speed nobody knows. A track that
leads over it tells by geometry, within its accuracy (`geo.line_crossing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from geo.ellipsoid import Floats, reach_half_degrees
from geo.line_crossing import Disc, Line, Passage, Turn, passage, passages_along
from streams.instants import seconds_to_micros
from streams.whereabouts.place import Placed
from streams.whereabouts.zones_over_time import ZoneStretch

_MICROS = 1e6
_BULGE = 0.1
"""The straight way between two places leaves the box around them by less than this share of it."""


class LineSide(StrEnum):
    """A side of a line, seen along it from its first position to its last."""

    LEFT = "left"
    RIGHT = "right"


class Passed(NamedTuple):
    """A passage from one side to the other, in µs: after one sighting, before another."""

    from_side: LineSide
    to_side: LineSide
    certain: bool
    after: int
    before: int
    first: int
    last: int
    """Numbers of the sightings."""


class _Mover(NamedTuple):
    """A sighting with its clock's error allowed for."""

    number: int
    start: int
    end: int
    placed: Placed


def crossings(
    stretch: ZoneStretch, line: Line, placed: Sequence[Placed], refuted: set[int]
) -> list[Passed]:
    """The passages over a line while it was as in `stretch`, by time; `placed` sorted by time."""
    movers = list(_movers(stretch, placed, refuted))
    found = [*_between(stretch, line, movers), *_along(line, movers)]
    return sorted(found, key=lambda passed: (passed.after, passed.before, passed.first))


def _movers(stretch: ZoneStretch, placed: Sequence[Placed], refuted: set[int]) -> Iterator[_Mover]:
    error = seconds_to_micros(stretch.rules.clock_error_s)
    for number, one in enumerate(placed):
        start, end = one.start - error, one.end + error
        known = one.arrived is not None and number not in refuted
        if known and stretch.start <= start and end < stretch.end:
            yield _Mover(number, start, end, one)


def _between(stretch: ZoneStretch, line: Line, movers: Sequence[_Mover]) -> Iterator[Passed]:
    """From each sighting to the next that surely came after it."""
    kept = [mover for mover, clear in zip(movers, _clear(line, movers), strict=True) if clear]
    came, went = _boxes(line, kept, arrived=True), _boxes(line, kept, arrived=False)
    both = [np.minimum(went[:-1, :2], came[1:, :2]), np.maximum(went[:-1, 2:], came[1:, 2:])]
    for at in np.flatnonzero(_meets(line, np.concatenate(both, axis=1), _BULGE)).tolist():
        one, other = kept[at], kept[at + 1]
        found = _passage(stretch, line, one, other) if one.end <= other.start else None
        if found is not None:
            yield _passed(found, one.start, other.end, one.number, other.number)


def _passage(stretch: ZoneStretch, line: Line, one: _Mover, other: _Mover) -> Passage | None:
    speed = stretch.rules.max_speed_mps
    reach_m = None if speed is None else speed * (other.end - one.start) / _MICROS
    return passage(line, _ends(one)[1], _ends(other)[0], reach_m)


def _along(line: Line, movers: Sequence[_Mover]) -> Iterator[Passed]:
    for mover in movers:
        if mover.placed.track is not None:
            for found in passages_along(line, mover.placed.track):
                yield _passed(found, mover.start, mover.end, mover.number, mover.number)


def _passed(found: Passage, after: int, before: int, first: int, last: int) -> Passed:
    sides = (LineSide.LEFT, LineSide.RIGHT)
    from_side, to_side = sides if found.turn is Turn.TO_RIGHT else sides[::-1]
    return Passed(from_side, to_side, found.certain, after, before, first, last)


def _clear(line: Line, movers: Sequence[_Mover]) -> list[bool]:
    """Whether a sighting is of one side: where it came and where it went lie clear of the line."""
    came, went = (_boxes(line, movers, arrived=arrived) for arrived in (True, False))
    near = _meets(line, came, 0.0) | _meets(line, went, 0.0)
    return [
        not at or all(line.distance_m(disc) > disc.clear_m for disc in _ends(mover))
        for mover, at in zip(movers, near.tolist(), strict=True)
    ]


def _ends(mover: _Mover) -> tuple[Disc, Disc]:
    arrived, left = mover.placed.arrived, mover.placed.left
    assert arrived is not None
    assert left is not None
    return arrived, left


def _boxes(line: Line, movers: Sequence[_Mover], *, arrived: bool) -> Floats:
    """Boxes that surely hold where each came, or went: float64[n, 4], in the line's own turn."""
    discs = [_ends(mover)[not arrived] for mover in movers]
    lon = np.array([line.near(disc.lon) for disc in discs])
    lat = np.array([disc.lat for disc in discs])
    dlon, dlat = reach_half_degrees(lat, np.array([2 * disc.clear_m for disc in discs]))
    return np.stack([lon - dlon, lat - dlat, lon + dlon, lat + dlat], axis=1)


def _meets(line: Line, boxes: Floats, wider: float) -> npt.NDArray[np.bool_]:
    """Which boxes, made wider by a share of themselves, the line comes into: a quick look."""
    span = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True, initial=0.0) * wider
    low, high = boxes[:, :2] - span, boxes[:, 2:] + span
    drawn = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    return np.asarray(shapely.intersects(line.shape, drawn))
