"""Where: a text about a place read with what this machine knows: gazetteer, agreement.

Place on the data's way: `truceline where` → **here** → `streams.where.read_place`, which is pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import shapely

from geo.outline import area_m2, outline
from geo.shapes import Region
from services.gazetteer import load_gazetteer
from streams.agreement import Agreement, Corridor
from streams.draw import baselines_of, corridor_outline, draw, outlines
from streams.events import Text
from streams.locate import Locator, Unlocated
from streams.measure_route import MeasuredRoute, measure_routes
from streams.where.gazetteer import Gazetteer
from streams.where.read_place import Known, read_place
from streams.where.read_stretch import Route
from streams.where.reading import Place, Trouble, Unread

_KM2: Final = 1e6


@dataclass(frozen=True, slots=True)
class Seen:
    """What a place comes to: its region, drawn."""

    area_km2: float | None
    """None: the extent is not known."""
    outline: dict[str, Any] | None
    """As GeoJSON."""
    unlocated: str | None


def knowing(known: Known, agreement: Agreement) -> Known:
    """The same, and an agreement's routes and places."""
    measured = measure_routes(agreement.corridors)
    routes = tuple(_route(corridor, measured) for corridor in agreement.corridors)
    baselines = baselines_of(agreement)
    zones = [
        draw(outline.geometry, baselines, geodesic_edges=zone.edges == "geodesic")
        for zone in agreement.zones
        for outline in outlines(zone)
    ]
    roads = [
        corridor_outline(it) if it.route is None else shapely.LineString(it.route.coordinates)
        for it in agreement.corridors
    ]
    return replace(known, routes=routes, nearby=(*zones, *roads))


def _route(corridor: Corridor, measured: dict[str, MeasuredRoute]) -> Route:
    marks = measured.get(corridor.id)
    if marks is None:
        return Route(corridor.id, corridor.name, None, None)
    return Route(corridor.id, corridor.name, marks.start_km, marks.last_km)


def read_where(text: Text, known: Known) -> Place | Unread:
    """Read a text; the gazetteer is fetched from disk where a name has to be looked up, once."""
    read = read_place(text, known)
    if not isinstance(read, Unread) or read.trouble is not Trouble.NO_GAZETTEER:
        return read
    gazetteer = _gazetteer()
    return read if gazetteer is None else read_place(text, replace(known, gazetteer=gazetteer))


@lru_cache(maxsize=1)
def _gazetteer() -> Gazetteer | None:
    return load_gazetteer()


def see(place: Place, agreement: Agreement | None) -> Seen:
    """The region that a place is, as judging takes it; of a stretch by the agreement's route."""
    routes = {} if agreement is None else measure_routes(agreement.corridors)
    region = Locator(None, routes).region(place.location, ())
    if isinstance(region, Unlocated):
        return Seen(None, None, region.value)
    return Seen(area_m2(region) / _KM2, _geojson(region), None)


def _geojson(region: Region) -> dict[str, Any]:
    drawn = shapely.set_precision(shapely.normalize(outline(region)), 1e-6)
    geometry: dict[str, Any] = shapely.geometry.mapping(shapely.orient_polygons(drawn))
    return geometry


def remark(text: str, place: Place) -> str:
    """What to write into the report's `remark`, so that the reading can be made again."""
    looked_up = "; ".join(place.sources)
    return f"where: {text}" + (f" ({looked_up})" if looked_up else "")
