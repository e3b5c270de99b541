"""Which zones hold which regions: inside, undetermined with a share, or (left out) outside.

Between locate and judge. A region and a zone are taken with their boundaries: touching is
undetermined, with p 0 (or 1) where the touch has no area. So a verdict looks at the relation and
takes p only where it is undetermined. The answer for a (region, zone) pair never depends on what
else is in the batch or the set.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from geo.circles import contain_circles
from geo.densify import Ints
from geo.ellipsoid import Floats
from geo.footprint import footprint
from geo.overlap import overlaps
from geo.shapes import Region, RegionBatch
from geo.times import Times
from geo.verdicts import Pairs, Relation
from geo.zones import ZoneSet

__all__ = ["Containment", "Relation", "contain"]


@dataclass(frozen=True, slots=True, eq=False)
class Containment:
    """The pairs that are not outside, row by row, by rising zone index.

    `offsets` int64[n + 1]: row i has the pairs `offsets[i]:offsets[i + 1]`. `zone` int32,
    `relation` uint8 (`Relation`), `p_inside` float64: the share of the region in the zone, rounded
    to 6 decimals, 1.0 where inside.
    """

    offsets: Ints
    zone: npt.NDArray[np.int32]
    relation: npt.NDArray[np.uint8]
    p_inside: Floats

    def of_row(self, row: int) -> slice:
        """The slice of one row's pairs."""
        return slice(int(self.offsets[row]), int(self.offsets[row + 1]))


def contain(zones: ZoneSet, regions: RegionBatch, times: Times | None = None) -> Containment:
    """Every (row, zone) pair of the batch that is not outside.

    With `times` only those of a zone in force at some instant of the row.
    """
    if not len(zones):
        return _sorted_rows([], regions.n)
    found = list(contain_circles(zones, regions, times))
    found.extend(_others(zones, row, region, times) for row, region in regions.others)
    return _sorted_rows(found, regions.n)


def _others(zones: ZoneSet, row: int, region: Region, times: Times | None) -> Pairs:
    """One region that is no circle against the zones near it, in whichever turn it meets them."""
    whole = footprint(region)
    answers: list[tuple[int, Relation, float]] = []
    for turn in (-360.0, 0.0, 360.0):
        turned = whole.turned(turn)
        near = _in_force(zones.tree.query(shapely.box(*turned.box)), row, times)
        if near.size:
            found = overlaps(zones.geometries[near], turned)
            answers += [(zone, *it) for zone, it in zip(near.tolist(), found, strict=True)]
    return Pairs(
        np.full(len(answers), row, dtype=np.int64),
        np.array([zone for zone, _, _ in answers], dtype=np.int64),
        np.array([relation for _, relation, _ in answers], dtype=np.uint8),
        np.array([p for _, _, p in answers], dtype=np.float64),
    )


def _in_force(zone: Ints, row: int, times: Times | None) -> Ints:
    return zone if times is None else zone[times.meet(np.full_like(zone, row), zone)]


def _sorted_rows(found: list[Pairs], n: int) -> Containment:
    row = np.concatenate([np.empty(0, dtype=np.int64), *(pairs.row for pairs in found)])
    zone = np.concatenate([np.empty(0, dtype=np.int32), *(pairs.zone for pairs in found)])
    relation = np.concatenate([np.empty(0, dtype=np.uint8), *(pairs.relation for pairs in found)])
    p = np.concatenate([np.empty(0), *(pairs.p_inside for pairs in found)])
    keep = np.flatnonzero(relation != Relation.OUTSIDE)
    row, zone = row[keep], zone[keep]
    if not _in_order(row, zone):
        order = np.lexsort((zone, row))
        row, zone, keep = row[order], zone[order], keep[order]
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=n), out=offsets[1:])
    return Containment(
        offsets=offsets,
        zone=zone.astype(np.int32),
        relation=relation[keep],
        p_inside=p[keep],
    )


def _in_order(row: Ints, zone: npt.NDArray[np.integer]) -> bool:
    """Whether the pairs come by row and zone, as the grid gives them."""
    rises = row[1:] > row[:-1]
    return bool((rises | ((row[1:] == row[:-1]) & (zone[1:] > zone[:-1]))).all())
