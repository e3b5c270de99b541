"""One region's footprint against one zone: relation and share, by polygon overlay in the plane.

For sectors, areas and tracks, and for discs through whose very centre a boundary runs. The zone is
first cut to the region's box in lon/lat, where its edges are straight, then drawn into the region's
plane.
"""

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo.density import UNIFORM, Density
from geo.footprint import Footprint, in_plane
from geo.polygons import polygonal
from geo.verdicts import P_DECIMALS, Relation, touch_m


def overlap(
    zone: Polygon | MultiPolygon, region: Footprint, density: Density = UNIFORM
) -> tuple[Relation, float]:
    """How `region` lies to `zone` (lon/lat, in the same turn as the region's box)."""
    near = polygonal(shapely.intersection(zone, shapely.box(*region.box)))
    if near.is_empty:
        return Relation.OUTSIDE, 0.0
    plane = in_plane(near, region.lon, region.lat, region.reach_m)
    touch = float(touch_m(np.float64(region.reach_m)))  # type: ignore[arg-type]
    if not shapely.dwithin(plane.boundary, region.shape, touch):
        # No boundary within reach: the region is all in or all out, so any of its points tells.
        anywhere = region.shape.representative_point()
        inside = plane.contains(anywhere)
        return (Relation.INSIDE, 1.0) if inside else (Relation.OUTSIDE, 0.0)
    held = polygonal(shapely.intersection(plane, region.shape))
    share = density.share(held, region.shape, region.lat)
    return Relation.UNDETERMINED, round(min(max(share, 0.0), 1.0), P_DECIMALS)
