"""Count: the same observations under another counting rule, and what of each report changes.

Place on the data's way: incidents → **counted** → totals. Missions count differently, and their
totals must be reconciled: Ukraine's JFO counted 30 or more discharges with no hour's gap as one,
where the SMM counted each. A restated total is explained report by report: what it gives by the
one rule and what by the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from msgspec import Struct

from streams.incidents.breach import Breach
from streams.incidents.observed import Number
from streams.vocabulary import Kind, Verdict


class Counting(StrEnum):
    """A rule by which observed events are counted; shown, so the words are stable."""

    OBSERVED_EVENTS = "observed_events"
    """As the reports give them."""
    SERIES_OF_30 = "series_of_30"
    """30 or more discharges in a zone with no hour's gap between them are one."""


RULES: Final = {
    Counting.OBSERVED_EVENTS: "each observed event counts as one, as the reports give them",
    Counting.SERIES_OF_30: (
        "30 or more discharges in one zone with no hour's gap between them count as one, where its"
        " first report stands; fewer, and whatever is no discharge, as the reports give them"
    ),
}
DISCHARGES: Final = frozenset(
    {
        Kind.EXPLOSION,
        Kind.ROUND,
        Kind.PROJECTILE_IN_FLIGHT,
        Kind.MUZZLE_FLASH,
        Kind.TRACER,
        Kind.BURST,
        Kind.SHOT,
        Kind.SALVO,
        Kind.EXCHANGE_OF_FIRE,
    }
)
"""What is seen or heard of somebody firing."""
SERIES: Final = 30
GAP: Final = timedelta(hours=1)
NONE: Final = Number(0, 0)
ONE: Final = Number(1, 1)
PERHAPS: Final = Number(1, SERIES - 1)
"""Of what may be a series or not: if it is, one; if not, fewer than make one."""


class Counted(Struct, frozen=True, gc=False):
    """One report's breach of one zone, under a rule."""

    breach: Breach
    observed: Number | None
    """As it gives it; None: it gives no number."""
    counted: Number | None
    series: int = 0
    """Which series it is part of, where that is what counts; 0: it counts by itself."""

    @property
    def differs(self) -> bool:
        """Whether the rule makes another number of it."""
        return self.observed != self.counted


def counted(breaches: Iterable[Breach], counting: Counting) -> list[Counted]:
    """Each breach, in order, by a rule."""
    ordered = sorted(breaches, key=_place)
    if counting is Counting.OBSERVED_EVENTS:
        return [_as_observed(it) for it in ordered]
    found: list[Counted] = []
    number = 0
    for series in _series(ordered):
        whole = _whole(series)
        if whole is None:
            found += [_as_observed(it) for it in series]
            continue
        number += 1
        first, *others = series
        found.append(Counted(first, _number(first), whole, number))
        found += [Counted(it, _number(it), NONE, number) for it in others]
    return sorted(found, key=lambda it: _place(it.breach))


def total(numbers: Iterable[Number | None]) -> Number:
    """The sum of those that are there; open where one of them is."""
    given = [it for it in numbers if it is not None]
    is_open = any(it.max is None for it in given)
    least = sum(it.min for it in given)
    return Number(least, None if is_open else sum(it.max or 0 for it in given))


def _place(it: Breach) -> tuple[datetime, str, str, str]:
    return it.start, it.source, it.id, it.zone or ""


def _series(ordered: Sequence[Breach]) -> Iterator[list[Breach]]:
    """Discharges of one zone, agreement and verdict with no hour's gap; all else by itself."""
    under_way: defaultdict[tuple[str, str | None, Verdict], list[Breach]] = defaultdict(list)
    until: dict[tuple[str, str | None, Verdict], datetime] = {}
    for it in ordered:
        if it.kind not in DISCHARGES:
            yield [it]
            continue
        of = it.agreement_id, it.zone, it.verdict
        if under_way[of] and it.start - until[of] >= GAP:
            yield under_way.pop(of)
            del until[of]
        under_way[of].append(it)
        until[of] = max(it.end, until.get(of, it.end))
    yield from (series for series in under_way.values() if series)


def _whole(series: Sequence[Breach]) -> Number | None:
    """What a series counts as; None: it is none, and each of it counts by itself."""
    if series[0].kind not in DISCHARGES:
        return None
    together = total(_number(it) for it in series)
    if together.min >= SERIES:
        return ONE
    return PERHAPS if together.max is None or together.max >= SERIES else None


def _number(breach: Breach) -> Number | None:
    return None if breach.count is None else Number(breach.count.min, breach.count.max)


def _as_observed(breach: Breach) -> Counted:
    return Counted(breach, _number(breach), _number(breach))
