"""The time for which the parties promised a corridor: its agreed windows, by what was in force.

Place on the data's way: versions of agreements → **promised time** → figures. A window counts where
the version that has it is in force, and the corridor in it; whether anybody opened it is no matter.
In the same way: the time of which the parties announced different windows (`announced`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from streams.agreement import Agreement, Corridor, Validity
from streams.corridors.announced import is_disputed, widest, windows_of
from streams.due import versions_over_time
from streams.instants import FOREVER, micros, micros_or_forever

Stretch = tuple[int, int]
"""[start, end) in µs."""
EVER: Final = (-FOREVER, FOREVER)


def promised(corridor_id: str, agreements: Iterable[Agreement], period: Stretch) -> list[Stretch]:
    """What of `period` is promised: disjoint, in order, no two adjoining.

    Args:
        corridor_id: windows of several agreements on one corridor count once where they overlap.
        agreements: every version, in any order.
        period: [start, end) in µs.
    """
    return _merged(
        common([held, stretch_of(window)])
        for held, corridor, _ in in_force(corridor_id, agreements, period)
        for window in windows_of(corridor)
    )


def disputed(corridor_id: str, agreements: Iterable[Agreement], period: Stretch) -> list[Stretch]:
    """What of `period` lies in a window that is in dispute, as wide as anybody announced it."""
    return _merged(
        common([held, stretch_of(widest(window))])
        for held, corridor, _ in in_force(corridor_id, agreements, period)
        for window in corridor.announced
        if is_disputed(window)
    )


class Held(NamedTuple):
    """A corridor while one version that has it is in force."""

    stretch: Stretch
    """It ends before it begins where that is never."""
    corridor: Corridor
    agreement: Agreement


def in_force(
    corridor_id: str, agreements: Iterable[Agreement], period: Stretch = EVER
) -> Iterator[Held]:
    """The corridor as it was in force, and when within `period`."""
    by_id: defaultdict[str, list[Agreement]] = defaultdict(list)
    for it in agreements:
        by_id[it.id].append(it)
    for versions in by_id.values():
        for start, end, agreement in versions_over_time(versions):
            for corridor in agreement.corridors:
                if corridor.id == corridor_id:
                    held = [
                        period,
                        (micros(start), micros_or_forever(end)),
                        stretch_of(agreement.valid),
                    ]
                    held += [stretch_of(corridor.valid)] if corridor.valid else []
                    yield Held(common(held), corridor, agreement)


def stretch_of(valid: Validity) -> Stretch:
    """In µs."""
    return micros(valid.from_), micros_or_forever(valid.to)


def common(stretches: Iterable[Stretch]) -> Stretch:
    """What lies in all of them; it ends before it begins where nothing does."""
    starts, ends = zip(*stretches, strict=True)
    return max(starts), min(ends)


def _merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    merged: list[Stretch] = []
    for start, end in sorted(it for it in stretches if it[0] < it[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
