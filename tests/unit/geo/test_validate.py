import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Polygon

from geo.errors import GeometryRefusedError
from geo.validate import GeometryProblemCode as Code
from geo.validate import geometry_problems, read_geometry
from geo.zones import ZoneSet, ZoneShape

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]


def polygon(*rings: Any) -> dict[str, Any]:  # noqa: ANN401 (whatever somebody may send)
    return {"type": "Polygon", "coordinates": list(rings)}


def codes(geometry: object) -> list[Code]:
    return [problem.code for problem in geometry_problems(geometry)]


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (polygon(SQUARE), []),
        (polygon(SQUARE, [[0.2, 0.2], [0.4, 0.2], [0.2, 0.4], [0.2, 0.2]]), []),
        ({"type": "LineString", "coordinates": [[0, 0], [1, 1, 30]]}, []),
        (None, [Code.WRONG_TYPE]),
        ({"type": "Point", "coordinates": [0, 0]}, []),
        ({"type": "Point", "coordinates": [0, 95]}, [Code.OUT_OF_RANGE]),
        ({"type": "MultiPoint", "coordinates": [[0, 0]]}, [Code.WRONG_TYPE]),
        ({"type": "Polygon"}, [Code.WRONG_TYPE]),
        ({"type": "MultiPolygon", "coordinates": []}, [Code.WRONG_TYPE]),
        (polygon("ring"), [Code.WRONG_TYPE]),
        (polygon(SQUARE[:-1]), [Code.UNCLOSED_RING]),
        (polygon([[0, 0], [1, 1], [0, 0]]), [Code.TOO_FEW_POSITIONS]),
        (polygon([[0, 0], [1, 1]]), [Code.TOO_FEW_POSITIONS, Code.UNCLOSED_RING]),
        (polygon([[0, 0], [1, 0], [2, 0], [0, 0]]), [Code.ZERO_AREA]),
        (polygon([[0, 0], [1, True], [1, 1], [0, 0]]), [Code.NOT_A_POSITION]),
        (polygon([[0, 0], ["1", 0], [1, 1], [0, 0]]), [Code.NOT_A_POSITION]),
        (polygon([[0, 0], [1], [1, 1], [0, 0]]), [Code.NOT_A_POSITION]),
        (polygon([[0, 0], [1, math.nan], [math.inf, 1], [0, 0]]), [Code.NOT_FINITE] * 2),
        (polygon([[0, 0], [10**400, 0], [1, 1], [0, 0]]), [Code.NOT_FINITE]),
        (polygon([[0, 0], [181, 0], [1, -91], [0, 0]]), [Code.OUT_OF_RANGE] * 2),
        (polygon([[170, 0], [-170, 0], [-170, 1], [170, 0]]), [Code.CROSSES_ANTIMERIDIAN] * 2),
        (polygon(SQUARE, [[2, 2], [3, 2], [3, 3], [2, 2]]), [Code.WRONG_NESTING]),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}, [Code.WRONG_NESTING]),
        (polygon([[-80, -80], [80, -80], [80, 80], [-80, 80], [-80, -80]]), []),
        (
            polygon([[-89, -90], [89, -90], [89, 90], [0, 90], [-89, 90], [-89, -90]]),
            [],
        ),
        (
            polygon([[-100, 0], [0, 0], [100, 0], [100, 9], [0, 9], [-100, 9], [-100, 0]]),
            [Code.TOO_LARGE],
        ),
        ({"type": "LineString", "coordinates": [[0, 0]]}, [Code.TOO_FEW_POSITIONS]),
        ({"type": "LineString", "coordinates": [[5, 5], [5, 5]]}, [Code.ZERO_LENGTH]),
        ({"type": "LineString", "coordinates": [[179, 5], [-179, 5]]}, [Code.CROSSES_ANTIMERIDIAN]),
    ],
)
def test_each_mistake_has_its_code(geometry: object, expected: list[Code]) -> None:
    assert codes(geometry) == expected


def test_larger_than_a_hemisphere_is_refused_also_in_parts() -> None:
    west = [[-179, -80], [-90, -80], [-1, -80], [-1, 80], [-90, 80], [-179, 80], [-179, -80]]
    east = [[-x, y] for x, y in reversed(west)]
    assert codes({"type": "MultiPolygon", "coordinates": [[west], [east]]}) == [Code.TOO_LARGE]


def test_all_mistakes_are_found_at_once_with_their_paths() -> None:
    geometry = {
        "type": "MultiPolygon",
        "coordinates": [[SQUARE[:-1]], [SQUARE, [[0, 0], [200, 0], [0, "x"], [0, 0]]], 5],
    }
    assert [(p.code, p.path) for p in geometry_problems(geometry)] == [
        (Code.UNCLOSED_RING, "coordinates[0][0]"),
        (Code.OUT_OF_RANGE, "coordinates[1][1][1]"),
        (Code.NOT_A_POSITION, "coordinates[1][1][2]"),
        (Code.WRONG_TYPE, "coordinates[2]"),
    ]


def test_swapped_coordinates_get_a_hint() -> None:
    (problem,) = geometry_problems(polygon([[0, 0], [48, 138], [1, 1], [0, 0]]))
    assert "longitude comes first" in problem.message


def test_every_crossing_is_named_with_its_place() -> None:
    zigzag = [[0, 0], [4, 0], [4, 2], [3, -1], [2, 2], [0, 2], [0, 0]]
    problems = geometry_problems(polygon(zigzag))
    assert [p.code for p in problems] == [Code.SELF_INTERSECTION] * 2
    places = np.array([p.at for p in problems])
    assert places == pytest.approx(np.array([[10 / 3, 0], [8 / 3, 0]]))
    assert problems[0].path == "coordinates[0][0]"
    assert "edges 0 and 2 meet at 3.3333333, 0.0000000" in problems[0].message


@pytest.mark.parametrize(
    "ring",
    [
        [[0, 0], [2, 0], [1, 0], [1, 1], [0, 0]],  # runs back over itself
        [[0, 0], [2, 0], [2, 2], [1, 0], [0, 2], [0, 0]],  # touches an edge
        [[0, 0], [1, 1], [2, 0], [2, 2], [1, 1], [0, 2], [0, 0]],  # touches a vertex
    ],
)
def test_touching_itself_is_a_self_intersection(ring: list[list[float]]) -> None:
    assert Code.SELF_INTERSECTION in codes(polygon(ring))


def test_repeated_positions_are_no_mistake() -> None:
    assert codes(polygon([[0, 0], [1, 0], [1, 0], [1, 1], [0, 1], [0, 0], [0, 0]])) == []


def test_a_ring_of_the_largest_size_is_read_and_a_larger_one_refused() -> None:
    turn = np.linspace(0, 2 * np.pi, 100_000)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1).tolist()
    ring[-1] = ring[0]
    assert codes(polygon(ring)) == []
    assert codes(polygon([*ring, ring[0]])) == [Code.TOO_MANY_VERTICES]


def test_a_ring_that_crosses_itself_everywhere_is_refused_in_time() -> None:
    rng = np.random.default_rng(1)
    ring = rng.uniform(-10, 10, (20_000, 2)).tolist()
    assert codes(polygon([*ring, ring[0]])) == [Code.SELF_INTERSECTION] * 10


def test_deep_nesting_is_refused_without_recursion() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert codes({"type": "Polygon", "coordinates": deep}) != []


def test_reading_gives_the_geometry_or_all_problems() -> None:
    assert read_geometry(polygon(SQUARE)) == Polygon(SQUARE)
    assert isinstance(
        read_geometry({"type": "MultiPolygon", "coordinates": [[SQUARE]]}), MultiPolygon
    )
    line = read_geometry({"type": "LineString", "coordinates": [[0, 0, 5], [1, 1, 5]]})
    assert line == LineString([(0, 0), (1, 1)])
    with pytest.raises(GeometryRefusedError, match=r"not within ±180.*not finite"):
        read_geometry(polygon([[0, 0], [181, 0], [1, math.nan], [0, 0]]))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=30,
)


@given(kind=st.sampled_from(["Polygon", "MultiPolygon", "LineString", "Point"]), value=JSON)
def test_whatever_comes_no_error_is_raised(kind: str, value: object) -> None:
    geometry_problems(value)
    geometry_problems({"type": kind, "coordinates": value})
    geometry_problems({"type": kind, "coordinates": [[value]]})


@settings(max_examples=300)
@given(
    ring=st.lists(
        st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(list), min_size=3, max_size=7
    )
)
def test_a_ring_is_free_of_problems_exactly_when_it_makes_a_zone(ring: list[list[int]]) -> None:
    geometry = polygon([*ring, ring[0]])
    if geometry_problems(geometry):
        assert not Polygon(ring).is_valid or Polygon(ring).area == 0
    else:
        assert len(ZoneSet.build([ZoneShape("z", Polygon(ring))])) == 1
