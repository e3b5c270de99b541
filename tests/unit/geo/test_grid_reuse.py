"""A grid made with copies of another one's tiles is, byte for byte, the grid made without."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, affinity, box

from geo.grid import Grid, gridded
from geo.grid_build import ANEW
from geo.grid_bytes import pack
from geo.grid_reuse import _longest_rising, kept_zones, tiles_to_copy
from geo.lattice import Lattice, make_lattice
from geo.zones import ZoneSet
from tests.unit.geo.zoo import holed, scattered, star, zone_set

LIMIT = 4_000_000
KEY = bytes(32)
Outline = Polygon | MultiPolygon
CHANGES = ("remove", "insert", "move", "swap", "duplicate", "rewrite")


def drawn(rng: np.random.Generator, lat: float) -> Outline:
    """A zone of 100 m to 10 km somewhere in a field of 50 km; many overlap, some touch."""
    lon, lat = 38.0 + rng.uniform(0, 0.6), lat + rng.uniform(0, 0.4)
    size = float(rng.choice([0.001, 0.01, 0.1]))
    match rng.integers(4):
        case 0:
            west, south = round(lon, 2), round(lat, 2)
            return Polygon(box(west, south, west + size, south + size).exterior)
        case 1:
            return holed(rng, lon, lat, size, 40)
        case 2:
            return scattered(rng, lon, lat, size, 7)
        case _:
            return Polygon(star(rng, lon, lat, size, 300))


def changed(rng: np.random.Generator, zones: list[Outline], how: str, lat: float) -> list[Outline]:
    """The zones after one amendment."""
    at, to = (int(it) for it in rng.integers(len(zones), size=2))
    match how:
        case "remove":
            return zones[:at] + zones[at + 1 :] if len(zones) > 1 else zones
        case "insert":
            return [*zones[:at], drawn(rng, lat), *zones[at:]]
        case "move":
            away = float(rng.choice([1e-9, 1e-4, 0.05, 1.0]))
            return [*zones[:at], affinity.translate(zones[at], away, away), *zones[at + 1 :]]
        case "swap":
            zones = list(zones)
            zones[at], zones[to] = zones[to], zones[at]
            return zones
        case "duplicate":
            return [*zones[:to], zones[at], *zones[to:]]
        case _:
            return [*zones[:at], box(*zones[at].bounds), *zones[at + 1 :]]


def grid_of(zones: ZoneSet) -> Grid:
    assert zones.grid is not None
    return zones.grid


def bytes_of(zones: ZoneSet) -> bytes | None:
    """None: beyond 85° there is no grid."""
    return pack(zones.grid, KEY) if zones.grid is not None else None


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    many=st.integers(1, 25),
    changes=st.lists(st.sampled_from(CHANGES), max_size=4),
    lat=st.sampled_from([-84.9, -0.2, 48.0, 84.7]),
    limit_bytes=st.sampled_from([40_000, LIMIT]),
)
@example(seed=1, many=20, changes=["swap"] * 4, lat=48.0, limit_bytes=LIMIT)
def test_a_grid_made_with_copies_is_the_grid_made_without(
    seed: int, many: int, changes: list[str], lat: float, limit_bytes: int
) -> None:
    rng = np.random.default_rng(seed)
    zones = [drawn(rng, lat) for _ in range(many)]
    before = gridded(zone_set(*zones), limit_bytes)
    for how in changes:
        zones = changed(rng, zones, how, lat)
        now = zone_set(*zones)
        whole, reused = gridded(now, limit_bytes), gridded(now, limit_bytes, before)
        assert bytes_of(reused) == bytes_of(whole)
        before = reused


def boxes(places: list[float]) -> list[Outline]:
    return [box(38 + x, 48, 38.008 + x, 48.01) for x in places]


def test_only_the_tiles_near_a_change_are_built() -> None:
    places = [i / 50 for i in range(60)]
    before = gridded(zone_set(*boxes(places)), LIMIT)
    now = zone_set(*boxes([*places[:30], 30.5 / 50, *places[31:]]))
    kept = kept_zones(before, now)
    assert kept.number.tolist() == [*range(30), -1, *range(31, 60)]
    lattice = grid_of(before).lattice
    source = tiles_to_copy(lattice, grid_of(gridded(now, LIMIT)).lattice, kept.changed)
    built = np.flatnonzero(source == ANEW)
    assert 0 < built.size < source.size / 10
    lon = lattice.west + (built % lattice.columns + 0.5) * 32 / lattice.per_lon
    assert np.abs(lon - 38.61).max() < 0.1


def test_a_set_of_other_extent_shares_tiles_where_both_are() -> None:
    first = [i / 50 for i in range(60)]
    old, new = (grid_of(gridded(zone_set(*boxes(it)), LIMIT)).lattice for it in (first, first[7:]))
    source = tiles_to_copy(old, new, np.empty((0, 4)))
    assert old.west < new.west
    assert (source != ANEW).all()
    rows, columns = np.divmod(source, old.columns)
    west = old.west + columns * 32 / old.per_lon
    assert (west == new.west + np.arange(source.size) % new.columns * 32 / new.per_lon).all()
    assert (rows == np.arange(source.size) // new.columns).all()


def test_lattices_of_other_cells_share_nothing() -> None:
    bounds = (38.0, 48.0, 38.2, 48.1)
    fine, coarse = (make_lattice(bounds, level, 300.0) for level in (21, 19))
    assert fine is not None
    assert coarse is not None
    assert (tiles_to_copy(fine, coarse, np.empty((0, 4))) == ANEW).all()


def test_zones_are_known_by_their_outlines_and_in_their_order() -> None:
    a, b, c, d = boxes([0.0, 0.1, 0.2, 0.3])
    assert kept_zones(zone_set(a, b, c, d), zone_set(b, d)).number.tolist() == [-1, 0, -1, 1]
    assert kept_zones(zone_set(a, b, c), zone_set(c, a, b)).number.tolist() == [1, 2, -1]
    assert kept_zones(zone_set(a, a), zone_set(a, b, a)).number.tolist() == [0, 2]
    assert kept_zones(zone_set(a, b), zone_set(c, d)).changed.shape == (4, 4)
    assert kept_zones(zone_set(a, b), zone_set(a, b)).changed.shape == (0, 4)


def test_equal_hashes_are_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo.grid_reuse._hashes", lambda zones: [7] * len(zones))
    a, b, c = boxes([0.0, 0.1, 0.2])
    assert kept_zones(zone_set(a, b), zone_set(a, c)).number.tolist() == [0, -1]


@given(st.lists(st.integers(0, 30), unique=True, max_size=9))
def test_the_longest_rising_run_is_as_long_as_the_longest_that_there_is(numbers: list[int]) -> None:
    found = [numbers[place] for place in _longest_rising(numbers).tolist()]
    assert found == sorted(found)
    longest = max(
        size
        for size in range(len(numbers) + 1)
        for some in combinations(numbers, size)
        if list(some) == sorted(some)
    )
    assert len(found) == longest


@pytest.mark.parametrize("level", range(22))
@pytest.mark.parametrize("lat", [-85.0, 0.0, 60.0, 84.9])
def test_no_row_of_a_lattice_reaches_a_pole(lat: float, level: int) -> None:
    lattice = make_lattice((10.0, lat, 10.2, lat + 0.05), level, 300.0)
    assert lattice is None or _degrees_are_metres(lattice)
    assert lattice is not None or level < 8


def _degrees_are_metres(lattice: Lattice) -> bool:
    return bool((lattice.lower_m > 0).all() and (lattice.lower_m <= lattice.upper_m).all())
