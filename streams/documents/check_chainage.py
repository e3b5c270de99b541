"""Rules about kilometres along a route.

Place on the data's way: one group of the rules that `check` lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from geo.errors import RouteError
from geo.linear import MeasuredLine
from streams.agreement import Chainage, LineString
from streams.documents.compose import Node
from streams.documents.select import Placed, first, nodes, select
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
            yield _at(corridor, tolerance, "chainage_tolerance", said)


def parts_lie_on_the_route(root: Node) -> Iterator[Mistake]:
    """Segments follow each other from one end of the route to the other; crossings lie on it."""
    for corridor in nodes(root, "corridors[*]"):
        ids: set[str] = set()
        for pattern in ("segments[*].id", "crossings[*].id"):
            for found in select(corridor.value, pattern, str):
                if found.value in ids:
                    said = f"'{found.value}' names another part of this corridor already"
                    yield _at(corridor, found, "duplicate_id", said)
                ids.add(found.value)
        yield from _marks(corridor)


def _marks(corridor: Placed[Node]) -> Iterator[Mistake]:
    parts = [*nodes(corridor.value, "segments[*]"), *nodes(corridor.value, "crossings[*]")]
    route = first(corridor.value, "route", LineString)
    chainage = first(corridor.value, "chainage", Chainage)
    if not parts or route is None:
        return
    if chainage is None:
        said = "parts are told by kilometres: say in 'chainage' how they are counted"
        yield _at(corridor, parts[0], "parts_without_chainage", said)
        return
    try:
        length_m = MeasuredLine.of(route.value.coordinates).length_m
    except RouteError:
        # Going on is safe: `corridors_can_be_judged_by` says that this is no route.
        return
    start_km = chainage.value.start_km
    end_km = start_km + length_m / _M_OF_KM
    for mark in select(corridor.value, "crossings[*].at_km", float):
        if not start_km <= mark.value <= end_km:
            said = f"km {mark.value:g} is not on the route, which is km {start_km:g}-{end_km:.3f}"
            yield _at(corridor, mark, "mark_off_the_route", said)
    yield from _ends(corridor, start_km, end_km)


def _ends(corridor: Placed[Node], start_km: float, end_km: float) -> Iterator[Mistake]:
    segments = list(nodes(corridor.value, "segments[*]"))
    reached = start_km
    for number, segment in enumerate(segments):
        mark = first(segment.value, "to_km", float)
        if number == len(segments) - 1:
            if mark is not None:
                said = "the last segment ends where the route does: leave 'to_km' out"
                yield _at(corridor, segment, "segment_end", said)
        elif mark is None:
            said = "say in 'to_km' where the next segment begins"
            yield _at(corridor, segment, "segment_end", said)
        elif not reached < mark.value < end_km:
            said = (
                f"km {mark.value:g} is no end of a segment that begins at km {reached:g} of a "
                f"route that ends at km {end_km:g}"
            )
            yield _at(corridor, segment, "segment_end", said)
        else:
            reached = mark.value


_M_OF_KM: Final = 1_000.0


def _at(corridor: Placed[Node], found: Placed[Any], code: str, said: str) -> Mistake:
    path = f"{corridor.path}.{found.path}"
    return Mistake(code, path, said, found.place.line, found.place.file)
