"""Rules about geometry: every ring is sound, and every zone and corridor can be judged by.

Place on the data's way: one group of the rules that `check` lists. What a sound geometry is, and
what can be judged by, `geo` knows: here its answers get their line and path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from geo import baseline
from geo.errors import GeoError
from geo.routes import MAX_WIDTH_M, buffer_route
from geo.validate import geometry_problems, sound_geometry
from geo.zones import ZoneShape, read_zone
from streams.agreement import (
    Around,
    Band,
    Baseline,
    Derived,
    Document,
    LineString,
    MultiPolygon,
    Packed,
    Point,
    Polygon,
    Strip,
)
from streams.documents.compose import Fields, Items, Node, Place, below, plain
from streams.documents.select import Placed, first, nodes, select
from streams.draw import Baselines, draw_derived, measured
from streams.errors import Mistake
from streams.vocabulary import ZoneKind

_INDEX = re.compile(r"\d+")
_NARROW_M = 1.0
"""Stands for a width that is wrong in itself: the route may still be too near a pole."""

GeoJson = Any
"""A geometry as JSON's builtin types."""


def zones_can_be_judged_by(root: Node) -> Iterator[Mistake]:
    """Rings closed, simple, of some area, not wider than half the earth."""
    for zone in nodes(root, "zones[*]"):
        draw = partial(_draw_zone, geodesic=_geodesic(zone))
        for owner in _owners(zone):
            yield from _problems(owner, "geometry", (Polygon, MultiPolygon, Packed), draw)


def lines_have_two_sides(root: Node) -> Iterator[Mistake]:
    """A zone of kind `line` holds what counts as on its baseline, whichever side that is."""
    for zone in nodes(root, "zones[*]"):
        kind = first(zone.value, "kind", ZoneKind)
        if kind is None or kind.value is not ZoneKind.LINE:
            continue
        for owner in _owners(zone):
            for found in nodes(owner.value, "geometry"):
                if not _has_two_sides(found.value):
                    yield Placed(None, below(owner.path, "geometry"), found.place).mistake(
                        "line_without_sides",
                        "what counts as on a line is {type: strip, baseline: ..., side: both, "
                        "to_m: ...}, without 'from_m': say how near that is",
                    )


def _has_two_sides(geometry: Node) -> bool:
    if not _is_geometry(geometry, (Strip,)):
        return False
    strip = first(geometry, "", Strip)
    # One that is not well formed is found by the structure's own check.
    return strip is None or (strip.value.side == "both" and strip.value.from_m == 0)


def _owners(zone: Placed[Node]) -> list[Placed[Node]]:
    """What has an outline: the zone, and each claim of it."""
    claims = nodes(zone.value, "claims[*]")
    return [zone, *(replace(claim, path=f"{zone.path}.{claim.path}") for claim in claims)]


def baselines_can_be_measured_from(root: Node) -> Iterator[Mistake]:
    """A line of some length that nowhere meets itself, so that it has two sides."""
    for found in nodes(root, "baselines[*]"):
        draw = partial(_draw_baseline, geodesic=_geodesic(found))
        yield from _problems(found, "line", (LineString,), draw)


def derived_zones_can_be_judged_by(root: Node) -> Iterator[Mistake]:
    """Sound facilities, and baselines with sides as far as is measured from them."""
    baselines = {
        found.value.id: line
        for found in select(root, "baselines[*]", Baseline)
        if (line := _measured(found.value)) is not None
    }
    for zone in nodes(root, "zones[*]"):
        for owner in _owners(zone):
            yield from _derived_outline(owner, baselines, geodesic=_geodesic(zone))


def _derived_outline(
    owner: Placed[Node], baselines: Baselines, *, geodesic: bool
) -> Iterator[Mistake]:
    yield from _problems(owner, "geometry.facility", _FACILITIES, lambda _: None)
    for found in nodes(owner.value, "geometry"):
        derived = _derived(found.value)
        if derived is not None and baselines.keys() >= _named(derived):
            draw = partial(_draw_derived, derived, baselines, geodesic=geodesic)
            place = Placed(None, below(owner.path, "geometry"), found.place)
            yield from _refused(draw, None, place)


_FACILITIES = (Point, LineString, Polygon, MultiPolygon)


def _geodesic(parent: Placed[Node]) -> bool:
    edges = first(parent.value, "edges", str)
    return edges is not None and edges.value == "geodesic"


def _measured(line: Baseline) -> baseline.Baseline | None:
    try:
        return measured(line)
    except GeoError:
        # Going on is safe: `baselines_can_be_measured_from` says so.
        return None


def _derived(node: Node) -> Derived | None:
    """A derived geometry that is well formed, and measured from a sound facility if from one."""
    kinds: tuple[type[Derived], ...] = (Strip, Band, Around)
    read = [
        found for kind in kinds if _is_geometry(node, (kind,)) for found in select(node, "", kind)
    ]
    facilities = [plain(found.value) for found in nodes(node, "facility")]
    sound = not any(geometry_problems(facility) for facility in facilities)
    return read[0].value if read and sound else None


def _named(derived: Derived) -> frozenset[str]:
    match derived:
        case Strip():
            return frozenset({derived.baseline})
        case Band():
            return frozenset(derived.between)
        case Around():
            return frozenset()


def corridors_can_be_judged_by(root: Node) -> Iterator[Mistake]:
    """A route of some length, not too near a pole."""
    for corridor in nodes(root, "corridors[*]"):
        widths = select(corridor.value, "width_m", float)
        usable = [width.value for width in widths if 0 < width.value <= MAX_WIDTH_M]
        draw = partial(_draw_corridor, width_m=usable[0] if usable else _NARROW_M)
        yield from _problems(corridor, "route", (LineString,), draw)
        outline = partial(_draw_zone, geodesic=False)
        yield from _problems(corridor, "area", (Polygon, MultiPolygon), outline)


def corridors_are_drawn(root: Node) -> Iterator[Mistake]:
    """Each has a route with its width, or an area, and an area has no kilometres."""
    for corridor in nodes(root, "corridors[*]"):
        named = {
            name: found
            for name in ("route", "width_m", "area", *_OF_A_ROUTE)
            for found in nodes(corridor.value, name)
        }
        at = Placed(None, corridor.path, corridor.place)
        if "area" not in named:
            for name in ("route", "width_m"):
                if name not in named:
                    said = f"say its '{name}', or of an access area its 'area' in place of both"
                    yield at.mistake("route_or_area", said)
        for name in ("route", "width_m", *_OF_A_ROUTE):
            if "area" in named and name in named:
                place = named[name].place
                path = below(corridor.path, name)
                said = f"an access area has no '{name}': leave it out, or the 'area'"
                yield Mistake("route_or_area", path, said, place.line, place.file)


_OF_A_ROUTE = ("chainage", "segments", "crossings")


def _draw_zone(geojson: GeoJson, *, geodesic: bool) -> None:
    outline: Any = sound_geometry(geojson)
    read_zone(ZoneShape("zone", outline, geodesic_edges=geodesic))


def _draw_baseline(geojson: GeoJson, *, geodesic: bool) -> None:
    baseline.Baseline.of(geojson["coordinates"], geodesic_edges=geodesic)


def _draw_derived(derived: Derived, baselines: Baselines, _: GeoJson, *, geodesic: bool) -> None:
    outline = draw_derived(derived, baselines, geodesic_edges=geodesic)
    read_zone(ZoneShape("zone", outline))


def _draw_corridor(geojson: GeoJson, *, width_m: float) -> None:
    strip = buffer_route(geojson["coordinates"], width_m)
    read_zone(ZoneShape("corridor", strip))


def _problems(
    parent: Placed[Node],
    name: str,
    kinds: tuple[type[Document], ...],
    draw: Callable[[GeoJson], None],
) -> Iterator[Mistake]:
    for found in nodes(parent.value, name):
        if not _is_geometry(found.value, kinds):
            continue
        path, geojson = below(parent.path, name), _geojson(found.value)
        problems = geometry_problems(geojson)
        for problem in problems:
            place = _place(found.value, problem.path)
            where = below(path, problem.path) if problem.path else path
            yield Mistake(problem.code.value, where, problem.message, place.line, place.file)
        if not problems:
            yield from _refused(draw, geojson, Placed(None, path, found.place))


def _geojson(node: Node) -> GeoJson:
    """The geometry that stands there; None where a text of one cannot be read."""
    packed = first(node, "geojson", str)
    if packed is None:
        return plain(node)
    try:
        return msgspec.json.decode(packed.value)
    except (msgspec.DecodeError, RecursionError):
        # Going on is safe: what is no geometry is a mistake of the geometry.
        return None


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
    node = (
        geometry.fields.get("coordinates", geometry) if isinstance(geometry, Fields) else geometry
    )
    for number in map(int, _INDEX.findall(path)):
        if not isinstance(node, Items) or number >= len(node.items):
            break
        node = node.items[number]
    return node.place
