"""What the geofencing bench asks about: the wavy zones, and points drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from tests.bench.wavy_zones import HEIGHT_DEG, SOUTH, WEST, WIDTH_DEG, make_rings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Geometries = npt.NDArray[np.object_]

SMALLEST_M, LARGEST_M = 10.0, 250.0


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Zones and points, lon/lat degrees; `radius_m` is each point's accuracy."""

    zones: Geometries
    lon: Floats
    lat: Floats
    radius_m: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Answers by rising point and zone; `touched`: the zone's boundary is within the accuracy."""

    point: Ints
    zone: Ints
    touched: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, point: object, zone: object, touched: object = False) -> Pairs:
        """The pairs in order, whatever order they came in."""
        rows, zones = np.asarray(point, np.int64), np.asarray(zone, np.int64)
        order = np.lexsort((zones, rows))
        flags = np.broadcast_to(np.asarray(touched, np.bool_), rows.shape)
        return cls(rows[order], zones[order], flags[order])


def make_scene(zones: int, points: int, seed: int = 1) -> Scene:
    """The same scene for the same numbers."""
    draw = np.random.default_rng([seed, zones])
    return Scene(
        zones=np.array([shapely.Polygon(ring) for ring in make_rings(zones)], dtype=np.object_),
        lon=draw.uniform(WEST, WEST + WIDTH_DEG, points),
        lat=draw.uniform(SOUTH, SOUTH + HEIGHT_DEG, points),
        radius_m=draw.uniform(SMALLEST_M, LARGEST_M, points),
    )


def to_metres() -> Transformer:
    """Equal-area metres about the middle of the field: true to 1.3e-4 at its corners."""
    middle = f"+lat_0={SOUTH + HEIGHT_DEG / 2} +lon_0={WEST + WIDTH_DEG / 2}"
    return Transformer.from_crs("EPSG:4326", f"+proj=laea {middle} +ellps=WGS84", always_xy=True)
