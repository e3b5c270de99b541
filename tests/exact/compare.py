"""`contain` against the truth: every pair near every place of a world, at once in one batch.

Asked with the grid and without it, which must be the same to the last bit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from geo.containment import Containment, contain
from geo.grid import gridded
from geo.shapes import RegionBatch
from geo.verdicts import Relation
from geo.zones import ZoneSet, ZoneShape
from tests.exact.answers import Truth, answer, geodesic_relation, overlay_share
from tests.exact.draw import ABOUT_A_VERTEX, WAYS, Reports, draw_reports
from tests.exact.surroundings import Surroundings, surroundings
from tests.exact.worlds import World
from tests.unit.geo import oracle
from tests.unit.geo.zoo import rings_of, turned

SHARE_ERROR = 1e-6
GRID_BYTES = 50_000_000
_LISTED = 20
_QUADRATURE_FROM_M = 10.0
_SLOW_VERTICES = 2_000
"""Zones with more are not asked of geographiclib: Python takes minutes over one ring of 100,000."""

Contain = Callable[[ZoneSet, RegionBatch], Containment]


@dataclass(slots=True)
class Tally:
    """What was compared, and what disagreed."""

    pairs: Counter[tuple[str, Relation]] = field(default_factory=Counter)
    """By kind of world and relation."""
    ways: Counter[str] = field(default_factory=Counter)
    """Pairs by the way their report was drawn."""
    unsure: int = 0
    """Of these: the rim within the stated blur of the touch tolerance, either answer is right."""
    geodesic: int = 0
    shares: Counter[str] = field(default_factory=Counter)
    """Of circles, by oracle."""
    worst_share: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Pairs compared."""
        return sum(self.pairs.values())

    def share(self, oracle_name: str, exact: float, got: float, where: str) -> None:
        """Count one share, and note it where it is off."""
        self.shares[oracle_name] += 1
        self.worst_share = max(self.worst_share, abs(exact - got))
        if abs(exact - got) > SHARE_ERROR:
            self.fault(f"{where}: p_inside {got:.7f}, {oracle_name} {exact:.7f}")

    def fault(self, message: str) -> None:
        """Note a disagreement; the first ones in words."""
        self.faults.append(message if len(self.faults) < _LISTED else "one more")


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """One place: its surroundings, its reports, and the batch's rows that they are."""

    around: Surroundings
    reports: Reports
    rows: slice


def compare_world(
    world: World,
    rng: np.random.Generator,
    tally: Tally,
    *,
    reports: int,
    geodesic: int,
    shares: int,
    quadrature: int,
    ask: Contain = contain,
) -> None:
    """Compare one world: so many reports in all, so many of their pairs by the slow oracles."""
    zones = ZoneSet.build(
        ZoneShape(str(i), turned(zone, 0.0)) for i, zone in enumerate(world.drawn)
    )
    places = list(_places(world, rng, reports // len(world.places)))
    batch = _batch([near.reports for near in places])
    found = ask(gridded(zones, GRID_BYTES), batch)
    if not _same(found, ask(zones, batch)):
        tally.fault(f"{world.kind}: with the grid and without it answers differ")
    for near in places:
        relation, p = _matrix(found, near)
        foreign = _foreign(found, near)
        if foreign:
            tally.fault(f"{world.kind}: {foreign} answers for zones that are not near")
        truth = answer(near.around, near.reports)
        _count(world, near, truth, tally)
        _disagreements(world, near, truth, relation, tally)
        _impossible(world, near, relation, p, tally)
        _geodesic(world, near, relation, rng, geodesic // len(places), tally)
        _shares(world, near, (relation, p), rng, shares // len(places), tally)
    for near in places[:quadrature]:
        _quadrature(world, near, _matrix(found, near), rng, tally)


def _same(one: Containment, other: Containment) -> bool:
    """Byte for byte."""
    columns = ("offsets", "zone", "relation", "p_inside")
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in columns)


def _places(world: World, rng: np.random.Generator, count: int) -> Iterator[Near]:
    row = 0
    for place in world.places:
        around = surroundings(world, place)
        reports = draw_reports(around, world.reach_m, count, rng)
        yield Near(around, reports, slice(row, row + reports.lon.size))
        row += reports.lon.size


def _batch(reports: list[Reports]) -> RegionBatch:
    lon = np.concatenate([r.lon for r in reports])
    lon -= 360 * (lon > 180) - 360 * (lon < -180)
    return RegionBatch(
        n=lon.size,
        circle_row=np.arange(lon.size, dtype=np.int64),
        circle_lon=lon,
        circle_lat=np.concatenate([r.lat for r in reports]),
        circle_radius_m=np.concatenate([r.radius_m for r in reports]),
        circle_gaussian=np.concatenate([r.gaussian for r in reports]),
    )


def _matrix(
    found: Containment, near: Near
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Relation and share for each report and each zone near it."""
    row, cut = _pairs(found, near)
    shape = (near.reports.lon.size, len(near.around.zones))
    relation, p = np.zeros(shape, np.uint8), np.zeros(shape)
    for k, index in enumerate(near.around.index):
        at = found.zone[cut] == index
        relation[row[at], k] = found.relation[cut][at]
        p[row[at], k] = found.p_inside[cut][at]
    return relation, p


def _foreign(found: Containment, near: Near) -> int:
    _, cut = _pairs(found, near)
    return int((~np.isin(found.zone[cut], near.around.index)).sum())


def _pairs(found: Containment, near: Near) -> tuple[npt.NDArray[np.int64], slice]:
    offsets = found.offsets[near.rows.start : near.rows.stop + 1]
    row = np.repeat(np.arange(near.reports.lon.size, dtype=np.int64), np.diff(offsets))
    return row, slice(int(offsets[0]), int(offsets[-1]))


def _count(world: World, near: Near, truth: Truth, tally: Tally) -> None:
    for relation in Relation:
        tally.pairs[world.kind, relation] += int((truth.plain == relation).sum())
    for way, count in enumerate(np.bincount(near.reports.way, minlength=len(WAYS)).tolist()):
        tally.ways[WAYS[way]] += count * len(near.around.zones)
    tally.unsure += int((~truth.sure).sum())


def _disagreements(
    world: World, near: Near, truth: Truth, relation: npt.NDArray[np.uint8], tally: Tally
) -> None:
    """Where the three are not one; the unsure may be undetermined or not, but on no wrong side."""
    differs = (relation != truth.plain) | (truth.rational != truth.plain)
    touched = (relation == Relation.UNDETERMINED) | (truth.plain == Relation.UNDETERMINED)
    differs &= truth.sure | ~touched
    for i, k in zip(*np.nonzero(differs), strict=True):
        said = ", ".join(
            f"{name} {Relation(int(value[i, k])).name.lower()}"
            for name, value in (
                ("contain", relation),
                ("plain", truth.plain),
                ("rational", truth.rational),
            )
        )
        tally.fault(f"{_named(world, near, int(i), int(k))}: {said}")


def _named(world: World, near: Near, i: int, k: int) -> str:
    r = near.reports
    return (
        f"{world.kind}, zone {near.around.index[k]}, {WAYS[r.way[i]]}, "
        f"lon {float(r.lon[i])!r} lat {float(r.lat[i])!r} radius {float(r.radius_m[i])!r}"
    )


def _impossible(
    world: World,
    near: Near,
    relation: npt.NDArray[np.uint8],
    p: npt.NDArray[np.float64],
    tally: Tally,
) -> None:
    """Shares that no location has."""
    wrong = (relation == Relation.INSIDE) & (p != 1)
    wrong |= ~((p >= 0) & (p <= 1))
    point = (near.reports.radius_m < 0.001)[:, np.newaxis] & (relation == Relation.UNDETERMINED)
    wrong |= point & (p != 0.5)
    for i, k in zip(*np.nonzero(wrong), strict=True):
        tally.fault(f"{_named(world, near, int(i), int(k))}: p_inside {p[i, k]}")


def _asked(
    near: Near, which: npt.NDArray[np.bool_], rng: np.random.Generator, count: int
) -> Iterator[tuple[int, int, float, float, float]]:
    """Some of the pairs that hold, of zones that Python can walk around: report, zone, circle."""
    small = [shapely.get_num_coordinates(zone) <= _SLOW_VERTICES for zone in near.around.zones]
    i, k = np.nonzero(which & np.array(small)[np.newaxis])
    for at in rng.permutation(i.size)[:count].tolist():
        r, row = near.reports, int(i[at])
        yield row, int(k[at]), float(r.lon[row]), float(r.lat[row]), float(r.radius_m[row])


def _geodesic(  # noqa: PLR0917 (a place, what was said of it, how much to ask)
    world: World,
    near: Near,
    relation: npt.NDArray[np.uint8],
    rng: np.random.Generator,
    count: int,
    tally: Tally,
) -> None:
    circles = np.broadcast_to((near.reports.radius_m >= 0.001)[:, np.newaxis], relation.shape)
    for i, k, *circle in _asked(near, circles, rng, count):
        said = geodesic_relation(near.around.zones[k], *circle)
        tally.geodesic += said is not None
        if said is not None and relation[i, k] != said:
            got = Relation(int(relation[i, k]))
            tally.fault(
                f"{_named(world, near, i, k)}: contain {got.name}, geographiclib {said.name}"
            )


def _shares(  # noqa: PLR0917 (a place, what was said of it, how much to ask)
    world: World,
    near: Near,
    said: tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]],
    rng: np.random.Generator,
    count: int,
    tally: Tally,
) -> None:
    """Shares by overlay; a Gaussian's are counted (`monte_carlo`)."""
    relation, p = said
    fit = (near.reports.radius_m >= 0.001) & ~near.reports.gaussian
    wide = fit[:, np.newaxis] & (relation == Relation.UNDETERMINED)
    for i, k, *circle in _asked(near, wide, rng, count):
        share = overlay_share(near.around.zones[k], *circle)
        tally.share("overlay", share, float(p[i, k]), _named(world, near, i, k))


def _quadrature(
    world: World,
    near: Near,
    said: tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]],
    rng: np.random.Generator,
    tally: Tally,
) -> None:
    """One share by quadrature along geodesics: seconds of Python each.

    Of no circle about a vertex, whose rays begin on an edge, and of none below 10 m, to which
    geodesics' nanometres begin to matter.
    """
    relation, p = said
    reports = near.reports
    fit = (reports.radius_m >= _QUADRATURE_FROM_M) & ~reports.gaussian
    fit &= reports.way != WAYS.index(ABOUT_A_VERTEX)
    wide = fit[:, np.newaxis] & (relation == Relation.UNDETERMINED)
    for i, k, *circle in _asked(near, wide, rng, 1):
        share = oracle.circle_share(rings_of(near.around.zones[k]), *circle)
        tally.share("quadrature", share, float(p[i, k]), _named(world, near, i, k))
