"""Clocks that disagree with receipt: something was observed after it was received.

Place on the data's way: account → **clock**. Late is no doubt: lines are bad. Early is one: the
source's clock is wrong, or it tells of what has not happened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from streams.credibility.account import Account
from streams.credibility.flag import Flag, FlagKind
from streams.instants import seconds_to_micros


def clocks(accounts: Iterable[Account], clock_skew_s: float) -> Iterator[Flag]:
    """A flag for each source that is ahead, with the reports that show it."""
    skew = seconds_to_micros(clock_skew_s)
    ahead: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for one in accounts:
        if one.received is not None and one.end > one.received + skew:
            ahead[one.source].append((one.end - one.received, one.ref))
    for source, own in ahead.items():
        most_s = max(own)[0] / 1_000_000
        yield Flag(
            FlagKind.CLOCK,
            (source,),
            f"{len(own)} reports observed up to {most_s:.0f} s after they were received; the"
            f" methodology allows clocks {clock_skew_s:g} s",
            tuple(sorted(ref for _, ref in own)),
        )
