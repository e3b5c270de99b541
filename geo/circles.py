"""Circles and Gaussians against zones, in bulk: both are discs, of another density each.

1. Boxes that surely hold the circles, against the tree of the zones' boxes: candidate pairs.
2. Is the centre inside? By the zone's own definition, straight edges in lon/lat: exact.
3. Does an edge come near? Nearly every pair has none within the circle's box: settled by 2.
The others go to `circle_area`, and what that can't decide (a boundary through the very centre)
to `overlap`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.circle_area import circle_shares
from geo.densify import Ints
from geo.density import GAUSSIAN, UNIFORM, Density
from geo.ellipsoid import Floats, reach_half_degrees
from geo.footprint import circle_footprint
from geo.overlap import overlap
from geo.shapes import RegionBatch
from geo.verdicts import P_DECIMALS, Pairs, relations, touch_m
from geo.zones import ZoneSet

# Circles smaller than this are exact points.
POINT_RADIUS_M = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class CirclePairs:
    """Candidate (circle, zone) pairs as columns; `lon` is in the zone set's turn (up to 540)."""

    row: Ints
    zone: Ints
    lon: Floats
    lat: Floats
    radius_m: Floats
    gaussian: npt.NDArray[np.bool_]

    def only(self, which: npt.NDArray[np.bool_]) -> "CirclePairs":
        """The pairs where `which` holds."""
        return CirclePairs(
            self.row[which],
            self.zone[which],
            self.lon[which],
            self.lat[which],
            self.radius_m[which],
            self.gaussian[which],
        )


def contain_circles(zones: ZoneSet, batch: RegionBatch) -> list[Pairs]:
    """Answers for all circles of `batch`, every candidate pair once."""
    pairs = _candidates(zones, batch)
    inside = shapely.contains_xy(zones.geometries[pairs.zone], pairs.lon, pairs.lat)
    point = pairs.radius_m < POINT_RADIUS_M
    found = [_points(zones, pairs.only(point), inside[point])]
    for density, its_own in ((UNIFORM, ~pairs.gaussian), (GAUSSIAN, pairs.gaussian)):
        disc = its_own & ~point
        found.extend(_discs(zones, pairs.only(disc), inside[disc], density))
    return found


def _candidates(zones: ZoneSet, batch: RegionBatch) -> CirclePairs:
    """Pairs whose boxes meet, sorted by zone, in whichever turn of longitude they do."""
    reach = batch.circle_radius_m + 2 * touch_m(batch.circle_radius_m)
    dlon, dlat = reach_half_degrees(batch.circle_lat, reach)
    turns = [_turn(zones, batch, dlon, dlat, turn) for turn in (-360.0, 0.0, 360.0)]
    columns = (np.concatenate(column) for column in zip(*turns, strict=True))
    circle, zone, lon = columns
    order = np.argsort(zone, kind="stable")  # a prepared zone stays in the cache
    circle, zone, lon = circle[order], zone[order], lon[order]
    return CirclePairs(
        batch.circle_row[circle],
        zone,
        lon,
        batch.circle_lat[circle],
        batch.circle_radius_m[circle],
        batch.circle_gaussian[circle],
    )


def _turn(
    zones: ZoneSet, batch: RegionBatch, dlon: Floats, dlat: Floats, turn: float
) -> tuple[Ints, Ints, Floats]:
    """Candidates with all circles moved by `turn` degrees of longitude: circle, zone, longitude."""
    lon, lat = batch.circle_lon + turn, batch.circle_lat
    west, south, east, north = zones.bounds
    with np.errstate(invalid="ignore"):
        meets = (lon + dlon >= west) & (lon - dlon <= east)
        meets &= (lat + dlat >= south) & (lat - dlat <= north)
    at = np.flatnonzero(meets)
    boxes = shapely.box((lon - dlon)[at], (lat - dlat)[at], (lon + dlon)[at], (lat + dlat)[at])
    circle, zone = zones.tree.query(boxes)
    circle = at[circle]
    return circle, zone.astype(np.int64), lon[circle]


def _points(zones: ZoneSet, pairs: CirclePairs, inside: npt.NDArray[np.bool_]) -> Pairs:
    """Exact points: undetermined, p 0.5, on the boundary and nowhere else."""
    closed = shapely.intersects_xy(zones.geometries[pairs.zone], pairs.lon, pairs.lat)
    on_boundary = closed & ~inside
    p = np.where(on_boundary, 0.5, np.float64(1) * inside)
    return Pairs(pairs.row, pairs.zone, relations(inside, on_boundary), p)


def _discs(
    zones: ZoneSet, pairs: CirclePairs, inside: npt.NDArray[np.bool_], density: Density
) -> list[Pairs]:
    """Discs of one density: settled where no edge is near, otherwise by their exact share."""
    shares = circle_shares(
        zones.edges, pairs.zone, pairs.lon, pairs.lat, pairs.radius_m, inside, density
    )
    p = np.where(shares.touched, shares.p_inside, inside.astype(np.float64))
    clear = ~shares.through_centre
    return [
        Pairs(
            pairs.row[clear],
            pairs.zone[clear],
            relations(inside[clear], shares.touched[clear]),
            np.asarray(np.round(p[clear], P_DECIMALS)),
        ),
        _through_centres(zones, pairs.only(shares.through_centre), density),
    ]


def _through_centres(zones: ZoneSet, pairs: CirclePairs, density: Density) -> Pairs:
    """Pairs whose boundary runs within micrometres of the centre: by polygon overlay."""
    answers = [
        overlap(zones.geometries[zone], circle_footprint(lon, lat, radius_m), density)
        for zone, lon, lat, radius_m in zip(
            pairs.zone, pairs.lon, pairs.lat, pairs.radius_m, strict=True
        )
    ]
    return Pairs(
        pairs.row,
        pairs.zone,
        np.array([relation for relation, _ in answers], dtype=np.uint8),
        np.array([p for _, p in answers], dtype=np.float64),
    )
