"""Rules about a mission's methodology.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from streams.documents.compose import Items, Node
from streams.documents.select import first, nodes, select
from streams.errors import Mistake


def thresholds_are_in_order(root: Node) -> Iterator[Mistake]:
    """What is enough for a violation must be enough for a possible one."""
    violation = first(root, "thresholds.violation", float)
    possible = first(root, "thresholds.possible", float)
    if violation is not None and possible is not None and possible.value > violation.value:
        said = f"{possible.value:g} lies above the threshold for a violation, {violation.value:g}"
        yield possible.mistake("thresholds_reversed", said)


def means_can_suffice(root: Node) -> Iterator[Mistake]:
    """With no sufficient means nothing could ever be a violation."""
    for found in nodes(root, "sufficient_means"):
        if found.value == Items((), found.place):
            said = "with no sufficient means nothing can be a violation; leave it out to take all"
            yield found.mistake("no_sufficient_means", said)


def accuracies_reach_the_floor(root: Node) -> Iterator[Mistake]:
    """No position is taken to be better than the floor, so no default may promise it."""
    floor = first(root, "accuracy_floor_m", float)
    if floor is None:
        return
    for pattern in ("accuracy_otherwise_m", "default_accuracy[*].accuracy_m"):
        for found in select(root, pattern, float):
            if found.value < floor.value:
                said = f"{found.value:g} m is better than the floor, {floor.value:g} m"
                yield found.mistake("accuracy_below_floor", said)


def incidents_may_grow(root: Node) -> Iterator[Mistake]:
    """What is near makes one incident, so an incident must be allowed to reach that far."""
    near = first(root, "incidents.near_m", float)
    largest = first(root, "incidents.largest_m", float)
    if near is not None and largest is not None and largest.value < near.value:
        said = f"{largest.value:g} m is less than what counts as near, {near.value:g} m"
        yield largest.mistake("incidents_too_small", said)
