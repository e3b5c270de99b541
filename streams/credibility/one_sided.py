"""One-sided sourcing: one party's sources alone accuse the other.

Place on the data's way: account, who speaks for whom → **one-sided**. It is no flag that a party
accuses; it is one that on a day (UTC) nobody else tells of any such thing near by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from geo.places import distance_m
from streams.credibility.account import Account
from streams.credibility.flag import Flag, FlagKind
from streams.events import Bearings, Point
from streams.instants import seconds_to_micros
from streams.methodology import CredibilityRules
from streams.vocabulary import Kind

_OTHER = frozenset({Kind.COVERAGE, Kind.MONITOR_RESTRICTION})
_DAY = seconds_to_micros(86_400)


def one_sided(accounts: Sequence[Account], rules: CredibilityRules) -> Iterator[Flag]:
    """A flag for each day, accuser and accused of whom nobody else tells."""
    near = seconds_to_micros(rules.corroborated_within_s)
    days: defaultdict[int, list[Account]] = defaultdict(list)
    for it in accounts:
        if it.report.kind not in _OTHER:
            for day in {(it.start - near) // _DAY, it.start // _DAY, (it.end + near) // _DAY}:
                days[day].append(it)
    accused: defaultdict[tuple[int, str, str], list[Account]] = defaultdict(list)
    for it in accounts:
        named = it.report.attribution
        if it.speaks_for is not None and named is not None and named.party != it.speaks_for:
            accused[it.start // _DAY, it.speaks_for, named.party].append(it)
    for (day, party, other), own in sorted(accused.items()):
        alone = [it for it in own if not _corroborated(it, days[day], rules, near)]
        if len(alone) >= rules.one_sided_reports and len(alone) == len(own):
            yield Flag(
                FlagKind.ONE_SIDED,
                tuple(sorted({it.source for it in alone})),
                f"{len(alone)} reports of a day accuse {other}, all of sources that speak for"
                f" {party}; nobody else tells of anything near by",
                tuple(sorted(it.ref for it in alone)),
            )


def _corroborated(
    one: Account, same_day: Sequence[Account], rules: CredibilityRules, near: int
) -> bool:
    return any(
        it.speaks_for != one.speaks_for
        and it.start <= one.end + near
        and it.end >= one.start - near
        and not it.shares_origin(one)
        and _is_near(one, it, rules.corroborated_within_m)
        for it in same_day
    )


def _is_near(one: Account, other: Account, within_m: float) -> bool:
    here, there = one.report.location, other.report.location
    if not isinstance(here, Point | Bearings) or not isinstance(there, Point | Bearings):
        return here is not None and here == there
    return distance_m(here.lon, here.lat, there.lon, there.lat) <= within_m
