"""Who is right where the tree, in its plane, and we, on the ellipsoid, differ about a rim."""

from __future__ import annotations

import sys

import numpy as np
import shapely

from tests.bench.geofence_scene import Pairs, Scene
from tests.unit.geo import oracle

MOST = 2_000
"""More than the plane's scale of 1.3e-4 can explain in a million points."""
TOUCH_M = 0.001


def explain(scene: Scene, ours: Pairs, other: Pairs) -> str:
    """How many pairs differ; ends where geographiclib does not say that ours are the right ones."""
    differing = sorted(_coded(ours) ^ _coded(other))
    cases = {(point, zone) for point, zone, _ in differing}
    if len(cases) > MOST:
        sys.exit(f"{len(cases)} pairs differ: that is no matter of scale")
    said = {(point, zone): touched for point, zone, touched in _coded(ours)}
    for point, zone in cases:
        away = _distance(scene, point, zone)
        touched = away <= scene.radius_m[point] + TOUCH_M
        if touched != said.get((point, zone), False):
            sys.exit(f"point {point}, zone {zone}: {away:.4f} m from the boundary, and we differ")
    return f"{len(cases)} pairs differ by the plane's scale; by geodesics ours are right"


def _coded(pairs: Pairs) -> set[tuple[int, int, bool]]:
    return set(zip(pairs.point.tolist(), pairs.zone.tolist(), pairs.touched.tolist(), strict=True))


def _distance(scene: Scene, point: int, zone: int) -> float:
    ring = shapely.get_coordinates(scene.zones[zone])
    lon, lat = float(scene.lon[point]), float(scene.lat[point])
    edges = oracle.edges_of([[(x, y) for x, y in ring.tolist()]])
    reach = float(scene.radius_m[point]) + 1.0
    near = [edge for edge in edges if not oracle.clears(edge, lon, lat, reach)]
    return min((oracle.distance_to_edge_m(edge, lon, lat) for edge in near), default=np.inf)
