"""Connected components in space and time, beside every pair asked by itself."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from geo.clusters import LEAST_NEAR_M, components, earth_centred
from geo.ellipsoid import WGS84

NEAR_M = 1_000.0
GAP = 120
Row = tuple[float, float, float, int, int]
"""lon, lat, spread, start, end"""


@st.composite
def tables(draw: st.DrawFn) -> list[Row]:
    """Rows that are crowded, in places and times at which much is just near or just not."""
    wide = draw(st.sampled_from([0.002, 0.02, 0.2]))
    at = st.floats(0, 1).map(lambda share: share * wide)
    spread = st.sampled_from([0.0, 10.0, 300.0, 569.0, 571.0, 700.0, 990.0, 1_200.0])
    start, lasts = st.integers(0, 1_200), st.sampled_from([0, 0, 1, 60, 400])
    row = st.tuples(at, at, spread, start, lasts)
    base = draw(st.sampled_from([(37.0, 48.0), (179.99, -17.0), (10.0, 89.9)]))
    drawn = draw(st.lists(row, max_size=60))
    return [
        ((base[0] + lon + 180) % 360 - 180, base[1] + lat / 10, spread, begun, begun + long)
        for lon, lat, spread, begun, long in drawn
    ]


def labels(rows: list[Row]) -> list[int]:
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    where = earth_centred(table[:, 0], table[:, 1])
    times = table[:, 3:].astype(np.int64)
    found: list[int] = components(
        where, table[:, 2], times[:, 0], times[:, 1], NEAR_M, GAP
    ).tolist()
    return found


def linked(a: Row, b: Row) -> bool:
    """The definition, by another library's positions."""
    to_centre = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
    one, two = (np.array(to_centre.transform(it[0], it[1], 0.0)) for it in (a, b))
    apart = float(((one - two) ** 2).sum()) + a[2] ** 2 + b[2] ** 2
    pause = max(a[3], b[3]) - min(a[4], b[4])
    return apart <= NEAR_M**2 and pause <= GAP


def labels_pair_by_pair(rows: list[Row]) -> list[int]:
    label = list(range(len(rows)))
    for i, a in enumerate(rows):
        for j, b in enumerate(rows[:i]):
            if label[i] != label[j] and linked(a, b):
                old, new = max(label[i], label[j]), min(label[i], label[j])
                label = [new if it == old else it for it in label]
    return label


@given(tables())
def test_components_are_those_of_every_pair_asked_by_itself(rows: list[Row]) -> None:
    assert labels(rows) == labels_pair_by_pair(rows)


@given(tables(), st.randoms(use_true_random=False))
def test_order_changes_no_component(rows: list[Row], chance: object) -> None:
    numbered = list(enumerate(rows))
    chance.shuffle(numbered)  # type: ignore[attr-defined]
    found = labels([row for _, row in numbered])
    shuffled = groups([number for number, _ in numbered], found)
    assert shuffled == groups(range(len(rows)), labels(rows))


def groups(rows: Iterable[int], found: Iterable[int]) -> list[list[int]]:
    """The rows that share a label."""
    by_label: dict[int, list[int]] = {}
    for row, label in zip(rows, found, strict=True):
        by_label.setdefault(label, []).append(row)
    return sorted(map(sorted, by_label.values()))


def test_a_flood_at_one_place_is_gone_through_once() -> None:
    # Pair by pair these would be twenty billion, minutes of work.
    count = 200_000
    chance = np.random.default_rng(1)
    lon, lat = 37 + chance.random(count) / 1_000, 48 + chance.random(count) / 1_000
    start = np.sort(chance.integers(0, 60, count))
    found = components(earth_centred(lon, lat), np.full(count, 30.0), start, start + 1, NEAR_M, GAP)
    assert (found == 0).all()


def test_what_nobody_can_place_bridges_nothing() -> None:
    apart = 0.02  # degrees of longitude: 1.5 km
    ends = [(37.0, 48.0, 10.0, 0, 0), (37.0 + apart, 48.0, 10.0, 0, 0)]
    between = (37.0 + apart / 2, 48.0)
    assert labels([*ends, (*between, 10.0, 0, 0)]) == [0, 0, 0]
    assert labels([*ends, (*between, NEAR_M, 0, 0)]) == [0, 1, 2]


def test_straight_through_the_earth_is_a_little_shorter_than_along_it() -> None:
    lon = np.array([37.0, 37.0])
    for along_m, shorter_m in ((21_000.0, 0.01), (100_000.0, 1.0)):
        _, lat, _ = WGS84.fwd(37.0, 48.0, 0.0, along_m)
        one, two = earth_centred(lon, np.array([48.0, lat]))
        assert along_m - np.linalg.norm(one - two) == pytest.approx(shorter_m, rel=0.1)


def test_less_than_the_least_near_is_refused() -> None:
    none = np.zeros(0, dtype=np.int64)
    with pytest.raises(ValueError, match="at least 10 m"):
        components(np.zeros((0, 3)), np.zeros(0), none, none, LEAST_NEAR_M / 2, 1)
