"""The surroundings of a place: its zones cut to a box around it, and drawn in metres.

The plane is azimuthal and equidistant about the place, by geodesics (PROJ's own projection of that
name puts all within 0.6 mm of its centre onto it). Distances between points within d of the place
are true to d²/6R²: 0.05 mm in 500 m at 5 km. Edges, straight in lon/lat, are cut into chords
until none lies farther than `SAG_M` from the edge that it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely import Geometry

from tests.exact.worlds import Place, World, Zone

Floats = npt.NDArray[np.float64]

WGS84 = Geod(ellps="WGS84")
RADIUS_MAX_M = 500.0
"""Of the circles drawn here."""
MARGIN_M = 600.0
SAG_M = 2e-5
BLUR_M = 2e-4
"""What the plane and the chords together can be wrong by in a distance of up to `RADIUS_MAX_M`."""
_COARSEST_DEG = 0.03
"""Of latitude; as many metres along a parallel."""


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Zones near one place: whole, and their boundaries nearby in metres.

    `index` says which of the world's zones each is.
    """

    place: Place
    index: tuple[int, ...]
    zones: tuple[Zone, ...]
    near: tuple[Geometry, ...]
    """The boundary nearby, lon/lat degrees, no side of the box in it."""
    plane: tuple[Geometry, ...]
    """The same, metres."""


def surroundings(world: World, place: Place) -> Surroundings:
    """What lies within reach of the reports around one of the world's places."""
    lon, lat = place
    reach = world.reach_m + RADIUS_MAX_M + MARGIN_M
    dlat = reach / 110_500
    dlon = reach / (111_320 * np.cos(np.radians(abs(lat) + dlat)))
    window = shapely.box(lon - dlon, lat - dlat, lon + dlon, lat + dlat)
    index = [i for i, zone in enumerate(world.drawn) if shapely.intersects(zone.envelope, window)]
    zones = tuple(world.drawn[i] for i in index)
    near = tuple(shapely.intersection(zone.boundary, window) for zone in zones)
    plane = tuple(_in_plane(part, place) for part in near)
    return Surroundings(place, tuple(index), zones, near, plane)


def equidistant(place: Place, coords: Floats) -> Floats:
    """Metres east and north of a place, float64[n, 2] from lon/lat float64[n, 2]."""
    at = np.full(len(coords), place[0]), np.full(len(coords), place[1])
    azimuth, _, away = WGS84.inv(*at, coords[:, 0], coords[:, 1])
    angle = np.radians(azimuth)
    return np.stack([away * np.sin(angle), away * np.cos(angle)], axis=1)


def _in_plane(lines: Geometry, place: Place) -> Geometry:
    """Lines straight in lon/lat, in metres, cut as finely as `SAG_M` asks."""
    narrow = np.cos(np.radians(place[1]))
    even = shapely.transform(lines, lambda c: c * [narrow, 1])
    step = _COARSEST_DEG
    while True:
        fine = shapely.transform(shapely.segmentize(even, step), lambda c: c / [narrow, 1])
        coords, line = shapely.get_coordinates(shapely.get_parts(fine), return_index=True)
        start = np.flatnonzero(line[:-1] == line[1:])
        middle = (coords[start] + coords[start + 1]) / 2
        ends = equidistant(place, coords)
        sag = equidistant(place, middle) - (ends[start] + ends[start + 1]) / 2
        worst = np.hypot(*sag.T).max(initial=0.0)
        if worst <= SAG_M:
            plane = shapely.set_coordinates(fine, ends)
            shapely.prepare(plane)
            return plane
        # A chord's sag goes with the square of its length.
        step *= max(0.9 * float(np.sqrt(SAG_M / worst)), 0.01)
