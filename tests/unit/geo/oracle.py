"""Containment worked out another way: pure Python, geographiclib, no Shapely, no projection.

A circle's share is integrated along geodesic rays from its centre: between two neighbouring
kinks (directions of vertices and of crossings of the rim) the integrand is smooth, so
Gauss-Legendre is good to some 1e-8. So is a Gaussian's, whose rays carry their Rayleigh share
instead of an area. Other regions are counted on a million points.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from geographiclib.geodesic import Geodesic
from pyproj import Geod

from geo.shapes import Sector

EARTH = Geodesic.WGS84
Ring = Sequence[tuple[float, float]]
_rule = lru_cache(np.polynomial.legendre.leggauss)
_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Edge:
    """From (x0, y0) to (x1, y1), straight in lon/lat."""

    x0: float
    y0: float
    x1: float
    y1: float

    def at(self, t: float) -> tuple[float, float]:
        return self.x0 + t * (self.x1 - self.x0), self.y0 + t * (self.y1 - self.y0)


def edges_of(rings: Sequence[Ring]) -> list[Edge]:
    return [Edge(*a, *b) for ring in rings for a, b in pairwise(ring)]


def clears(edge: Edge, lon: float, lat: float, radius_m: float) -> bool:
    """Whether the edge stays out of the circle; most do by their latitudes alone."""
    reach_deg = radius_m / 110_574  # the shortest degree of latitude
    if max(edge.y0, edge.y1) < lat - reach_deg or min(edge.y0, edge.y1) > lat + reach_deg:
        return True
    ends = (distance_m(lon, lat, edge.x0, edge.y0), distance_m(lon, lat, edge.x1, edge.y1))
    # No point of an edge is farther from both ends than its length in degrees of the equator.
    length = math.hypot(edge.x1 - edge.x0, edge.y1 - edge.y0) * 111_700
    return min(ends) - length > radius_m or distance_to_edge_m(edge, lon, lat) > radius_m


def _short(edge: Edge) -> list[Edge]:
    """Pieces of at most 1°: seen from a centre beside it, a longer edge may turn by over 180°."""
    count = math.ceil(max(abs(edge.x1 - edge.x0), abs(edge.y1 - edge.y0), 1e-9))
    cuts = [edge.at(i / count) for i in range(count + 1)]
    return [Edge(*a, *b) for a, b in pairwise(cuts)]


def _parted(edge: Edge, lon: float, lat: float) -> list[Edge]:
    """The edge in pieces along each of which it is seen to turn one way only, by less than 180°.

    It is parted at its point nearest to the centre, and on either side where the line of sight
    touches it. Near a pole an edge bends by more than the centimetre that a centre lies beside it:
    on the hollow side its ends are seen over 180° apart, on the other a ray meets it twice.
    """
    nearest = nearest_share(edge, lon, lat)
    if distance_m(lon, lat, *edge.at(nearest)) > _bend_m(edge):
        return [edge]
    inner = [t for t in _shares_seen_farthest(edge, lon, lat, nearest) if 1e-6 < t < 1 - 1e-6]
    cuts = [0.0, *sorted(inner), 1.0]
    return [Edge(*edge.at(a), *edge.at(b)) for a, b in pairwise(cuts)]


def _bend_m(edge: Edge) -> float:
    """More than the edge lies from the geodesic between its ends."""
    steepest = math.tan(math.radians(max(abs(edge.y0), abs(edge.y1))))
    return distance_m(edge.x0, edge.y0, edge.x1, edge.y1) ** 2 * steepest / (4 * 6_335_000)


def _shares_seen_farthest(edge: Edge, lon: float, lat: float, nearest: float) -> Iterator[float]:
    """The share nearest to the centre, and those at which the edge is seen farthest to each side.

    That is its end, or where the line of sight touches it and it turns back.
    """
    yield nearest
    ahead = _azimuth(lon, lat, *edge.at(nearest))
    for end in (0.0, 1.0):

        def aside(u: float, end: float = end) -> float:
            return abs(_turn(lon, lat, edge, ahead, nearest + u * (end - nearest)))

        low, high = 0.0, 1.0
        for _ in range(60):
            a, b = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
            low, high = (low, b) if aside(a) > aside(b) else (a, high)
        yield nearest + (low + high) / 2 * (end - nearest)


def holds(rings: Sequence[Ring], lon: float, lat: float) -> bool:
    """Even-odd: does a ray to the east cross the rings an odd number of times?"""
    inside = False
    for e in edges_of(rings):
        if (e.y0 > lat) != (e.y1 > lat):
            inside ^= lon < e.x0 + (lat - e.y0) / (e.y1 - e.y0) * (e.x1 - e.x0)
    return inside


def distance_m(lon0: float, lat0: float, lon1: float, lat1: float) -> float:
    return float(EARTH.Inverse(lat0, lon0, lat1, lon1, Geodesic.DISTANCE)["s12"])


def direct(lon: float, lat: float, azimuth: float, distance: float) -> tuple[float, float]:
    to = EARTH.Direct(lat, lon, azimuth, distance, Geodesic.LATITUDE | Geodesic.LONGITUDE)
    return float(to["lon2"]), float(to["lat2"])


def distance_to_edge_m(edge: Edge, lon: float, lat: float) -> float:
    """Least geodesic distance from a position to an edge."""
    return distance_m(lon, lat, *edge.at(nearest_share(edge, lon, lat)))


def nearest_share(edge: Edge, lon: float, lat: float) -> float:
    """How far along the edge its nearest point lies: coarse search, then golden section."""

    def away(t: float) -> float:
        return distance_m(lon, lat, *edge.at(t))

    best = min((i / 32 for i in range(33)), key=away)
    low, high = max(best - 1 / 32, 0.0), min(best + 1 / 32, 1.0)
    for _ in range(40):
        a, b = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        low, high = (low, b) if away(a) < away(b) else (a, high)
    return (low + high) / 2


def distance_to_boundary_m(rings: Sequence[Ring], lon: float, lat: float) -> float:
    return min(distance_to_edge_m(edge, lon, lat) for edge in edges_of(rings))


def circle_share(rings: Sequence[Ring], lon: float, lat: float, radius_m: float) -> float:
    """The share of the geodesic disc's true area that the rings (even-odd) hold."""
    return _disc_share(rings, (lon, lat), (radius_m,), _swept, nodes=32)


def gaussian_share(rings: Sequence[Ring], lon: float, lat: float, radius95_m: float) -> float:
    """The share of a bell of even azimuths and Rayleigh distances, its last 1e-6 left out."""
    sigma = radius95_m / math.sqrt(2 * math.log(20))

    def within(_line: object, s: float) -> float:
        return -math.expm1(-((s / sigma) ** 2) / 2)

    # The rim, and rings within it: seen along an edge near the centre the bell falls off fast.
    rings_m = tuple(sigma * math.sqrt(2 * math.log(10)) * k for k in (6**0.5, 1.0, 0.2))
    return _disc_share(rings, (lon, lat), rings_m, within, nodes=14)


Swept = Callable[[object, float], float]
"""What a ray (a geodesic line) carries out to a distance, per radian."""


def _disc_share(
    rings: Sequence[Ring],
    centre: tuple[float, float],
    rings_m: tuple[float, ...],
    swept: Swept,
    nodes: int,
) -> float:
    """`rings_m`: the disc's radius, and radii at whose crossings the rays are parted as well."""
    lon, lat = centre
    radius_m = rings_m[0]
    pieces = [piece for edge in edges_of(rings) for piece in _short(edge)]
    near = [e for e in pieces if not clears(e, lon, lat, 1.01 * radius_m)]
    edges = [part for edge in near for part in _parted(edge, lon, lat)]
    kinks = sorted(set().union(*(_kinks(edges, lon, lat, ring_m) for ring_m in rings_m)))
    inside_at_centre = holds(rings, lon, lat)
    held = whole = 0.0
    for a, b in zip(kinks, [*kinks[1:], kinks[0] + 360], strict=True):
        for node, weight in zip(*_rule(nodes), strict=True):
            azimuth = (a + b) / 2 + (b - a) / 2 * node
            sector = weight * (b - a) / 2
            line = EARTH.Line(lat, lon, azimuth, Geodesic.ALL)
            crossings = _crossings(edges, lon, lat, azimuth, radius_m)
            whole += sector * swept(line, radius_m)
            held += sector * _held(line, crossings, radius_m, swept, inside=inside_at_centre)
    return held / whole


def _crossings(
    edges: list[Edge], lon: float, lat: float, azimuth: float, radius_m: float
) -> list[float]:
    """Distances at which a ray meets the edges, up to the rim."""
    meets = (_where_ray_meets(e, lon, lat, azimuth) for e in edges)
    return sorted(s for s in meets if s is not None and s < radius_m)


def _held(
    line: object, crossings: list[float], radius_m: float, swept: Swept, *, inside: bool
) -> float:
    """What lies inside along one ray, up to the rim."""
    total = swept(line, radius_m) if inside ^ (len(crossings) % 2 == 1) else 0.0
    for s in crossings:
        total += swept(line, s) if inside else -swept(line, s)
        inside = not inside
    return total


def _swept(line: object, s: float) -> float:
    """Area per radian out to distance s: the integral of the reduced length, by Simpson."""

    def reduced(d: float) -> float:
        return float(line.Position(d, Geodesic.REDUCEDLENGTH)["m12"])  # type: ignore[attr-defined]

    return s / 6 * (4 * reduced(s / 2) + reduced(s))


def _turn(lon: float, lat: float, edge: Edge, azimuth: float, t: float) -> float:
    """How far left or right of the ray the edge's point at t is seen, degrees within ±180."""
    return (_azimuth(lon, lat, *edge.at(t)) - azimuth + 180) % 360 - 180


@lru_cache(maxsize=10_000)  # the ends of the edges are seen again from every ray
def _azimuth(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    return float(EARTH.Inverse(lat, lon, to_lat, to_lon, Geodesic.AZIMUTH)["azi1"])


def _where_ray_meets(edge: Edge, lon: float, lat: float, azimuth: float) -> float | None:
    """Distance along the ray at which it meets the edge, if it does."""
    low, high = 0.0, 1.0
    at_low, at_high = (_turn(lon, lat, edge, azimuth, t) for t in (low, high))
    if (at_low > 0) == (at_high > 0) or abs(at_low - at_high) > 180:
        return None
    t = _root(lambda t: _turn(lon, lat, edge, azimuth, t), low, high)
    return distance_m(lon, lat, *edge.at(t))


def _root(f: Callable[[float], float], low: float, high: float) -> float:
    """Where f changes its sign between low and high: false position and halving by turns."""
    f_low, f_high = f(low), f(high)
    for step in range(200):
        middle = (low * f_high - high * f_low) / (f_high - f_low) if step % 3 else (low + high) / 2
        value = f(middle)
        if abs(value) < 1e-11 or high - low < 1e-14:
            return middle
        if (value > 0) == (f_high > 0):
            high, f_high = middle, value
        else:
            low, f_low = middle, value
    raise AssertionError("the oracle found no root")


def _kinks(edges: list[Edge], lon: float, lat: float, radius_m: float) -> set[float]:
    """Azimuths (0 to 360) at which the integrand is not smooth, and three more."""
    found = {22.0, 142.0, 262.0}
    for edge in edges:
        found.add(_azimuth(lon, lat, edge.x0, edge.y0) % 360)
        for to_lon, to_lat in _rim_crossings(edge, lon, lat, radius_m):
            found.add(_azimuth(lon, lat, to_lon, to_lat) % 360)
        found.update(_steps_past(edge, lon, lat, radius_m))
    return found


def _steps_past(edge: Edge, lon: float, lat: float, radius_m: float) -> Iterator[float]:
    """Azimuths between which a ray's way to an edge that passes close by at most doubles.

    That way is h / cos(azimuth - the perpendicular's): smooth between these, a pole over all.
    """
    at = nearest_share(edge, lon, lat)
    spot, on = edge.at(at), edge.at(at + (1e-6 if at < 0.5 else -1e-6))
    away, along = distance_m(lon, lat, *spot), _azimuth(*spot, *on)
    h = away * abs(math.sin(math.radians(_azimuth(lon, lat, *spot) - along)))
    if not 1e-6 < h < radius_m / 4:
        return
    for k in range(math.ceil(math.log2(radius_m / h)) + 1):
        off = math.degrees(math.atan(2.0**k))
        yield from ((along + side + turn) % 360 for side in (90, -90) for turn in (off, -off))


def _rim_crossings(
    edge: Edge, lon: float, lat: float, radius_m: float
) -> list[tuple[float, float]]:
    """Where the edge crosses the rim: at most once on each side of its nearest point."""

    def over(t: float) -> float:
        return distance_m(lon, lat, *edge.at(t)) - radius_m

    nearest = nearest_share(edge, lon, lat)
    sides = [(0.0, nearest), (nearest, 1.0)]
    return [edge.at(_root(over, a, b)) for a, b in sides if (over(a) > 0) != (over(b) > 0)]


def grid_share(
    rings: Sequence[Ring],
    centre: tuple[float, float],
    reach_m: float,
    in_region: Callable[[np.ndarray, np.ndarray], np.ndarray],
    inner_m: float = 0.0,
) -> float:
    """Share of a region in the rings: Monte Carlo, a point in each of 1,000 x 1,000 cells.

    The cells are alike in area and fill the annulus from `inner_m` to `reach_m` about a centre;
    `in_region` takes metres east and north (distance and azimuth from the centre, unrolled).
    """
    rng = np.random.default_rng(20_220_224)
    side = 1_000
    ring, ray = np.divmod(np.arange(side**2), side) + rng.random((2, side**2))
    away = np.sqrt(inner_m**2 + (reach_m**2 - inner_m**2) * ring / side)
    angle = 2 * np.pi * ray / side
    within = in_region(away * np.sin(angle), away * np.cos(angle))
    azimuth, away = np.degrees(angle[within]), away[within]
    lon0, lat0 = (np.full(away.size, value) for value in centre)
    lon, lat, _ = Geod(ellps="WGS84").fwd(lon0, lat0, azimuth, away)
    inside = np.zeros(away.size, dtype=bool)
    for e in edges_of(rings):
        if e.y0 != e.y1:
            spans = (e.y0 > lat) != (e.y1 > lat)
            inside ^= spans & (lon < e.x0 + (lat - e.y0) / (e.y1 - e.y0) * (e.x1 - e.x0))
    return float(inside.mean())


def in_sector(x: np.ndarray, y: np.ndarray, sector: Sector, accuracy_m: float) -> np.ndarray:
    """Whether points lie in a sector widened by an accuracy: by distance to its outline."""
    away = np.hypot(x, y)
    beyond = np.maximum(np.maximum(sector.min_m - away, away - sector.max_m), 0.0)
    if sector.all_round:
        return np.asarray(beyond <= accuracy_m)
    assert sector.bearing_deg is not None
    off = (np.degrees(np.arctan2(x, y)) - sector.bearing_deg + 180) % 360 - 180
    nearest = np.where(np.abs(off) <= sector.half_width_deg, beyond, np.inf)
    for side in (-sector.half_width_deg, sector.half_width_deg):
        angle = math.radians(sector.bearing_deg + side)
        along = np.clip(x * math.sin(angle) + y * math.cos(angle), sector.min_m, sector.max_m)
        to_side = np.hypot(x - along * math.sin(angle), y - along * math.cos(angle))
        nearest = np.minimum(nearest, to_side)
    return np.asarray(nearest <= accuracy_m)
