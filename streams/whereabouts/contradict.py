"""Contradict: pairs of sightings between which nothing could have travelled.

Place on the data's way: placed → **contradictions** → fold. Two reports put one subject in two
places at one time, or farther apart than the methodology's fastest subject gets in the time between
them. Which of them is wrong nobody knows: neither says anything of a zone then.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from geo.ellipsoid import WGS84, Floats
from geo.line_crossing import Disc
from streams.instants import seconds_to_micros
from streams.whereabouts.place import Placed

NEIGHBOURS = 16
"""Of those that may be of the same time as a sighting, so many are compared with it."""

_TOUCH_M = 1.0
_MICROS = 1e6


class Pair(NamedTuple):
    """Two sightings, by their place in the order, that contradict each other."""

    first: int
    second: int
    apart_m: float
    """At least so far."""
    within_s: float
    """At most so long."""


def contradictions(placed: Sequence[Placed]) -> list[Pair]:
    """The pairs that cannot both be true; `placed` is one subject's, sorted by time."""
    pairs = list(_candidates(placed))
    if not pairs:
        return []
    apart_m = _apart(placed, pairs)
    found = zip(pairs, apart_m.tolist(), strict=True)
    return [
        Pair(first, second, apart, seconds)
        for (first, second, seconds, reach_m), apart in found
        if apart > reach_m + _TOUCH_M
    ]


class _Candidate(NamedTuple):
    first: int
    second: int
    within_s: float
    reach_m: float
    """How far a subject gets in that time."""


def _candidates(placed: Sequence[Placed]) -> Iterator[_Candidate]:
    """Each with the next in time, and with some of those that may be of its own time."""
    located = [at for at, one in enumerate(placed) if one.disc is not None]
    for rank, first in enumerate(located):
        for second in located[rank + 1 : rank + 1 + NEIGHBOURS]:
            candidate = _candidate(placed, first, second)
            if math.isfinite(candidate.reach_m):
                yield candidate
            if placed[second].start > placed[first].end:
                break


def _candidate(placed: Sequence[Placed], first: int, second: int) -> _Candidate:
    one, other = placed[first], placed[second]
    error_s = one.rules.clock_error_s + other.rules.clock_error_s
    longest = max(one.end, other.end) - min(one.start, other.start) + seconds_to_micros(error_s)
    seconds = longest / _MICROS
    if not longest:
        return _Candidate(first, second, seconds, 0.0)
    speeds = (one.rules.max_speed_mps, other.rules.max_speed_mps)
    fastest = max((math.inf if speed is None else speed for speed in speeds), default=math.inf)
    return _Candidate(first, second, seconds, fastest * seconds)


def _apart(placed: Sequence[Placed], pairs: Sequence[_Candidate]) -> Floats:
    """How far apart the discs of each pair are at least, metres; below 0 where they overlap."""
    first = np.array([_columns(placed[pair.first].disc) for pair in pairs])
    second = np.array([_columns(placed[pair.second].disc) for pair in pairs])
    _, _, centres = WGS84.inv(first[:, 0], first[:, 1], second[:, 0], second[:, 1])
    apart: Floats = np.asarray(centres) - first[:, 2] - second[:, 2]
    return apart


def _columns(disc: Disc | None) -> tuple[float, float, float]:
    assert disc is not None
    return disc.lon, disc.lat, disc.radius_m
