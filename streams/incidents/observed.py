"""Observed: how many events an incident's reports tell of, as far as anybody can say.

Place on the data's way: witnesses → **observed** → incident. Observed events are not rounds: a shot
may be seen as a projectile, a flash and an explosion, and by two monitors each. So the sum over all
reports stands beside the greatest sum of one independent witness, and neither is "the" number.
Ranges are kept, "at least" is carried through, and a report without a number is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from streams.events import Count
from streams.incidents.breach import Breach
from streams.incidents.witnesses import witnesses
from streams.vocabulary import Qualifier


class Number(Struct, frozen=True, omit_defaults=True, gc=False):
    """So many, in a range."""

    min: int
    max: int | None = None
    """None: open, "at least"."""


class Observed(Struct, frozen=True, omit_defaults=True, gc=False):
    """What some reports observed."""

    reports: int
    events: Number
    """The sum over the reports that give a number."""
    by_one_witness: Number
    """The most that one independent witness observed."""
    witnesses: int
    """Independent ones; two or more corroborate each other."""
    uncounted: int = 0
    """Reports that give no number, or say that it could not be counted; `uncounted` lists them."""


def observed(breaches: Sequence[Breach]) -> Observed:
    """What these breaches tell of, each of another report."""
    groups = witnesses(breaches)
    sums = [_sum(breach.count for breach in group) for group in groups]
    return Observed(
        reports=len(breaches),
        events=_sum(breach.count for breach in breaches),
        by_one_witness=Number(
            max((it.min for it in sums), default=0),
            None
            if any(it.max is None for it in sums)
            else max((it.max or 0 for it in sums), default=0),
        ),
        witnesses=len(groups),
        uncounted=len(uncounted(breaches)),
    )


def uncounted(breaches: Iterable[Breach]) -> tuple[str, ...]:
    """Reports, ``source/id``, that give no number, or say that it could not be counted; sorted."""
    return tuple(sorted("/".join(it.ref) for it in breaches if _is_uncounted(it.count)))


def _sum(counts: Iterable[Count | None]) -> Number:
    least, most = 0, 0
    is_open = False
    for count in counts:
        if count is None:
            continue
        least += count.min
        most += count.max or 0
        is_open = is_open or count.max is None
    return Number(least, None if is_open else most)


def _is_uncounted(count: Count | None) -> bool:
    return count is None or count.qualifier is Qualifier.UNCOUNTABLE
