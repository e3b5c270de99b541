"""Draw: a geometry as the parties wrote it → the polygon that it means.

Place on the data's way: agreement → **draw** → inforce, and whoever shows a zone. What is written
by its positions stays as it is; what is written by metres is derived here, for everybody alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import shapely

from geo import derive
from geo.baseline import Baseline, Side
from geo.routes import buffer_route
from geo.validate import sound_geometry
from streams import agreement as written
from streams.agreement import (
    Agreement,
    Around,
    Band,
    Corridor,
    Derived,
    LineString,
    MultiPolygon,
    Packed,
    Point,
    Polygon,
    Ring,
    Strip,
    Zone,
)

Area = shapely.Polygon | shapely.MultiPolygon
Baselines = Mapping[str, Baseline]
"""By id, ready to be measured from."""
_SIDES = {"left": Side.LEFT, "right": Side.RIGHT, "both": None}


def measured(line: written.Baseline) -> Baseline:
    """A baseline ready to be measured from.

    Raises:
        GeoError: it has no length or no sides.
    """
    return Baseline.of(line.line.coordinates, geodesic_edges=line.edges == "geodesic")


def baselines_of(agreement: Agreement) -> Baselines:
    """All baselines of a checked agreement."""
    return {line.id: measured(line) for line in agreement.baselines}


Written = Polygon | MultiPolygon | Packed | Derived
"""An outline as it is written."""


class Outline(NamedTuple):
    """One outline of a zone: the agreed one, or a party's claim."""

    claimed_by: str | None
    """The party; None: it is agreed."""
    geometry: Written


def outlines(zone: Zone) -> list[Outline]:
    """The agreed outline of a zone, if there is one, then its claims."""
    agreed = [] if zone.geometry is None else [Outline(None, zone.geometry)]
    return agreed + [Outline(claim.party, claim.geometry) for claim in zone.claims]


def draw(geometry: Written, baselines: Baselines, *, geodesic_edges: bool) -> Area:
    """An outline, lon/lat; of a derived one the edges are so short that straight is geodesic."""
    if isinstance(geometry, Derived):
        return draw_derived(geometry, baselines, geodesic_edges=geodesic_edges)
    return unpacked(geometry) if isinstance(geometry, Packed) else polygon(geometry)


def unpacked(packed: Packed) -> Area:
    """The polygon that a checked text stands for."""
    outline = sound_geometry(msgspec.json.decode(packed.geojson))
    assert isinstance(outline, Area)
    return outline


def draw_derived(geometry: Derived, baselines: Baselines, *, geodesic_edges: bool) -> Area:
    """What a geometry by metres comes to.

    Raises:
        GeoError: nothing can be derived from what it names.
        KeyError: it names a baseline that is not there.
    """
    match geometry:
        case Strip():
            line = baselines[geometry.baseline]
            return derive.strip(line, _SIDES[geometry.side], geometry.from_m, geometry.to_m)
        case Band():
            first, second = (baselines[name] for name in geometry.between)
            return derive.band(first, second, geodesic_ends=geodesic_edges)
        case Around():
            facility = _facility(geometry.facility)
            return derive.around(facility, geometry.distance_m, geodesic_edges=geodesic_edges)


def polygon(geojson: Polygon | MultiPolygon) -> Area:
    """A polygon by its positions."""
    if isinstance(geojson, Polygon):
        return _one_polygon(geojson.coordinates)
    return shapely.MultiPolygon([_one_polygon(rings) for rings in geojson.coordinates])


def _one_polygon(rings: Sequence[Ring]) -> shapely.Polygon:
    outer, *holes = map(np.array, rings)  # Shapely takes each position of a tuple by itself
    return shapely.Polygon(outer, holes)


def _facility(facility: Point | LineString | Polygon | MultiPolygon) -> derive.Facility:
    match facility:
        case Point():
            return shapely.Point(facility.coordinates)
        case LineString():
            return shapely.LineString(facility.coordinates)
        case Polygon() | MultiPolygon():
            return polygon(facility)


def corridor_outline(corridor: Corridor, wider_m: float = 0.0) -> Area:
    """A corridor's strip or an access area, widened by so many metres on every side.

    Raises:
        GeoError: it cannot be drawn; `check` has refused such a document.
    """
    if corridor.area is None:
        assert corridor.route is not None, "what has no area has a route"
        assert corridor.width_m is not None, "a route has a width"
        return buffer_route(corridor.route.coordinates, corridor.width_m + 2 * wider_m)
    if not wider_m:
        return polygon(corridor.area)
    return derive.around(polygon(corridor.area), wider_m, geodesic_edges=False)


def derivation(geometry: Derived) -> str:
    """How a zone is derived, in words."""
    match geometry:
        case Strip():
            where = "on both sides" if geometry.side == "both" else geometry.side
            start = f"{_distance(geometry.from_m)} to " if geometry.from_m else ""
            return f"{start}{_distance(geometry.to_m)} {where} of baseline {geometry.baseline}"
        case Band():
            return f"between the baselines {' and '.join(geometry.between)}"
        case Around():
            return f"within {_distance(geometry.distance_m)} of a facility"


def _distance(metres: float) -> str:
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
