"""Repeats: a measure that is owed again and again, as the measures it comes to.

Place on the data's way: agreement → **one measure for each time** → what is said of them, gates,
deadlines. A daily quota of trucks is forty-two measures with one name: each has its own deadline,
its own words and its own numbers, for what was too little on one day is not made up on the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from msgspec.structs import replace

from streams.agreement import Due, Measure, Phase


def each_time(measures: Iterable[Measure]) -> Iterator[Measure]:
    """Every measure as often as it is owed: `trucks` three times is `trucks.1` to `trucks.3`."""
    for measure in measures:
        repeats = measure.repeats
        if repeats is None:
            yield measure
            continue
        for time in range(repeats.times):
            yield replace(
                measure,
                id=f"{measure.id}.{time + 1}",
                due=_later(measure.due, time * repeats.every_days),
                repeats=None,
            )


def gates_of(phase: Phase, measures: Iterable[Measure]) -> Phase:
    """The phase, waiting for each time of what gates it.

    A gate that the agreement does not have stays one: nothing verifies it, and nothing opens.
    """
    times = {measure.id: [it.id for it in each_time([measure])] for measure in measures}
    return replace(
        phase, gated_by=tuple(id_ for gate in phase.gated_by for id_ in times.get(gate, (gate,)))
    )


def _later(due: Due | None, days: int) -> Due | None:
    if due is None:
        return None
    if due.on is not None:
        return replace(due, on=due.on + timedelta(days=days))
    return replace(due, days=due.days + days)
