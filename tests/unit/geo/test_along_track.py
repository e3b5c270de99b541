"""A track walked against a zone, held against a dense walk with geodesic distances."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import Polygon

from geo.along_track import along_track
from geo.containment import Relation
from geo.shapes import Track

IN, OUT, OPEN = Relation.INSIDE, Relation.OUTSIDE, Relation.UNDETERMINED
WGS84 = Geod(ellps="WGS84")


def square(lon: float = 38.0, lat: float = 48.0, half: float = 0.05) -> Polygon:
    return shapely.box(lon - half, lat - half, lon + half, lat + half)


def track(*points: tuple[float, float], accuracy_m: float = 20.0) -> Track:
    return Track(points=points, accuracy_m=accuracy_m)


def test_through_a_zone() -> None:
    assert along_track(square(), track((37.9, 48), (38.1, 48))) == (OUT, IN, OUT)


def test_in_and_back_out_on_one_leg_each() -> None:
    assert along_track(square(), track((37.9, 48), (38, 48), (37.9, 48))) == (OUT, IN, OUT)


def test_along_the_edge_nothing_is_determined() -> None:
    assert along_track(square(), track((37.96, 48.05), (38.04, 48.05))) == (OPEN,)


def test_what_comes_to_the_edge_may_have_been_on_the_other_side() -> None:
    up_to = along_track(square(), track((38, 48), (38.05, 48), (38, 48)))
    assert up_to == (IN, OPEN, IN)
    assert along_track(square(), track((38, 48), (38.05, 48))) == (IN, OPEN)


def test_near_enough_to_a_corner_is_undetermined_although_no_leg_crosses() -> None:
    passing = (38.051, 47.95), (38.0501, 48.0501), (37.95, 48.051)
    assert along_track(square(), track(*passing)) == (OUT, OPEN, OUT)


def test_standing_still() -> None:
    assert along_track(square(), track((38, 48), (38, 48))) == (IN,)
    assert along_track(square(), track((38.05, 48), (38.05, 48))) == (OPEN,)
    assert along_track(square(), track((38.3, 48), (38.3, 48))) == (OUT,)


def test_a_hole_is_outside() -> None:
    holed = Polygon(square().exterior, [square(half=0.01).exterior])
    assert along_track(holed, track((37.9, 48), (38.1, 48))) == (OUT, IN, OUT, IN, OUT)


def test_over_the_antimeridian() -> None:
    zone = square(180.0)
    assert along_track(zone, track((179.9, 48), (-179.9, 48))) == (OUT, IN, OUT)


def test_a_zone_narrower_than_the_accuracy_leaves_it_open() -> None:
    assert along_track(square(half=0.0001), track((37.9, 48), (38.1, 48))) == (OUT, OPEN, OUT)


def walked(zone: Polygon, points: list[tuple[float, float]], accuracy_m: float) -> list[Relation]:
    """The relations every few metres, the zone's boundary being as many vertices as it takes."""
    lon, lat = shapely.get_coordinates(zone.exterior.segmentize(0.0002)).T
    shown: list[Relation] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        length = WGS84.inv(x0, y0, x1, y1)[2]
        for share in np.linspace(0, 1, max(2, math.ceil(length / 10))):
            x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
            rough = np.hypot((lon - x) * 74_600, (lat - y) * 111_200)
            # Half a per cent is what the rough distance is wrong by here.
            near = rough < min(accuracy_m + 2_000, 1.02 * rough.min() + 1)
            nearest = math.inf
            if near.any():
                ones = np.full(near.sum(), 1.0)
                nearest = WGS84.inv(ones * x, ones * y, lon[near], lat[near])[2].min()
            # Within 20 m of the band's edge a dense walk says nothing sure.
            if abs(nearest - accuracy_m) > 20:
                inside = shapely.contains_xy(zone, x, y)
                shown.append(OPEN if nearest < accuracy_m else IN if inside else OUT)
    return shown


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-80, 80), st.integers(-80, 80)), min_size=2, max_size=5, unique=True
    ),
    st.sampled_from([100.0, 400.0]),
)
def test_every_answer_of_a_dense_walk_comes_in_its_order(
    steps: list[tuple[int, int]], accuracy_m: float
) -> None:
    zone = Polygon([(37.95, 47.96), (38.05, 47.95), (38.02, 48), (38.05, 48.05), (37.96, 48.04)])
    points = [(38 + x / 1_000, 48 + y / 1_000) for x, y in steps]
    found = along_track(zone, track(*points, accuracy_m=accuracy_m))
    walk = walked(zone, points, accuracy_m)
    told = iter(found)
    # Each determined answer of the walk is met in order: the walk is a subsequence, as it skips.
    for relation in _changes([r for r in walk if r is not OPEN]):
        assert any(relation is one for one in told), (relation, found)
    determined = _changes([r for r in found if r is not OPEN])
    assert len(determined) <= len(_changes(walk)) + 1


def _changes(shown: list[Relation]) -> list[Relation]:
    return [one for at, one in enumerate(shown) if not at or one is not shown[at - 1]]


@pytest.mark.parametrize("accuracy_m", [5.0, 5_000.0])
def test_neighbouring_answers_differ(accuracy_m: float) -> None:
    zigzag = track(
        *((37.9 + 0.02 * n, 48 + 0.06 * (n % 2)) for n in range(11)), accuracy_m=accuracy_m
    )
    found = along_track(square(), zigzag)
    assert all(one is not other for one, other in pairwise(found))
