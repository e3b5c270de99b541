"""Groups: what hangs together by pairs.

Place on the data's way: inside the flags that compare reports two by two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


def grouped(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The rows of each connected group, sorted; rows without a pair are in none."""
    near: defaultdict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        near[a].add(b)
        near[b].add(a)
    groups, seen = [], set[int]()
    for row in sorted(near):
        if row in seen:
            continue
        group, edge = {row}, [row]
        while edge:
            reached = near[edge.pop()] - group
            group |= reached
            edge += reached
        seen |= group
        groups.append(sorted(group))
    return groups
