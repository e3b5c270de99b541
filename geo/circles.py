"""Circles and Gaussians against zones, in bulk: both are discs, of another density each.

1. Candidate pairs: from the zone set's grid, which also says which of them are surely inside; or,
   for large circles and sets without a grid, from boxes that surely hold the circles
   against the tree of the zones' boxes. What is left open goes on, by zone:
2. Is the centre inside? By the zone's own definition, straight edges in lon/lat: exact.
3. Does an edge come near? Nearly every pair has none within the circle's box: settled by 2.
The others go to `circle_area`, and what that can't decide (a boundary through the very centre)
to `overlap`. Steps 2 and 3 are the same for both ways, and so are the answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

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
from geo.times import Times
from geo.verdicts import P_DECIMALS, POINT_RADIUS_M, UNSETTLED, Pairs, relations, touch_m
from geo.zones import ZoneSet

if TYPE_CHECKING:
    from geo.grid import Grid  # not before there is one: it brings the compiler with it

# From the first circle on: the tree costs some fifty calls of NumPy and Shapely, whatever is asked.
GRID_FROM = 1


class Columns(NamedTuple):
    """Circles as columns."""

    row: Ints
    lon: Floats
    lat: Floats
    radius_m: Floats
    gaussian: npt.NDArray[np.bool_]

    def only(self, which: npt.NDArray[np.bool_]) -> "Columns":
        """The circles where `which` holds."""
        return Columns(
            self.row[which],
            self.lon[which],
            self.lat[which],
            self.radius_m[which],
            self.gaussian[which],
        )


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


def contain_circles(
    zones: ZoneSet, batch: RegionBatch, times: Times | None = None
) -> Iterator[Pairs]:
    """Answers for all circles of `batch`, every candidate pair that `times` leaves once."""
    columns = Columns(
        batch.circle_row,
        batch.circle_lon,
        batch.circle_lat,
        batch.circle_radius_m,
        batch.circle_gaussian,
    )
    if zones.grid is not None and columns.row.size >= GRID_FROM:
        if zones.grid.serves_all(columns.lat, columns.radius_m):
            yield from _by_grid(zones, zones.grid, columns, times)
            return
        served = zones.grid.serves(columns.lat, columns.radius_m)
        yield from _by_grid(zones, zones.grid, columns.only(served), times)
        columns = columns.only(~served)
    if columns.row.size:
        pairs = _candidates(zones, columns)
        if times is not None:
            pairs = pairs.only(times.meet(pairs.row, pairs.zone))
        yield Pairs(pairs.row, pairs.zone, *_exact(zones, pairs))


def _by_grid(
    zones: ZoneSet, grid: "Grid", circles: Columns, times: Times | None
) -> Iterator[Pairs]:
    """The pairs that the grid leaves, by circle and zone; those it leaves open decided exactly."""
    from geo.settle import Answers, Discs, settle  # noqa: PLC0415 (it brings the compiler with it)

    row, lon, lat, radius_m, gaussian = circles
    for turn, every in grid.candidates(lon, lat, radius_m):
        found = every
        if times is not None:
            found = every.only(times.meet(row[every.circle], every.zone))
        relation, p = found.relation, np.ones(found.zone.size)
        left = np.flatnonzero(relation == UNSETTLED)
        discs, answers = (
            Discs(lon, lat, radius_m, gaussian, turn),
            Answers(found.circle, found.entry, relation, p),
        )
        left = settle(zones.edges, grid.lattice, discs, answers, left)
        if left.size:
            at, zone = found.circle[left], found.zone[left].astype(np.int64)
            pairs = CirclePairs(row[at], zone, lon[at] + turn, lat[at], radius_m[at], gaussian[at])
            relation[left], p[left] = _exact(zones, pairs)
        yield Pairs(row[found.circle], found.zone, relation, p)


def _exact(zones: ZoneSet, pairs: CirclePairs) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Relation and share of each pair, by what needs no compiler: the answer to go by.

    What no pair needs is left out: of a few reports that is most of it, and a call of NumPy's costs
    the same for none as for a hundred.
    """
    geometries = zones.geometries[pairs.zone]
    shapely.prepare(geometries)  # those that are not yet: most are never asked
    inside = shapely.contains_xy(geometries, pairs.lon, pairs.lat)
    relation, p = np.empty(inside.size, dtype=np.uint8), np.empty(inside.size)
    point = pairs.radius_m < POINT_RADIUS_M
    if point.any():
        relation[point], p[point] = _points(zones, pairs.only(point), inside[point])
    for density, its_own in ((UNIFORM, ~pairs.gaussian), (GAUSSIAN, pairs.gaussian)):
        disc = its_own & ~point
        if disc.any():
            relation[disc], p[disc] = _discs(zones, pairs.only(disc), inside[disc], density)
    return relation, p


def _candidates(zones: ZoneSet, circles: Columns) -> CirclePairs:
    """Pairs whose boxes meet, sorted by zone, in whichever turn of longitude they do."""
    row, lon, lat, radius_m, gaussian = circles
    dlon, dlat = reach_half_degrees(lat, radius_m + 2 * touch_m(radius_m))
    turns = [_turn(zones, lon + turn, lat, dlon, dlat) for turn in (-360.0, 0.0, 360.0)]
    circle, zone, lon = (np.concatenate(column) for column in zip(*turns, strict=True))
    order = np.argsort(zone, kind="stable")  # a prepared zone stays in the cache
    circle, zone, lon = circle[order], zone[order], lon[order]
    return CirclePairs(row[circle], zone, lon, lat[circle], radius_m[circle], gaussian[circle])


def _turn(
    zones: ZoneSet, lon: Floats, lat: Floats, dlon: Floats, dlat: Floats
) -> tuple[Ints, Ints, Floats]:
    """Candidates of the circles' boxes as they are turned: circle, zone, longitude."""
    west, south, east, north = zones.bounds
    with np.errstate(invalid="ignore"):
        meets = (lon + dlon >= west) & (lon - dlon <= east)
        meets &= (lat + dlat >= south) & (lat - dlat <= north)
    at = np.flatnonzero(meets)
    if not at.size:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
    boxes = shapely.box((lon - dlon)[at], (lat - dlat)[at], (lon + dlon)[at], (lat + dlat)[at])
    circle, zone = zones.tree.query(boxes)
    circle = at[circle]
    return circle, zone.astype(np.int64), lon[circle]


def _points(
    zones: ZoneSet, pairs: CirclePairs, inside: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Exact points: undetermined, p 0.5, on the boundary and nowhere else."""
    closed = shapely.intersects_xy(zones.geometries[pairs.zone], pairs.lon, pairs.lat)
    on_boundary = closed & ~inside
    p = np.where(on_boundary, 0.5, np.float64(1) * inside)
    return relations(inside, on_boundary), p


def _discs(
    zones: ZoneSet, pairs: CirclePairs, inside: npt.NDArray[np.bool_], density: Density
) -> tuple[npt.NDArray[np.uint8], Floats]:
    """Discs of one density: settled where no edge is near, otherwise by their exact share."""
    shares = circle_shares(
        zones.edges, pairs.zone, pairs.lon, pairs.lat, pairs.radius_m, inside, density
    )
    relation = relations(inside, shares.touched)
    p = np.where(shares.touched, shares.p_inside, inside.astype(np.float64))
    p = np.asarray(np.round(p, P_DECIMALS))
    # The boundary runs within micrometres of the centre: by polygon overlay.
    for at in np.flatnonzero(shares.through_centre).tolist():
        drawn = circle_footprint(*(float(c[at]) for c in (pairs.lon, pairs.lat, pairs.radius_m)))
        relation[at], p[at] = overlap(zones.geometries[pairs.zone[at]], drawn, density)
    return relation, p
