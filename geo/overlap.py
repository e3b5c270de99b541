"""One region's footprint against one zone: relation and share, by polygon overlay in the plane.

For sectors, areas and tracks, and for discs through whose very centre a boundary runs. The zone is
first cut to the region's box in lon/lat, where its edges are straight, then drawn into the region's
plane.
"""

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon, Polygon

from geo.density import UNIFORM, Density
from geo.footprint import Footprint, all_in_plane
from geo.polygons import polygonal
from geo.verdicts import P_DECIMALS, Relation, touch_m


def overlap(
    zone: Polygon | MultiPolygon, region: Footprint, density: Density = UNIFORM
) -> tuple[Relation, float]:
    """How `region` lies to `zone` (lon/lat, in the same turn as the region's box)."""
    return overlaps(np.array([zone], dtype=np.object_), region, density)[0]


def overlaps(
    zones: npt.NDArray[np.object_], region: Footprint, density: Density = UNIFORM
) -> list[tuple[Relation, float]]:
    """The same of many zones: of a few, each call costs more than what it is asked for."""
    answers = [(Relation.OUTSIDE, 0.0)] * zones.size
    box = shapely.box(*region.box)
    shapely.prepare(zones)
    # The box is wider than the region by more than what counts as touching.
    around = shapely.contains_properly(zones, box)
    for at in np.flatnonzero(around).tolist():
        answers[at] = (Relation.INSIDE, 1.0)
    left = np.flatnonzero(~around).tolist()
    cut = [(at, polygonal(shapely.intersection(zones[at], box))) for at in left]
    near = [(at, it) for at, it in cut if not it.is_empty]
    if not near:
        return answers
    planes = all_in_plane([it for _, it in near], region.lon, region.lat, region.reach_m)
    touch = float(touch_m(np.float64(region.reach_m)))  # type: ignore[arg-type]
    shapely.prepare(region.shape)
    touched = shapely.dwithin(region.shape, shapely.boundary(planes), touch)
    for (at, _), plane, is_touched in zip(near, planes, touched.tolist(), strict=True):
        answers[at] = _of(plane, region, density) if is_touched else _all_or_nothing(plane, region)
    return answers


def _all_or_nothing(plane: Polygon | MultiPolygon, region: Footprint) -> tuple[Relation, float]:
    """No boundary within reach: the region is all in or all out, so any of its points tells."""
    inside = plane.contains(region.shape.representative_point())
    return (Relation.INSIDE, 1.0) if inside else (Relation.OUTSIDE, 0.0)


def _of(
    plane: Polygon | MultiPolygon, region: Footprint, density: Density
) -> tuple[Relation, float]:
    held = polygonal(shapely.intersection(plane, region.shape))
    share = density.share(held, region.shape, region.lat)
    return Relation.UNDETERMINED, round(min(max(share, 0.0), 1.0), P_DECIMALS)
