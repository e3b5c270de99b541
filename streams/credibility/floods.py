"""Floods: one source tells of more than a monitor can observe.

Place on the data's way: account → **flood**. By when things were observed, not received: a patrol
that comes back from where there is no line sends all of its day at once, and is no flood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from streams.credibility.account import Account
from streams.credibility.flag import Flag, FlagKind
from streams.instants import seconds_to_micros
from streams.methodology import CredibilityRules


def floods(accounts: Iterable[Account], rules: CredibilityRules) -> Iterator[Flag]:
    """A flag for each stretch of time in which a source tells of too much."""
    by_source: defaultdict[str, list[Account]] = defaultdict(list)
    for one in accounts:
        by_source[one.source].append(one)
    for source, own in by_source.items():
        own.sort(key=lambda it: (it.start, it.ref))
        for first, last in _runs([it.start for it in own], rules):
            part = own[first : last + 1]
            lasts_s = (part[-1].start - part[0].start) / 1_000_000
            yield Flag(
                FlagKind.FLOOD,
                (source,),
                f"{len(part)} reports of one source observed within {lasts_s:.0f} s; more than"
                f" {rules.flood_reports} within {rules.flood_window_s:g} s are a flood",
                tuple(sorted(it.ref for it in part)),
            )


def _runs(starts: Sequence[int], rules: CredibilityRules) -> Iterator[tuple[int, int]]:
    """First and last of each run of windows that hold too many; sorted, disjoint."""
    window, first, last = seconds_to_micros(rules.flood_window_s), -1, -1
    for at in range(rules.flood_reports, len(starts)):
        begins = at - rules.flood_reports
        if starts[at] - starts[begins] > window:
            continue
        if first >= 0 and begins > last:
            yield first, last
            first = -1
        first, last = (begins if first < 0 else first), at
    if first >= 0:
        yield first, last
