"""Circular sourcing: reports that go back to each other go back to nobody who saw it.

Place on the data's way: account (`derived_from`, `origin`) → **circular**. An id in either has no
source with it; whichever report has that id is meant, of whatever source: a hint, no finding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from streams.credibility.account import Account
from streams.credibility.flag import Flag, FlagKind
from streams.methodology import CredibilityRules


def circular(accounts: Sequence[Account], rules: CredibilityRules) -> Iterator[Flag]:
    """A flag for each circle of reports."""
    del rules  # a circle is one, whatever the methodology
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, it in enumerate(accounts):
        rows[it.report.id].append(row)
    goes_back = {
        row: [other for name in it.goes_back_to for other in rows.get(name, ())]
        for row, it in enumerate(accounts)
        if it.report.derived_from or it.report.origin is not None
    }
    for circle in _circles(goes_back):
        part = [accounts[row] for row in circle]
        yield Flag(
            FlagKind.CIRCULAR,
            tuple(sorted({it.source for it in part})),
            f"{len(part)} reports are derived from each other in a circle: none of them has"
            " anybody who saw it",
            tuple(sorted(it.ref for it in part)),
        )


def _circles(goes_back: Mapping[int, Sequence[int]]) -> Iterator[list[int]]:
    """Strongly connected rows, two or more (Kosaraju, without recursion)."""
    order: list[int] = []
    seen: set[int] = set()
    for root in goes_back:
        _leave_in_order(root, goes_back, seen, order)
    towards: defaultdict[int, list[int]] = defaultdict(list)
    for row, others in goes_back.items():
        for other in others:
            towards[other].append(row)
    placed: set[int] = set()
    for root in reversed(order):
        circle, edge = [], [root]
        while edge:
            row = edge.pop()
            if row not in placed:
                placed.add(row)
                circle.append(row)
                edge += towards[row]
        if len(circle) > 1:
            yield sorted(circle)


def _leave_in_order(
    root: int, goes_back: Mapping[int, Sequence[int]], seen: set[int], order: list[int]
) -> None:
    """Append to `order` each row that is reached, after all that it reaches."""
    stack = [(root, False)]
    while stack:
        row, done = stack.pop()
        if done:
            order.append(row)
        elif row not in seen:
            seen.add(row)
            stack.append((row, True))
            stack += [(other, False) for other in goes_back.get(row, ()) if other not in seen]
