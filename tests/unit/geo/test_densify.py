import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.densify import densified, spread
from geo.projection import project


@given(counts=st.lists(st.integers(0, 5), max_size=30))
def test_spread_numbers_the_places_of_each_owner(counts: list[int]) -> None:
    owner, place = spread(np.array(counts, dtype=np.int64))
    assert list(zip(owner, place, strict=True)) == [
        (i, k) for i, count in enumerate(counts) for k in range(count)
    ]


@given(
    lat=st.floats(-84, 84),
    east=st.floats(-0.5, 0.5),
    north=st.floats(-0.5, 0.5),
    error_m=st.sampled_from([0.001, 0.01, 1.0]),
)
def test_chords_in_the_plane_stay_within_the_stated_error(
    lat: float, east: float, north: float, error_m: float
) -> None:
    ends = np.array([[10.0, lat], [10.0 + east, lat + north]])
    reach = 200_000.0
    coords, ring = densified(ends, np.zeros(2, dtype=np.int64), reach, error_m)
    assert (coords[0] == ends[0]).all()
    assert (coords[-1] == ends[1]).all()
    assert len(ring) == len(coords)
    # The plane is centred off the edge, by less than the reach.
    lon0, lat0 = 10.4, lat + 0.3
    at = [np.full(len(coords) - 1, v) for v in (lon0, lat0)]
    a, b = coords[:-1], coords[1:]
    for t in (0.25, 0.5, 0.75):
        x, y = project(*at, *((1 - t) * a + t * b).T.copy())
        ax, ay = project(*at, *a.T.copy())
        bx, by = project(*at, *b.T.copy())
        length = np.maximum(np.hypot(bx - ax, by - ay), 1e-9)
        off = np.abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length
        assert off.max() <= error_m + 1e-7


def test_rings_stay_apart() -> None:
    rings = np.array([[0.0, 60.0], [1.0, 60.0], [0.0, 60.0], [50.0, 10.0], [51.0, 10.0]])
    coords, ring = densified(rings, np.array([0, 0, 0, 1, 1]), 0.0, 1.0)
    assert set(ring.tolist()) == {0, 1}
    assert coords[ring == 0][:, 1].min() == 60.0
    assert coords[ring == 1][:, 0].min() == 50.0
