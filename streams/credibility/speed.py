"""Impossible speed: a source was in two places that nobody travels between in that time.

Place on the data's way: account → where its source was itself → **speed**. A source is where it
says that it observed from: at the position of its bearings, on its own coverage's way. Of what it
heard or saw at a point it was somewhere near by (`present_within_m`). Cameras, radars, satellites
and third parties tell of places where nobody of them is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from geo.places import distance_m
from streams.credibility.account import Account
from streams.credibility.flag import Flag, FlagKind
from streams.events import Bearings, Point, Track
from streams.methodology import CredibilityRules
from streams.vocabulary import Kind, Means

BODILY = frozenset({Means.HEARD, Means.SAW})
UNSAID_M = 1_000.0
"""How far off a position without accuracy may be, like a gazetteer's."""


class _Stay(NamedTuple):
    """Where a source was at some time of an interval, to within `slack_m`."""

    start: int
    end: int
    lon: float
    lat: float
    slack_m: float
    ref: str


def impossible_speed(
    accounts: Iterable[Account], rules: CredibilityRules, clock_skew_s: float
) -> Iterator[Flag]:
    """A flag for each source that moves too fast, with all the reports between which it does."""
    stays: defaultdict[str, list[_Stay]] = defaultdict(list)
    for one in accounts:
        stays[one.source] += _stays(one, rules)
    for source, own in stays.items():
        own.sort()
        found = [
            (speed, a, b)
            for a, b in pairwise(own)
            if a.ref != b.ref and (speed := _speed(a, b, clock_skew_s)) > rules.max_speed_mps
        ]
        if found:
            fastest, a, b = max(found)
            yield Flag(
                FlagKind.IMPOSSIBLE_SPEED,
                (source,),
                f"at least {fastest:.0f} m/s between {a.ref} and {b.ref}; no source is faster than"
                f" {rules.max_speed_mps:g} m/s",
                tuple(sorted({it.ref for _, a, b in found for it in (a, b)})),
            )


def _speed(a: _Stay, b: _Stay, clock_skew_s: float) -> float:
    """The least that it must have been, m/s."""
    apart_m = float(distance_m(a.lon, a.lat, b.lon, b.lat)) - a.slack_m - b.slack_m
    longest_s = (b.end - a.start) / 1_000_000 + clock_skew_s
    return apart_m / max(longest_s, 1.0)


def _stays(one: Account, rules: CredibilityRules) -> Iterator[_Stay]:
    report = one.report
    location, is_own = report.location, report.kind is Kind.COVERAGE
    if not BODILY.intersection(report.means):
        return
    if isinstance(location, Bearings):
        yield _stay(one, location.lon, location.lat, location.accuracy_m)
    elif isinstance(location, Point):
        slack_m = 0.0 if is_own else rules.present_within_m
        yield _stay(one, location.lon, location.lat, location.accuracy_m, slack_m)
    elif isinstance(location, Track) and is_own:
        (lon, lat), *_, (last_lon, last_lat) = location.points
        whole = _stay(one, lon, lat, location.accuracy_m)
        yield whole._replace(end=one.start)
        yield whole._replace(start=one.end, lon=last_lon, lat=last_lat)


def _stay(
    one: Account, lon: float, lat: float, accuracy_m: float | None, more_m: float = 0.0
) -> _Stay:
    slack_m = (UNSAID_M if accuracy_m is None else accuracy_m) + more_m
    return _Stay(one.start, one.end, lon, lat, slack_m, one.ref)
