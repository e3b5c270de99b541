"""Copied times: sources that name no common origin have the same times to the second.

Place on the data's way: account → comparison → **copied times**.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from streams.credibility.account import Account
from streams.credibility.compare import Relationship, comparisons
from streams.credibility.flag import Flag, FlagKind
from streams.methodology import CredibilityRules


def copied_times(accounts: Iterable[Account], rules: CredibilityRules) -> Iterator[Flag]:
    """A flag for each two sources that are copies."""
    for it in comparisons(accounts, rules):
        if it.relationship is Relationship.COPIES:
            yield Flag(
                FlagKind.COPIED_TIMES,
                it.sources,
                f"{it.identical} of {it.telling} events that both tell of have the same times to"
                " the second; two clocks do not",
                it.reports,
            )
