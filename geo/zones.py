"""The zones of one agreement version, ready to be asked: built once, never changed.

An edge is straight in lon/lat (RFC 7946) unless the zone says its edges are geodesic; then it is
densified here, so that everything after sees one definition. A zone cut at ±180° is put together
again on a continuous longitude (its western parts move to 180…360), so the cut is no boundary.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon, STRtree

from geo.densify import Ints, geodesic_densified
from geo.edges import EdgeTable
from geo.ellipsoid import Floats
from geo.errors import DuplicateZoneError, InvalidZoneError, ZoneTooWideError
from geo.polygons import polygonal, rebuilt

if TYPE_CHECKING:
    from geo.grid import Grid  # not before there is one: it brings the compiler with it

# How far a densified geodesic edge may lie from the true geodesic.
GEODESIC_EDGE_ERROR_M = 0.01
_HALF_TURN_DEG = 180.0


@dataclass(frozen=True, slots=True)
class ZoneShape:
    """One zone's outline, lon/lat degrees, with how its edges are to be read."""

    id: str
    geometry: Polygon | MultiPolygon
    geodesic_edges: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ZoneSet:
    """Zones by index, in the order given, with what the containment stage asks of them.

    `geometries` object[z]; `tree` over their boxes; `edges` their directed edges;
    `bounds` (min lon, min lat, max lon, max lat) of all, east up to 540; `grid` changes no answer,
    only how fast it comes (`geo.grid.gridded`).
    """

    ids: tuple[str, ...]
    geometries: npt.NDArray[np.object_]
    tree: STRtree
    edges: EdgeTable
    bounds: tuple[float, float, float, float]
    grid: "Grid | None" = None

    @classmethod
    def build(cls, zones: Iterable[ZoneShape]) -> "ZoneSet":
        """The set of `zones`.

        Raises:
            InvalidZoneError: a geometry is empty, invalid or out of range.
            ZoneTooWideError: a zone spans more than 180° of longitude.
            DuplicateZoneError: two zones share an id.
        """
        shapes = tuple(zones)
        ids = tuple(shape.id for shape in shapes)
        twice = [zone_id for zone_id, count in Counter(ids).items() if count > 1]
        if twice:
            raise DuplicateZoneError(f"two zones are called {twice[0]!r}")
        geometries = np.empty(len(shapes), dtype=np.object_)
        for i, shape in enumerate(shapes):
            geometries[i] = read_zone(shape)
        bounds = shapely.total_bounds(geometries) if shapes else np.zeros(4)
        west, south, east, north = (float(v) for v in bounds)
        return cls(
            ids=ids,
            geometries=geometries,
            tree=STRtree(geometries),
            edges=EdgeTable.of(geometries),
            bounds=(west, south, east, north),
        )

    def __len__(self) -> int:
        return len(self.ids)


def read_zone(shape: ZoneShape) -> Polygon | MultiPolygon:
    """The zone's geometry as this package reads it: checked, densified, whole, oriented.

    Raises:
        InvalidZoneError: the geometry is empty, invalid or out of range.
        ZoneTooWideError: it spans more than 180° of longitude.
    """
    geometry = shape.geometry
    _require_valid(shape.id, geometry)
    if shape.geodesic_edges:
        geometry = rebuilt(geometry, _along_geodesics)
        _require_valid(shape.id, geometry)
    geometry = _joined_at_antimeridian(shape.id, geometry)
    return _oriented(geometry)


def _oriented(geometry: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """Exteriors counter-clockwise, holes clockwise; the very same geometry where it is so."""
    oriented = shapely.orient_polygons(geometry, exterior_cw=False)
    return geometry if shapely.equals_identical(geometry, oriented) else oriented


def _require_valid(zone_id: str, geometry: Polygon | MultiPolygon) -> None:
    if not isinstance(geometry, Polygon | MultiPolygon) or geometry.is_empty:
        raise InvalidZoneError(f"zone {zone_id!r} is not a polygon with extent")
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        raise InvalidZoneError(f"zone {zone_id!r} is invalid: {reason}")
    west, south, east, north = geometry.bounds
    if west < -_HALF_TURN_DEG or east > _HALF_TURN_DEG or south < -90 or north > 90:
        raise InvalidZoneError(f"zone {zone_id!r} leaves lon ±180, lat ±90")


def _along_geodesics(coords: Floats, ring: Ints) -> tuple[Floats, Ints]:
    return geodesic_densified(coords, ring, GEODESIC_EDGE_ERROR_M)


def _joined_at_antimeridian(
    zone_id: str, geometry: Polygon | MultiPolygon
) -> Polygon | MultiPolygon:
    """Parts west of 0 moved east by a turn and joined, where the zone is wider than 180°."""
    if _width(geometry) <= _HALF_TURN_DEG:
        return geometry
    parts = [_moved_east(p) if p.bounds[2] <= 0 else p for p in shapely.get_parts(geometry)]
    whole = polygonal(shapely.union_all(parts))
    if _width(whole) > _HALF_TURN_DEG:
        raise ZoneTooWideError(f"zone {zone_id!r} spans more than 180° of longitude")
    return whole


def _moved_east(part: Polygon) -> shapely.Geometry:
    return shapely.transform(part, lambda coords: coords + np.array([360.0, 0.0]))


def _width(geometry: Polygon | MultiPolygon) -> float:
    west, _, east, _ = geometry.bounds
    return float(east - west)
