"""Positions repeated to the last digit: different events lie on one spot.

Place on the data's way: account → **repeated position**. Two shells do not fall on one square
metre; who makes positions up, or copies them, repeats them. Only points that claim to be so good
that their digits mean something; what stands is where it is, and a town's point is a town.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from streams.credibility.account import Account
from streams.credibility.flag import Flag, FlagKind
from streams.events import Point
from streams.methodology import CredibilityRules
from streams.vocabulary import STANDING_KINDS, Kind

DIGITS = 4
"""A position of fewer decimals is rounded, and repeats by itself: 0.0001° is 11 m."""
_STAY = STANDING_KINDS | {
    Kind.COVERAGE,
    Kind.MONITOR_RESTRICTION,
    Kind.INFRASTRUCTURE_DAMAGE,
    Kind.ROAD_HAZARD,
    Kind.CASUALTY,
}
"""What stays where it is, or belongs to a place."""


def repeated_positions(accounts: Iterable[Account], rules: CredibilityRules) -> Iterator[Flag]:
    """A flag for each spot on which too many events lie."""
    spots: defaultdict[tuple[float, float], list[Account]] = defaultdict(list)
    for one in accounts:
        if (point := _exact(one, rules)) is not None:
            spots[point.lon, point.lat].append(one)
    for (lon, lat), own in spots.items():
        events = {(it.start, it.report.kind) for it in own}
        if len(events) >= rules.repeated_positions:
            yield Flag(
                FlagKind.REPEATED_POSITION,
                tuple(sorted({it.source for it in own})),
                f"{len(events)} events at {lat}, {lon} to the last digit",
                tuple(sorted(it.ref for it in own)),
            )


def _exact(one: Account, rules: CredibilityRules) -> Point | None:
    """The point of something that happened, if it claims to be exact."""
    point = one.report.location
    if not isinstance(point, Point) or one.report.kind in _STAY or one.report.subject_ref:
        return None
    if point.accuracy_m is None or point.accuracy_m > rules.exact_within_m:
        return None
    return point if min(_decimals(point.lon), _decimals(point.lat)) >= DIGITS else None


def _decimals(degrees: float) -> int:
    return len(repr(degrees).partition(".")[2])
