"""Fold: the set of a mission's accounts → everything that asks for a second look.

Place on the data's way: account → **flags** → tell. A function of the *set*: any order and any
repetition gives the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from streams.credibility.account import Account
from streams.credibility.circular import circular
from streams.credibility.clocks import clocks
from streams.credibility.copied_text import copied_text
from streams.credibility.copied_times import copied_times
from streams.credibility.flag import Flag
from streams.credibility.floods import floods
from streams.credibility.one_sided import one_sided
from streams.credibility.repeated import repeated_positions
from streams.credibility.speed import impossible_speed
from streams.methodology import UNDOUBTED, Methodology

_OF_RULES = (floods, copied_text, copied_times, one_sided, circular, repeated_positions)


def flags(accounts: Iterable[Account], methodology: Methodology) -> list[Flag]:
    """Every flag, by kind and source.

    `accounts`: one of each report, in any order, any of them more than once.
    """
    known = {it.ref: it for it in accounts}
    told = [known[ref] for ref in sorted(known)]
    rules, skew_s = methodology.credibility or UNDOUBTED, methodology.clock_skew_s
    found = [flag for kind in _OF_RULES for flag in kind(told, rules)]
    return sorted([*found, *impossible_speed(told, rules, skew_s), *clocks(told, skew_s)])
