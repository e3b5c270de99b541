"""A region that is no plain circle, drawn in its local plane, with the lon/lat box that holds it.

Arcs become chords of 0.2° whose vertices are moved out just enough to keep the area exact; the
outline is then within 1e-6 of the arc's radius. Widening by an accuracy draws its rounded corners
in 1° steps: within 4e-5 of that accuracy.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon

from geo.densify import Ints, densified
from geo.ellipsoid import Floats, reach_half_degrees
from geo.errors import EmptyRegionError
from geo.polygons import all_rebuilt, polygonal
from geo.projection import plane_radius, project
from geo.shapes import Area, Circle, Gaussian, Region, Sector, Sectors, Track, unwrapped_longitudes
from geo.verdicts import CHORD_SHARE

# A track between its positions is straight in lon/lat, drawn to this.
_TRACK_ERROR_M = 0.01
_ARC_STEP_DEG = 0.2
_QUARTER_STEPS = 90
# The box is drawn so much larger than the region that its sides, drawn in chords, never touch it.
_BOX_PAD_M = 0.1
_BOX_PAD_SHARE = 3e-6


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """`shape` in metres in the plane about (`lon`, `lat`); `box` (west, south, east, north)."""

    lon: float
    lat: float
    shape: Polygon | MultiPolygon
    box: tuple[float, float, float, float]
    reach_m: float

    def turned(self, degrees: float) -> "Footprint":
        """The same footprint with its longitudes `degrees` farther east."""
        west, south, east, north = self.box
        box = (west + degrees, south, east + degrees, north)
        return replace(self, lon=self.lon + degrees, box=box)


def footprint(region: Region) -> Footprint:
    """The region's outline in its own plane."""
    match region:
        case Circle() | Gaussian():
            return circle_footprint(region.lon, region.lat, region.reach_m)
        case Sectors():
            return _of_sectors(region)
        case Area():
            return _of_area(region)
        case Track():
            return _of_track(region)


def circle_footprint(lon: float, lat: float, radius_m: float) -> Footprint:
    """A circle as a polygon; `lon` may lie outside ±180."""
    disc = Sector(bearing_deg=None, half_width_deg=180, min_m=0, max_m=radius_m)
    return _about(lon, lat, polygonal(_sector(lat, disc)), radius_m)


def _of_sectors(region: Sectors) -> Footprint:
    union = shapely.union_all([_sector(region.lat, sector) for sector in region.sectors])
    return _about(region.lon, region.lat, _widened(union, region.accuracy_m), region.reach_m)


def _of_area(region: Area) -> Footprint:
    geometry = polygonal(shapely.transform(region.geometry, _continuous))
    west, south, east, north = geometry.bounds
    lon, lat = (west + east) / 2, (south + north) / 2
    shape = in_plane(geometry, lon, lat, _reach(lon, lat, shapely.get_coordinates(geometry)))
    return _boxed(lon, lat, shape, (west, south, east, north), 0.0)


def _of_track(region: Track) -> Footprint:
    points = _continuous(np.asarray(region.points, dtype=np.float64))
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    lon, lat = float((west + east) / 2), float((south + north) / 2)
    box = (float(west), float(south), float(east), float(north))
    wide = _widened(_line(points, lon, lat), region.accuracy_m)
    return _boxed(lon, lat, wide, box, region.accuracy_m)


def track_line(region: Track, lon: float, lat: float) -> LineString | Point:
    """The track's own line in the plane of its footprint's centre; a point where it stood still."""
    return _line(_continuous(np.asarray(region.points, dtype=np.float64)), lon, lat)


def in_plane(
    geometry: Polygon | MultiPolygon, lon: float, lat: float, reach_m: float
) -> Polygon | MultiPolygon:
    """A lon/lat polygon in the plane about (`lon`, `lat`), its chords within 2e-7 of the reach."""
    return all_in_plane([geometry], lon, lat, reach_m)[0]


def all_in_plane(
    geometries: Sequence[Polygon | MultiPolygon], lon: float, lat: float, reach_m: float
) -> list[Polygon | MultiPolygon]:
    """The same of many, none of them empty."""

    def drawn(coords: Floats, ring: Ints) -> tuple[Floats, Ints]:
        dense, of = densified(coords, ring, reach_m, CHORD_SHARE * reach_m)
        return _projected(dense, lon, lat), of

    planes = all_rebuilt(geometries, drawn)
    # Two edges closer than the chords' error may cross in the plane.
    return [it if it.is_valid else polygonal(shapely.make_valid(it)) for it in planes]


def _projected(coords: Floats, lon: float, lat: float) -> Floats:
    lon0, lat0 = np.full(len(coords), lon), np.full(len(coords), lat)
    x, y = project(lon0, lat0, coords[:, 0].copy(), coords[:, 1].copy())
    return np.stack([x, y], axis=1)


def _continuous(coords: Floats) -> Floats:
    return np.stack([unwrapped_longitudes(coords[:, 0]), coords[:, 1]], axis=1)


def _line(points: Floats, lon: float, lat: float) -> LineString | Point:
    ring = np.zeros(len(points), dtype=np.int64)
    dense, _ = densified(points, ring, _reach(lon, lat, points), _TRACK_ERROR_M)
    plane = _projected(dense, lon, lat)
    if (plane == plane[0]).all():
        return Point(plane[0])
    return LineString(plane)


def _reach(lon: float, lat: float, coords: Floats) -> float:
    return float(np.hypot(*_projected(coords, lon, lat).T).max())


def _sector(lat: float, sector: Sector) -> Polygon | LineString:
    """One sector about the origin; a line where its range is one distance."""
    inner, outer = (
        float(plane_radius(np.float64(lat), np.float64(d)))  # type: ignore[arg-type]
        for d in (sector.min_m, sector.max_m)
    )
    half = 180.0 if sector.all_round else sector.half_width_deg
    middle = 0.0 if sector.bearing_deg is None else sector.bearing_deg
    count = math.ceil(2 * half / _ARC_STEP_DEG)
    angle = np.radians(middle + np.linspace(-half, half, count + 1))
    step = math.radians(2 * half / count)
    unit = np.stack([np.sin(angle), np.cos(angle)], axis=1) * math.sqrt(step / math.sin(step))
    if sector.all_round:
        unit[-1] = unit[0]
    if inner == outer:
        return LineString(unit * outer)
    if sector.all_round:
        return Polygon(unit * outer, [unit * inner] if inner > 0 else None)
    back = unit[::-1] * inner if inner > 0 else np.zeros((1, 2))
    return Polygon(np.concatenate([unit * outer, back]))


def _widened(shape: shapely.Geometry, by_m: float) -> Polygon | MultiPolygon:
    if by_m > 0:
        shape = shapely.buffer(shape, by_m, quad_segs=_QUARTER_STEPS)
    wide = polygonal(shape)
    if wide.area == 0:
        raise EmptyRegionError("the region has no area")
    return wide


def _about(lon: float, lat: float, shape: Polygon | MultiPolygon, reach_m: float) -> Footprint:
    return _boxed(lon, lat, shape, (lon, lat, lon, lat), reach_m)


def _boxed(
    lon: float,
    lat: float,
    shape: Polygon | MultiPolygon,
    box: tuple[float, float, float, float],
    margin_m: float,
) -> Footprint:
    """The footprint with `box` widened by `margin_m` metres and a little, on every side."""
    reach = float(np.hypot(*shapely.get_coordinates(shape).T).max())
    pad = margin_m + _BOX_PAD_M + _BOX_PAD_SHARE * reach
    west, south, east, north = box
    widest = np.array([max(abs(south), abs(north))])
    (dlon,), (dlat,) = (half.tolist() for half in reach_half_degrees(widest, np.array([pad])))
    wider = (west - dlon, south - dlat, east + dlon, north + dlat)
    return Footprint(lon, lat, shape, wider, reach)
