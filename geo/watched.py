"""Watched: how much of a zone lies within reach of those who watch.

Behind the fold of coverage. A zone is drawn once in the equal-area plane about the middle of its
box; discs and outlines are laid over it there. Areas are true ones; a disc that far from the
middle is a circle to s² / 8R² (8e-6 at 50 km, 8e-4 at 500 km; `projection`). Discs are drawn with
64 corners, moved out just so far that the area is exact; the rim is within 2e-3 of the radius.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon

from geo.ellipsoid import Floats, reach_half_degrees
from geo.errors import EmptyRegionError
from geo.footprint import footprint, in_plane
from geo.polygons import polygonal
from geo.projection import project, unproject
from geo.shapes import Area, Sectors

Objects = npt.NDArray[np.object_]
_QUARTER_STEPS = 16
_STEP = math.pi / 2 / _QUARTER_STEPS
_MOVED_OUT = math.sqrt(_STEP / math.sin(_STEP))


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A zone in the plane about (`lon`, `lat`), metres; its box is twice `half_lon` wide."""

    lon: float
    lat: float
    half_lon: float
    half_lat: float
    shape: Polygon | MultiPolygon
    area_m2: float

    @classmethod
    def of(cls, zone: Polygon | MultiPolygon) -> "Ground":
        """`zone` lon/lat on a continuous longitude, as `ZoneSet` has it."""
        west, south, east, north = zone.bounds
        lon, lat = (west + east) / 2, (south + north) / 2
        corners = shapely.get_coordinates(zone)
        x, y = _projected(corners[:, 0], corners[:, 1], lon, lat)
        shape = in_plane(zone, lon, lat, float(np.hypot(x, y).max()))
        shapely.prepare(shape)
        return cls(lon, lat, (east - west) / 2, (north - south) / 2, shape, shape.area)

    def may_reach(self, lon: Floats, lat: Floats, radius_m: float) -> bool:
        """Whether the zone's box can lie within `radius_m` of any of these positions."""
        middle_lon, middle_lat = (lon.min() + lon.max()) / 2, (lat.min() + lat.max()) / 2
        widest = np.array([np.abs(lat).max()])
        (dlon,), (dlat,) = reach_half_degrees(widest, np.array([radius_m]))
        apart = abs((middle_lon - self.lon + 180.0) % 360.0 - 180.0)
        reaches_lon = apart <= self.half_lon + (lon.max() - lon.min()) / 2 + dlon
        apart = abs(middle_lat - self.lat)
        return bool(reaches_lon and apart <= self.half_lat + (lat.max() - lat.min()) / 2 + dlat)

    def discs(self, lon: Floats, lat: Floats, radius_m: float) -> Objects:
        """What of the zone lies within `radius_m` of each position; empty where nothing does."""
        x, y = _projected(lon, lat, self.lon, self.lat)
        spots = np.asarray(shapely.points(x, y))
        # Most of a zone's edges are far from any one patrol: what is cut is cut of a small piece.
        west, south, east, north = shapely.total_bounds(spots).tolist()
        wider = 2 * radius_m
        box = shapely.box(west - wider, south - wider, east + wider, north + wider)
        near = shapely.intersection(self.shape, box)
        shown = np.full(len(spots), Polygon(), dtype=np.object_)
        if near.is_empty:
            return shown
        shapely.prepare(near)
        rim_m = radius_m * _MOVED_OUT
        reached = np.flatnonzero(shapely.dwithin(near, spots, rim_m))
        discs = np.asarray(shapely.buffer(spots[reached], rim_m, quad_segs=_QUARTER_STEPS))
        whole = shapely.contains_properly(near, discs)
        discs[~whole] = shapely.intersection(discs[~whole], near)
        shown[reached] = discs
        return shown

    def outline(self, outline: Polygon | MultiPolygon) -> shapely.Geometry:
        """What of the zone lies within an outline, lon/lat on a continuous longitude."""
        west, _, east, _ = outline.bounds
        turn = 360.0 * round((self.lon - (west + east) / 2) / 360.0)
        turned = polygonal(shapely.transform(outline, lambda c: c + np.array([turn, 0.0])))
        corners = shapely.get_coordinates(turned)
        x, y = _projected(corners[:, 0], corners[:, 1], self.lon, self.lat)
        plane = in_plane(turned, self.lon, self.lat, float(np.hypot(x, y).max()))
        return shapely.intersection(self.shape, plane)

    def shares(self, parts: Objects) -> Floats:
        """Of how much of the zone each of these parts of it is, 0 to 1."""
        return np.minimum(1.0, shapely.area(parts) / self.area_m2)


def seen_outline(region: Area | Sectors, uncertain_m: float) -> Polygon | MultiPolygon | None:
    """What is in sight whatever the observer's true position: lon/lat; None: nothing is for sure.

    `uncertain_m`: how far the reported position may be off; the outline draws in by as much.
    """
    try:
        drawn = footprint(region)
    except EmptyRegionError:
        return None  # a sight of one single distance: it is a line, and shows no ground
    shape = polygonal(drawn.shape.buffer(-uncertain_m)) if uncertain_m else drawn.shape
    if shape.is_empty:
        return None

    def back(coords: Floats) -> Floats:
        x, y = np.ascontiguousarray(coords[:, 0]), np.ascontiguousarray(coords[:, 1])
        return np.stack(unproject(drawn.lon, drawn.lat, x, y), axis=1)

    return polygonal(shapely.make_valid(shapely.transform(shape, back)))


def _projected(lon: Floats, lat: Floats, lon0: float, lat0: float) -> tuple[Floats, Floats]:
    centre = np.full(len(lon), lon0), np.full(len(lon), lat0)
    return project(*centre, np.ascontiguousarray(lon), np.ascontiguousarray(lat))
