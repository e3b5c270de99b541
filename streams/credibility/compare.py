"""Compare: two sources that tell of the same places → copies, or independent witnesses.

Place on the data's way: account → **comparison** → copied times, whoever weighs witnesses. Two
who saw the same thing have different clocks and different ends; two who have the same times to the
second have them from each other. Times on a whole minute prove nothing: people round.

A place is a named place, or a cell of a tenth of a degree. What one tells of is matched with what
the other tells of there, begun less than `MATCH_S` apart, the nearest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import combinations

from msgspec import Struct

from streams.credibility.account import Account
from streams.events import Bearings, NamedPlace, Point
from streams.methodology import CredibilityRules

MATCH_S = 1_800
DIFFERS_S = 60
"""Times that lie farther apart than this are told differently."""
DISAGREEING = 0.1
"""From this share on of what either tells of, two witnesses disagree."""
MOST_SOURCES = 50
"""At one place. Who are more are compared elsewhere: pairs grow with the square."""
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_LEAST_SHARE = 0.5


class Relationship(StrEnum):
    """How two sources stand to each other."""

    COPIES = "copies"
    AGREEING = "independent_agreeing"
    DISAGREEING = "independent_disagreeing"
    UNKNOWN = "unknown"
    """They tell of too little in common."""


class Comparison(Struct, frozen=True, order=True):
    """Two sources, by what they tell of the places that both tell of."""

    sources: tuple[str, str]
    relationship: Relationship
    matched: int
    identical: int
    """Of the matched: the same begin to the second, not on a whole minute, and the same end."""
    telling: int
    """Of the matched: those whose times could have shown it."""
    differing: int
    """Of the matched: begin or end more than a minute apart."""
    only_first: int
    only_second: int
    reports: tuple[str, ...] = ()
    """``source/id`` of the identical ones."""


def comparisons(accounts: Iterable[Account], rules: CredibilityRules) -> Iterator[Comparison]:
    """Every two sources that tell of one place, in no order."""
    places: defaultdict[object, defaultdict[str, list[Account]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for one in accounts:
        if (place := _place(one)) is not None:
            places[place][one.source].append(one)
    pairs: defaultdict[tuple[str, str], list[_Tally]] = defaultdict(list)
    for by_source in places.values():
        if len(by_source) > MOST_SOURCES:
            continue
        for a, b in combinations(sorted(by_source), 2):
            pairs[a, b].append(_tally(by_source[a], by_source[b]))
    for sources, tallies in pairs.items():
        yield _compared(sources, tallies, rules)


class _Tally(Struct):
    matched: int = 0
    telling: int = 0
    differing: int = 0
    only_first: int = 0
    only_second: int = 0
    identical: list[tuple[Account, Account]] = []


def _place(one: Account) -> object:
    location = one.report.location
    if isinstance(location, NamedPlace):
        return location.name.casefold()
    if isinstance(location, Point | Bearings):
        return round(location.lon, 1), round(location.lat, 1), one.report.kind
    return None


def _tally(first: Sequence[Account], second: Sequence[Account]) -> _Tally:
    """Of one place: the nearest begins are one event, each in one pair at most."""
    near = MATCH_S * _SECOND
    theirs = sorted(second, key=lambda it: it.start)
    tally, left, low = _Tally(), set(range(len(theirs))), 0
    for one in sorted(first, key=lambda it: it.start):
        while low < len(theirs) and theirs[low].start < one.start - near:
            low += 1
        high = low
        while high < len(theirs) and theirs[high].start <= one.start + near:
            high += 1
        among = [row for row in range(low, high) if row in left]
        if not among:
            tally.only_first += 1
            continue
        row = min(among, key=lambda it: (abs(theirs[it].start - one.start), it))
        left.discard(row)
        _add(tally, one, theirs[row])
    tally.only_second = len(left)
    return tally


def _add(tally: _Tally, one: Account, other: Account) -> None:
    if one.shares_origin(other):
        return  # they say themselves that it is one account
    tally.matched += 1
    apart = max(abs(one.start - other.start), abs(one.end - other.end))
    tally.differing += apart > DIFFERS_S * _SECOND
    if one.start % _MINUTE and other.start % _MINUTE:
        tally.telling += 1
        if apart < _SECOND:
            tally.identical.append((one, other))


def _compared(
    sources: tuple[str, str], tallies: Sequence[_Tally], rules: CredibilityRules
) -> Comparison:
    matched, telling = sum(it.matched for it in tallies), sum(it.telling for it in tallies)
    differing = sum(it.differing for it in tallies)
    only_first = sum(it.only_first for it in tallies)
    only_second = sum(it.only_second for it in tallies)
    identical = [pair for it in tallies for pair in it.identical]
    apart = differing + only_first + only_second
    if len(identical) >= rules.copied_times and len(identical) >= _LEAST_SHARE * telling:
        relationship = Relationship.COPIES
    elif matched < rules.copied_times:
        relationship = Relationship.UNKNOWN
    elif apart >= DISAGREEING * (matched + only_first + only_second):
        relationship = Relationship.DISAGREEING
    else:
        relationship = Relationship.AGREEING
    return Comparison(
        sources=sources,
        relationship=relationship,
        matched=matched,
        identical=len(identical),
        telling=telling,
        differing=differing,
        only_first=only_first,
        only_second=only_second,
        reports=tuple(sorted({it.ref for pair in identical for it in pair})),
    )
