"""Rules about geometry: every ring is sound, and every zone and corridor can be judged by.

Place on the data's way: one group of the rules that `check` lists. What a sound geometry is, and
what can be judged by, `geo` knows: here its answers get their line and path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from geo.errors import GeoError
from geo.routes import MAX_WIDTH_M, buffer_route
from geo.validate import geometry_problems, read_geometry
from geo.zones import ZoneSet, ZoneShape
from streams.agreement import Document, LineString, MultiPolygon, Polygon
from streams.documents.compose import Fields, Items, Node, Place, below, plain
from streams.documents.select import Placed, first, nodes, select
from streams.errors import Mistake

_INDEX = re.compile(r"\d+")
_NARROW_M = 1.0
"""Stands for a width that is wrong in itself: the route may still be too near a pole."""

GeoJson = Any
"""A geometry as JSON's builtin types."""


def zones_can_be_judged_by(root: Node) -> Iterator[Mistake]:
    """Rings closed, simple, of some area, not wider than half the earth."""
    for zone in nodes(root, "zones[*]"):
        edges = first(zone.value, "edges", str)
        draw = partial(_draw_zone, geodesic=edges is not None and edges.value == "geodesic")
        yield from _problems(zone, "geometry", (Polygon, MultiPolygon), draw)


def corridors_can_be_judged_by(root: Node) -> Iterator[Mistake]:
    """A route of some length, not too near a pole."""
    for corridor in nodes(root, "corridors[*]"):
        widths = select(corridor.value, "width_m", float)
        usable = [width.value for width in widths if 0 < width.value <= MAX_WIDTH_M]
        draw = partial(_draw_corridor, width_m=usable[0] if usable else _NARROW_M)
        yield from _problems(corridor, "route", (LineString,), draw)


def _draw_zone(geojson: GeoJson, *, geodesic: bool) -> None:
    outline: Any = read_geometry(geojson)
    ZoneSet.build([ZoneShape("zone", outline, geodesic_edges=geodesic)])


def _draw_corridor(geojson: GeoJson, *, width_m: float) -> None:
    strip = buffer_route(geojson["coordinates"], width_m)
    ZoneSet.build([ZoneShape("corridor", strip)])


def _problems(
    parent: Placed[Node],
    name: str,
    kinds: tuple[type[Document], ...],
    draw: Callable[[GeoJson], None],
) -> Iterator[Mistake]:
    for found in nodes(parent.value, name):
        if not _is_geometry(found.value, kinds):
            continue
        path, geojson = below(parent.path, name), plain(found.value)
        problems = geometry_problems(geojson)
        for problem in problems:
            place = _place(found.value, problem.path)
            where = below(path, problem.path) if problem.path else path
            yield Mistake(problem.code.value, where, problem.message, place.line, place.file)
        if not problems:
            yield from _refused(draw, geojson, Placed(None, path, found.place))


def _refused(
    draw: Callable[[GeoJson], None], geojson: GeoJson, place: Placed[None]
) -> Iterator[Mistake]:
    try:
        draw(geojson)
    except GeoError as error:
        # Going on is safe: the mistake is kept, and a document that has one is never used.
        yield place.mistake(error.code, str(error))


def _is_geometry(node: Node, kinds: tuple[type[Document], ...]) -> bool:
    # msgspec reads a Struct without its tag; diagnose has said that the tag is missing.
    typed = isinstance(node, Fields) and "type" in node.fields
    return typed and any(select(node, "", kind) for kind in kinds)


def _place(geometry: Node, path: str) -> Place:
    """Where the position a problem speaks of stands; the nearest enclosing list otherwise."""
    node = geometry.fields["coordinates"] if isinstance(geometry, Fields) else geometry
    for number in map(int, _INDEX.findall(path)):
        if not isinstance(node, Items) or number >= len(node.items):
            break
        node = node.items[number]
    return node.place
