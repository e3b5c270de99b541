"""Copied text: sources that name no common origin use each other's words.

Place on the data's way: account → **copied text**. Texts are compared by their runs of three words,
without case, digits, punctuation and web addresses: so much of the shorter one must stand in the
longer one. Who says where its words come from (`origin`, `derived_from`) copies nothing. Short
texts are alike by chance. Runs that one source uses in several different texts, or that many
reports share, are a form's and nobody's own: they are left out, and what is left must still be long
enough.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from streams.credibility.account import Account
from streams.credibility.flag import Flag, FlagKind
from streams.credibility.groups import grouped
from streams.methodology import CredibilityRules

RUN = 3
FORM_OF_ONE = 3
"""A run of words that one source uses in so many different texts is part of a form."""
FORM_OF_ALL = 50
"""As is one that more reports share than this."""
_ADDRESS = re.compile(r"https?://\S+")
_WORD = re.compile(r"[^\W\d_]+")
Runs = frozenset[tuple[str, ...]]


def copied_text(accounts: Sequence[Account], rules: CredibilityRules) -> Iterator[Flag]:
    """A flag for each group of reports that share their words."""
    texts = _own_words(accounts, rules)
    pairs = [
        (a, b)
        for a, b in _candidates(texts)
        if _share(texts[a], texts[b]) >= rules.copied_share and _are_apart(accounts[a], accounts[b])
    ]
    for rows in grouped(pairs):
        part = [accounts[row] for row in rows]
        sources = tuple(sorted({it.source for it in part}))
        yield Flag(
            FlagKind.COPIED_TEXT,
            sources,
            f"{len(part)} reports of {len(sources)} sources share at least"
            f" {rules.copied_share:.0%} of their words, and name no common origin",
            tuple(sorted(it.ref for it in part)),
        )


def _own_words(accounts: Sequence[Account], rules: CredibilityRules) -> dict[int, Runs]:
    """The runs of each text that are no form's, by row, where enough are left."""
    texts = {row: runs for row, it in enumerate(accounts) if (runs := _runs(it, rules))}
    distinct = {(accounts[row].source, runs) for row, runs in texts.items()}
    by_source = Counter((source, run) for source, runs in distinct for run in runs)
    by_all = Counter(run for runs in texts.values() for run in runs)
    forms = {run for (_, run), count in by_source.items() if count >= FORM_OF_ONE}
    forms |= {run for run, count in by_all.items() if count > FORM_OF_ALL}
    least = rules.copied_words - RUN + 1
    return {row: own for row, runs in texts.items() if len(own := runs - forms) >= least}


def _runs(one: Account, rules: CredibilityRules) -> Runs:
    """Every three words in a row; empty: too few words."""
    words = _WORD.findall(_ADDRESS.sub(" ", one.report.remark or "").casefold())
    if len(words) < rules.copied_words:
        return frozenset()
    return frozenset(tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def _candidates(texts: dict[int, Runs]) -> Iterator[tuple[int, int]]:
    """Pairs that share a run, once each."""
    holding: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for row, runs in texts.items():
        for run in runs:
            holding[run].append(row)
    shared: Counter[tuple[int, int]] = Counter()
    for rows in holding.values():
        shared.update((a, b) for at, a in enumerate(rows) for b in rows[at + 1 :])
    yield from shared


def _share(one: Runs, other: Runs) -> float:
    """How much of the shorter text stands in the longer one."""
    return len(one & other) / min(len(one), len(other))


def _are_apart(one: Account, other: Account) -> bool:
    """Whether they claim to be two witnesses."""
    return one.source != other.source and not one.shares_origin(other)
