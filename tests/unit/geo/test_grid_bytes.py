"""What is kept of a grid is taken whole and unchanged, of these very zones, or not at all."""

import hashlib

import numpy as np
import pytest
from shapely import box

from geo.grid import Grid, gridded
from geo.grid_bytes import grid_key, pack, unpack
from geo.grid_entry import MANY, make_entry
from geo.zones import ZoneSet
from tests.unit.geo.zoo import holed, zone_set

LIMIT = 200_000
ZONES = zone_set(holed(np.random.default_rng(1), 38.0, 48.0, 0.02, 30), box(38, 48, 38.1, 48.1))
KEY = grid_key(ZONES, LIMIT)


@pytest.fixture(scope="module")
def grid() -> Grid:
    made = gridded(ZONES, LIMIT).grid
    assert made is not None
    return made


def sealed(body: bytes) -> bytes:
    return body + hashlib.sha256(body).digest()


def test_a_grid_comes_back_as_it_was(grid: Grid) -> None:
    back = unpack(pack(grid, KEY), KEY, ZONES)
    assert back is not None
    assert back.lattice.level == grid.lattice.level
    for name in ("tile", "first", "entries"):
        was, now = getattr(grid, name), getattr(back, name)
        assert was.tobytes() == now.tobytes()
        assert was.dtype == now.dtype


@pytest.mark.parametrize("cut", [0, 10, 80, 1000, -1, -33])
def test_a_truncated_file_is_no_grid(grid: Grid, cut: int) -> None:
    assert unpack(pack(grid, KEY)[:cut], KEY, ZONES) is None


def test_no_flipped_bit_is_taken(grid: Grid) -> None:
    whole = pack(grid, KEY)
    for at in np.random.default_rng(2).integers(0, len(whole), 60).tolist():
        bad = bytearray(whole)
        bad[at] ^= 1 << (at % 8)
        assert unpack(bytes(bad), KEY, ZONES) is None


def test_a_file_of_other_zones_of_another_limit_or_another_version_is_no_grid(grid: Grid) -> None:
    other = zone_set(box(38, 48, 38.1, 48.1))
    whole = pack(grid, KEY)
    assert unpack(whole, grid_key(other, LIMIT), other) is None
    assert unpack(whole, grid_key(ZONES, LIMIT + 1), ZONES) is None
    foreign = sealed(b"truceline grid 1" + whole[16:-32])
    assert unpack(foreign, KEY, ZONES) is None


@pytest.mark.parametrize("word", [-1, 1 << 29])
def test_numbers_that_point_nowhere_are_not_taken_even_with_a_hash(grid: Grid, word: int) -> None:
    body = pack(grid, KEY)[:-32]
    for at in (len(body) - 8 * len(grid.entries) - 4, 76):
        assert unpack(sealed(body), KEY, ZONES) is not None
        bad = body[:at] + int(word).to_bytes(4, "little", signed=True) + body[at + 4 :]
        assert unpack(sealed(bad), KEY, ZONES) is None


def test_entries_of_no_zone_or_of_edges_that_it_has_not_are_not_taken(grid: Grid) -> None:
    body = pack(grid, KEY)[:-32]
    last_edge = int(ZONES.edges.vertices[2] - ZONES.edges.vertices[1]) - 2
    for zone, edge, edges, taken in (
        (1, last_edge, 1, True),
        (1, 1 << 30, MANY, True),
        (2, 0, 0, False),
        (1, last_edge, 2, False),
        (1, last_edge + 1, 1, False),
    ):
        entry = make_entry(zone, edge, edges, 0, -7)
        whole = sealed(body[:-8] + int(entry).to_bytes(8, "little", signed=True))
        assert (unpack(whole, KEY, ZONES) is not None) == taken


def test_the_key_follows_the_zones_alone() -> None:
    again = ZoneSet.build([])
    assert grid_key(again, LIMIT) != KEY
    assert grid_key(ZONES, LIMIT) == KEY
