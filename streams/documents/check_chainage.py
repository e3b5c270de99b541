"""Rules about kilometres along a route.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections.abc import Iterator

from geo.errors import RouteError
from geo.linear import MeasuredLine
from streams.agreement import LineString
from streams.documents.compose import Node
from streams.documents.select import first, nodes
from streams.errors import Mistake


def marks_tell_places_apart(root: Node) -> Iterator[Mistake]:
    """Marks that may stand anywhere on the route say nothing about where on it."""
    for corridor in nodes(root, "corridors[*]"):
        tolerance = first(corridor.value, "chainage.tolerance_m", float)
        route = first(corridor.value, "route", LineString)
        if tolerance is None or route is None:
            continue
        try:
            length_m = MeasuredLine.of(route.value.coordinates).length_m
        except RouteError:
            # Going on is safe: `corridors_can_be_judged_by` says that this is no route.
            continue
        if tolerance.value >= length_m:
            said = (
                f"marks that may be {tolerance.value:g} m off tell nothing apart on a route of "
                f"{length_m:,.0f} m"
            )
            path = f"{corridor.path}.{tolerance.path}"
            place = tolerance.place
            yield Mistake("chainage_tolerance", path, said, place.line, place.file)
