"""What is settled in bulk is, to the bit, what the exact way says; and little is left to that."""

import numpy as np
import pytest
from shapely import Polygon, box

from geo import circles
from geo.circles import CirclePairs
from geo.grid_entry import MANY, make_entry
from geo.lattice import FINEST, make_lattice
from geo.settle import Answers, Discs, settle
from geo.verdicts import UNSETTLED, Relation
from geo.zones import ZoneSet
from tests.unit.geo.zoo import holed, scattered, star, zone_set


def ask(
    zones: ZoneSet, discs: Discs, rows: np.ndarray, zone: np.ndarray
) -> tuple[Answers, np.ndarray]:
    n = rows.size
    relation = np.full(n, UNSETTLED, np.uint8)
    lattice = make_lattice(zones.bounds, FINEST, 300.0)
    assert lattice is not None
    entry = np.array([make_entry(z, 0, MANY, 0, 0) for z in zone.tolist()])
    answers = Answers(rows.astype(np.int32), entry, relation, np.ones(n))
    return answers, settle(zones.edges, lattice, discs, answers, np.arange(n))


def exact(
    zones: ZoneSet, discs: Discs, rows: np.ndarray, zone: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    columns = (discs.lon + discs.turn, discs.lat, discs.radius_m, discs.gaussian)
    pairs = CirclePairs(rows, zone, *(column[rows] for column in columns))
    return circles._exact(zones, pairs)


def require_the_same(zones: ZoneSet, discs: Discs, left_at_most: float) -> None:
    zone, rows = (
        axis.ravel() for axis in np.meshgrid(np.arange(len(zones)), np.arange(discs.lon.size))
    )
    answers, left = ask(zones, discs, rows, zone)
    relation, p = exact(zones, discs, rows, zone)
    assert (np.flatnonzero(answers.relation == UNSETTLED) == left).all()
    settled = answers.relation != UNSETTLED
    assert (answers.relation[settled] == relation[settled]).all()
    assert answers.p_inside[settled].tobytes() == p[settled].tobytes()
    assert (relation == Relation.UNDETERMINED).mean() > 0.1
    assert len(left) <= left_at_most * len(rows)


@pytest.mark.parametrize("lat", [-84.5, -33.0, 0.0, 48.0, 70.0])
@pytest.mark.parametrize("gaussian", [False, True])
def test_discs_are_settled_as_the_exact_way_does(lat: float, gaussian: bool) -> None:
    rng = np.random.default_rng(int(abs(lat)) + gaussian)
    size = 0.004
    zones = zone_set(
        Polygon(star(rng, 38.0, lat, size, 125)),
        holed(rng, 38.0, lat, size, 60),
        scattered(rng, 38.0, lat, size / 2, 17),
        box(35.0, lat, 40.0, lat + 0.3),
        Polygon([(30.0, lat - 0.4), (50.0, lat + 0.3), (37.99, lat + 0.3)]),
    )
    n = 1_500
    discs = Discs(
        38.0 + rng.normal(0, size, n) - 360.0,
        lat + rng.normal(0, size, n),
        rng.choice([1.0, 25.0, 120.0, 300.0], n) * rng.uniform(0.5, 1.0, n),
        np.full(n, gaussian),
        360.0,
    )
    require_the_same(zones, discs, 0.1 if abs(lat) > 80 else 0.02)


def test_points_are_settled_as_the_exact_way_does() -> None:
    rng = np.random.default_rng(5)
    zones = zone_set(holed(rng, 38.0, 48.0, 0.1, 125), scattered(rng, 38.0, 48.0, 0.05, 40))
    at = rng.normal(0, 0.05, (2, 1_000)) + np.array([[38.0], [48.0]])
    zone, rows = (axis.ravel() for axis in np.meshgrid(np.arange(2), np.arange(1_000)))
    discs = Discs(at[0], at[1], np.zeros(1_000), np.zeros(1_000, np.bool_), 0.0)
    answers, left = ask(zones, discs, rows, zone)
    relation, p = exact(zones, discs, rows, zone)
    assert not left.size
    assert (answers.relation == relation).all()
    assert answers.p_inside.tobytes() == p.tobytes()


def test_an_edge_through_the_centre_is_left_to_the_exact_way() -> None:
    zones = zone_set(box(38.0, 47.9, 38.2, 48.1))
    on_edge = Discs(
        np.array([38.0, 38.0, 38.0 + 1e-13]),
        np.array([48.0, 48.05, 48.0]),
        np.array([50.0, 120.0, 200.0]),
        np.zeros(3, np.bool_),
        0.0,
    )
    _, left = ask(zones, on_edge, np.arange(3), np.zeros(3, np.int64))
    assert left.tolist() == [0, 1, 2]
