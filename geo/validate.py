"""What is wrong with a GeoJSON geometry: everything at once, with the place of each mistake.

Agreements come from people; this is what `agreement check` says about their zones and routes, and
what keeps hostile geometry out. Reads a decoded Polygon, MultiPolygon, LineString or Point (RFC
7946) and never raises, whatever the value is.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon

from geo.crossings import crossings
from geo.ellipsoid import HEMISPHERE_M2, WGS84, Floats
from geo.errors import GeometryRefusedError
from geo.extent import enclosed_m2

MAX_VERTICES = 100_000
# Of a ring, twice its area by its length: ten times what counts as touching an edge.
MIN_WIDTH_M = 0.01
_LONGEST_DEGREE_M = 111_700.0
_MAX_CROSSINGS = 10
_RING_POSITIONS = 4


class GeometryProblemCode(StrEnum):
    """What is wrong; stable, for rows and tests."""

    WRONG_TYPE = "wrong_type"
    NOT_A_POSITION = "not_a_position"
    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    TOO_FEW_POSITIONS = "too_few_positions"
    TOO_MANY_VERTICES = "too_many_vertices"
    UNCLOSED_RING = "unclosed_ring"
    SELF_INTERSECTION = "self_intersection"
    ZERO_AREA = "zero_area"
    SLIVER = "sliver"
    ZERO_LENGTH = "zero_length"
    CROSSES_ANTIMERIDIAN = "crosses_antimeridian"
    WRONG_NESTING = "wrong_nesting"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class GeometryProblem:
    """One mistake; `path` leads to it within the geometry, `at` is its place where it has one."""

    code: GeometryProblemCode
    message: str
    path: str
    at: tuple[float, float] | None = None


Problems = Iterator[GeometryProblem]
Code = GeometryProblemCode


def geometry_problems(geojson_geometry: object) -> list[GeometryProblem]:
    """All problems of a decoded GeoJSON geometry; none for a usable one."""
    return list(_geometry(geojson_geometry))


def read_geometry(geojson_geometry: object) -> Polygon | MultiPolygon | LineString | Point:
    """The geometry, without altitudes.

    Raises:
        GeometryRefusedError: it has problems; they are all in the message.
    """
    problems = geometry_problems(geojson_geometry)
    if problems or not isinstance(geojson_geometry, Mapping):
        raise GeometryRefusedError("; ".join(f"{p.path}: {p.message}" for p in problems))
    return sound_geometry(geojson_geometry)


def sound_geometry(geojson: Mapping[str, Any]) -> Polygon | MultiPolygon | LineString | Point:
    """The geometry of GeoJSON that has no problems, without altitudes."""
    kind, coordinates = geojson["type"], geojson["coordinates"]
    match kind:
        case "Polygon":
            return _polygon(coordinates)
        case "MultiPolygon":
            return MultiPolygon([_polygon(rings) for rings in coordinates])
        case "LineString":
            return LineString(_flat(coordinates))
        case _:
            return Point(coordinates[:2])


def _polygon(rings: Sequence[Sequence[Sequence[float]]]) -> Polygon:
    outer, *holes = (_flat(ring) for ring in rings)
    return Polygon(outer, holes)


def _flat(positions: Sequence[Sequence[float]]) -> Floats:
    if len({len(position) for position in positions}) > 1:
        positions = [position[:2] for position in positions]
    return np.array(positions, dtype=np.float64)[:, :2]


def _geometry(value: object) -> Problems:
    if not isinstance(value, Mapping):
        yield GeometryProblem(Code.WRONG_TYPE, "a geometry is an object", "$")
        return
    kind, coordinates = value.get("type"), value.get("coordinates")
    vertices = _count(coordinates)
    if vertices > MAX_VERTICES:
        message = f"{vertices} vertices, at most {MAX_VERTICES}: simplify it"
        yield GeometryProblem(Code.TOO_MANY_VERTICES, message, "coordinates")
        return
    match kind:
        case "Polygon":
            yield from _polygons([coordinates], ["coordinates"])
        case "MultiPolygon":
            members = _members(coordinates)
            if not members:
                message = "a MultiPolygon is a list of one or more polygons"
                yield GeometryProblem(Code.WRONG_TYPE, message, "coordinates")
            yield from _polygons(members, [f"coordinates[{i}]" for i in range(len(members))])
        case "LineString":
            yield from _line(coordinates, "coordinates")
        case "Point":
            found = _position_problem(coordinates, "coordinates")
            yield from () if found is None else (found,)
        case _:
            message = f"{kind!r} is not Polygon, MultiPolygon, LineString or Point"
            yield GeometryProblem(Code.WRONG_TYPE, message, "type")


def _count(coordinates: object) -> int:
    """About how many positions there are, without recursion: nesting is the sender's choice.

    A list that begins with a position counts as positions; what else it holds is told by itself.
    """
    waiting, found = [coordinates], 0
    while waiting:
        members = _members(waiting.pop())
        if members and _looks_like_position(members[0]):
            found += len(members)
            continue
        lists = [member for member in members if isinstance(member, list | tuple)]
        waiting.extend(lists)
        loose = len(members) - len(lists)
        found += 1 if loose <= 3 and not lists else loose
    return found


def _looks_like_position(value: object) -> bool:
    return isinstance(value, list | tuple) and bool(value) and isinstance(value[0], int | float)


def _members(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _polygons(polygons: list[object], paths: list[str]) -> Problems:
    """Ring by ring; how rings lie to each other only where each by itself is sound."""
    sound: list[Polygon] = []
    for polygon, path in zip(polygons, paths, strict=True):
        members = _members(polygon)
        if not members:
            yield GeometryProblem(Code.WRONG_TYPE, "a polygon is a list of one or more rings", path)
        problems, rings = [], []
        for i, ring in enumerate(members):
            coords, found = _ring(ring, f"{path}[{i}]")
            problems.extend(found)
            rings.append(coords)
        yield from problems
        if members and not problems:
            nesting = list(_nesting(Polygon(rings[0], rings[1:]), path))
            yield from nesting
            if not nesting:
                sound.append(Polygon(rings[0], rings[1:]))
    if len(sound) == len(polygons) > 1:
        yield from _nesting(MultiPolygon(sound), "coordinates")


def _nesting(geometry: Polygon | MultiPolygon, path: str) -> Problems:
    """Holes outside their shell, overlapping parts, an interior cut in two; and sheer size."""
    if not geometry.is_valid:
        reason, at = _explained(shapely.is_valid_reason(geometry))
        yield GeometryProblem(Code.WRONG_NESTING, reason, path, at)
        return
    if sum(enclosed_m2(part) for part in shapely.get_parts(geometry)) > HEMISPHERE_M2:
        message = "larger than a hemisphere: draw less"
        yield GeometryProblem(Code.TOO_LARGE, message, path)
    elif isinstance(geometry, Polygon) and np.ptp(np.asarray(geometry.bounds)[[0, 2]]) > 180.0:
        message = "spans more than 180° of longitude: draw less"
        yield GeometryProblem(Code.TOO_LARGE, message, path)


def _explained(reason: str) -> tuple[str, tuple[float, float] | None]:
    """GEOS's "Self-intersection[38 48]" as words and place."""
    words, _, place = reason.partition("[")
    numbers = place.rstrip("]").split()
    if len(numbers) != 2:
        return f"rings do not nest: {words.lower()}", None
    lon, lat = (float(n) for n in numbers)
    return f"rings do not nest: {words.lower()} at {lon:.7g}, {lat:.7g}", (lon, lat)


def _ring(value: object, path: str) -> tuple[Floats, list[GeometryProblem]]:
    coords, problems = _positions(value, path)
    if problems:
        return coords, problems
    if len(coords) < _RING_POSITIONS:
        message = f"{len(coords)} positions; a ring has at least 4"
        problems.append(GeometryProblem(Code.TOO_FEW_POSITIONS, message, path))
    if len(coords) == 0 or (coords[0] != coords[-1]).any():
        message = "the last position is not the first one again: close the ring"
        problems.append(GeometryProblem(Code.UNCLOSED_RING, message, path))
    if problems:
        return coords, problems
    problems.extend(_jumps(coords, path))
    if _on_one_line(coords):
        message = "the ring encloses nothing: all of it lies on one line"
        problems.append(GeometryProblem(Code.ZERO_AREA, message, path))
    else:
        problems.extend(_self_intersections(coords, path) or _slivers(coords, path))
    return coords, problems


def _slivers(coords: Floats, path: str) -> list[GeometryProblem]:
    """A ring so thin that no location could ever lie in it: a slip of drawing."""
    area_m2 = enclosed_m2(Polygon(coords))
    longest_m = float(np.hypot(*np.diff(coords, axis=0).T).sum()) * _LONGEST_DEGREE_M
    if 2 * area_m2 >= MIN_WIDTH_M * longest_m:
        return []  # which is nearly always so, and measuring takes longer than all else
    length_m = float(WGS84.line_length(*coords.T.copy()))
    if 2 * area_m2 >= MIN_WIDTH_M * length_m:
        return []
    message = (
        f"the ring encloses {area_m2:.3g} m² along {length_m:,.0f} m, thinner than "
        f"{MIN_WIDTH_M:g} m: leave it out or redraw it"
    )
    return [GeometryProblem(Code.SLIVER, message, path, (float(coords[0, 0]), float(coords[0, 1])))]


def _on_one_line(coords: Floats) -> bool:
    away = coords - coords[0]
    farthest = away[np.argmax(np.abs(away).sum(axis=1))]
    return not (farthest[0] * away[:, 1] - farthest[1] * away[:, 0]).any()


def _line(value: object, path: str) -> Problems:
    coords, problems = _positions(value, path)
    yield from problems
    if problems:
        return
    if len(coords) < 2:
        message = f"{len(coords)} positions; a line has at least 2"
        yield GeometryProblem(Code.TOO_FEW_POSITIONS, message, path)
    elif (coords == coords[0]).all():
        yield GeometryProblem(Code.ZERO_LENGTH, "all positions are the same", path)
    else:
        yield from _jumps(coords, path)


def _jumps(coords: Floats, path: str) -> Problems:
    for i in np.flatnonzero(np.abs(np.diff(coords[:, 0])) > 180.0):
        lon, lat = (float(v) for v in coords[i])
        message = "the edge spans more than 180° of longitude: cut it at ±180 (RFC 7946, 3.1.9)"
        yield GeometryProblem(Code.CROSSES_ANTIMERIDIAN, message, f"{path}[{i}]", (lon, lat))


def _self_intersections(coords: Floats, path: str) -> list[GeometryProblem]:
    kept = np.flatnonzero(np.append(True, (np.diff(coords, axis=0) != 0).any(axis=1)))
    problems = []
    for i, j, lon, lat in crossings(coords[kept], _MAX_CROSSINGS):
        a, b = int(kept[i]), int(kept[j])
        message = (
            f"edges {a} and {b} meet at {lon:.7f}, {lat:.7f}: redraw the ring so that it nowhere "
            "crosses or touches itself"
        )
        problems.append(
            GeometryProblem(Code.SELF_INTERSECTION, message, f"{path}[{a}]", (lon, lat))
        )
    return problems


def _positions(value: object, path: str) -> tuple[Floats, list[GeometryProblem]]:
    """The lon/lat columns, and what is wrong with single positions."""
    if not isinstance(value, list | tuple):
        return np.empty((0, 2)), [GeometryProblem(Code.WRONG_TYPE, "not a list of positions", path)]
    sound = _all_sound(value)
    if sound is not None:
        return sound, []
    coords = np.zeros((len(value), 2))
    problems: list[GeometryProblem] = []
    for i, position in enumerate(value):
        found = _position_problem(position, f"{path}[{i}]")
        if found is None:
            coords[i] = position[:2]
        else:
            problems.append(found)
    return coords, problems


def _all_sound(positions: list[object] | tuple[object, ...]) -> Floats | None:
    """Positions that are all two or all three finite numbers in range; None: look at each."""
    if not {*map(type, positions)} <= {list, tuple}:
        return None
    lengths = {*map(len, positions)}  # type: ignore[arg-type]
    flat: list[object] = [*chain.from_iterable(positions)]  # type: ignore[arg-type]
    if len(lengths) != 1 or not lengths <= {2, 3} or not {*map(type, flat)} <= {int, float}:
        return None
    try:
        coords = np.array(flat, dtype=np.float64).reshape(-1, lengths.pop())
    except OverflowError:  # an integer beyond any float: told with its place
        return None
    within = np.abs(coords[:, :2]) <= np.array([180.0, 90.0])
    return coords[:, :2].copy() if within.all() and np.isfinite(coords).all() else None


def _position_problem(position: object, path: str) -> GeometryProblem | None:
    if not isinstance(position, list | tuple) or len(position) not in {2, 3}:
        message = "not a position: [longitude, latitude], or with an altitude"
        return GeometryProblem(Code.NOT_A_POSITION, message, path)
    numbers = [_number(value) for value in position]
    if any(number is None for number in numbers):
        return GeometryProblem(Code.NOT_A_POSITION, "a coordinate is not a number", path)
    lon, lat, altitude = (*numbers, 0.0)[:3]
    assert lon is not None and lat is not None and altitude is not None  # noqa: PT018 (for mypy)
    if not all(math.isfinite(number) for number in (lon, lat, altitude)):
        return GeometryProblem(Code.NOT_FINITE, "a coordinate is not finite: send degrees", path)
    if abs(lon) > 180 or abs(lat) > 90:
        hint = "; longitude comes first" if abs(lat) <= 180 and abs(lon) <= 90 else ""
        message = f"longitude {lon:.7g}, latitude {lat:.7g} are not within ±180, ±90{hint}"
        return GeometryProblem(Code.OUT_OF_RANGE, message, path)
    return None


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:  # an integer beyond any float: refused as infinite, like 1e999
        return math.inf
