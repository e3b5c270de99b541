"""Cluster: which breaches are one incident, as a function of their set.

Place on the data's way: breach, mission day → **cluster** → incident. Within one zone, one mission
day and one version of the methodology, what is near in space and time (`geo.clusters`) is one. What
has grown larger than the methodology allows is cut along cubes fixed to the Earth and joined anew
within each: under heavy fire one thing is near the next all along a front.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from geo.clusters import Ints, components, earth_centred
from geo.ellipsoid import Floats
from streams.incidents.breach import Breach
from streams.instants import micros, seconds_to_micros
from streams.methodology import IncidentRules


class Columns(NamedTuple):
    """Breaches with a place, as columns."""

    breaches: Sequence[Breach]
    where_m: Floats
    spread_m: Floats
    start: Ints
    end: Ints

    def part(self, rows: Sequence[int]) -> Columns:
        """These rows alone."""
        return Columns(
            _taken(self, rows),
            self.where_m[rows],
            self.spread_m[rows],
            self.start[rows],
            self.end[rows],
        )


def columns(breaches: Iterable[Breach]) -> tuple[Columns, list[Breach]]:
    """Breaches as columns, and those that have no place."""
    placed: list[Breach] = []
    placeless: list[Breach] = []
    for breach in breaches:
        (placeless if breach.middle is None else placed).append(breach)
    told = chain.from_iterable([breach.middle for breach in placed])  # type: ignore[misc]  # placed
    middles = np.fromiter(told, np.float64, 3 * len(placed)).reshape(-1, 3)
    where_m = earth_centred(middles[:, 0], middles[:, 1])
    start = np.array([micros(breach.start) for breach in placed], dtype=np.int64)
    end = np.array([micros(breach.end) for breach in placed], dtype=np.int64)
    return Columns(placed, where_m, middles[:, 2].copy(), start, end), placeless


Part = tuple[Breach, ...]
"""Breaches that are one incident, in the order in which they were given."""


def clusters(breaches: Sequence[Breach], rules: IncidentRules | None) -> Iterator[tuple[Part, ...]]:
    """What hangs together among breaches of one zone, day and methodology, each of them once.

    Each component in the parts that it is cut into: one, where it is not too large.
    """
    if rules is None:
        yield from (((breach,),) for breach in breaches)
        return
    placed, placeless = columns(breaches)
    yield from (((breach,),) for breach in placeless)
    groups = joined(placed, rules)
    # What is alone, as most are, is as large as a point.
    yield from (((placed.breaches[rows[0]],),) for rows in groups if len(rows) == 1)
    several = [rows for rows in groups if len(rows) > 1]
    too_large = _extents_m(placed.where_m, several) > rules.largest_m
    for rows, is_cut in zip(several, too_large.tolist(), strict=True):
        if is_cut:
            yield tuple(_cut(placed.part(rows), rules))
        else:
            yield (_taken(placed, rows),)


def joined(placed: Columns, rules: IncidentRules) -> list[list[int]]:
    """Rows of each connected component, in order."""
    gap = seconds_to_micros(rules.gap_s)
    first = components(*placed[1:], near_m=rules.near_m, gap=gap).tolist()
    groups: dict[int, list[int]] = {}
    for row, of in enumerate(first):
        groups.setdefault(of, []).append(row)
    return list(groups.values())


def _extents_m(where_m: Floats, groups: Sequence[Sequence[int]]) -> Floats:
    """Of each group the diagonal of the box that holds its middles: no two lie farther apart."""
    if not groups:
        return np.zeros(0)
    ordered = where_m[np.fromiter(chain.from_iterable(groups), dtype=np.int64)]
    starts = np.cumsum([0, *map(len, groups[:-1])])
    sides = np.maximum.reduceat(ordered, starts) - np.minimum.reduceat(ordered, starts)
    return np.asarray(np.linalg.norm(sides, axis=1))


def _cut(whole: Columns, rules: IncidentRules) -> Iterator[Part]:
    """Parts that lie in one cube each, whose diagonal is the largest extent."""
    cubes: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    corners = np.floor(whole.where_m / (rules.largest_m / math.sqrt(3))).astype(np.int64)
    for row, corner in enumerate(corners.tolist()):
        cubes[tuple(corner)].append(row)
    for _, rows in sorted(cubes.items()):
        within = whole.part(rows)
        yield from (_taken(within, part) for part in joined(within, rules))


def _taken(placed: Columns, rows: Sequence[int]) -> Part:
    return tuple([placed.breaches[row] for row in rows])
